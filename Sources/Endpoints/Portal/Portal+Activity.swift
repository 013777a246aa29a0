import HTTP
import OAuth
import SMART
import Store

/// The accounting of disclosures that a patient reads.
extension PortalEndpoint {
    /// Two years: what people ask about.
    private static let memory = 730 * 86_400

    func activityPage(_ request: Request) throws(OAuthError) -> Response {
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.activity) }
        let language = site.language
        var activity: ActivityPage.Activity?
        if let patient = session.user.fhirUser?.ownPatient {
            let since = Instant(max(0, clock().seconds - Self.memory))
            let counts = try stored(stores.disclosures(of: patient, since: since))
            let acts = try stored(stores.acts(on: patient, since: since))
            activity = ActivityPage.Activity(
                since: CalendarDate(secondsSince1970: since.seconds),
                readers: RecordReader.all(in: counts, reader: session.user.id, language),
                events: acts.compactMap { RecordEvent($0, in: language) })
        }
        return .page(ActivityPage(site: site, visitor: shown(visitor, session), activity: activity).render())
    }
}

extension RecordReader {
    private struct Key: Hashable {
        let client: String
        let account: String?
    }

    /// One for each app and whoever used it, the latest first.
    static func all(in counts: [NamedDisclosure], reader own: String, _ language: Language) -> [RecordReader] {
        var order: [Key] = []
        var groups: [Key: [NamedDisclosure]] = [:]
        for count in counts {
            let key = Key(client: count.count.disclosure.client, account: count.count.disclosure.account)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(count)
        }
        return order.compactMap { key in
            groups[key].map { RecordReader($0, isOwnUse: key.account == own, in: language) }
        }
    }

    /// - Parameter counts: all of one app and one person, at least one.
    private init(_ counts: [NamedDisclosure], isOwnUse: Bool, in language: Language) {
        var times: [String: Int] = [:]
        for each in counts {
            let words =
                each.count.disclosure.resourceType.map { ResourceType.everydayWords($0, in: language) }
                ?? Self.severalKinds(language)
            times[words, default: 0] += each.count.reads
        }
        func date(_ instant: Instant) -> CalendarDate { CalendarDate(secondsSince1970: instant.seconds) }
        let account = counts.first?.count.disclosure.account
        self.init(
            appName: counts.lazy.compactMap(\.clientName).first ?? Self.goneApp(language),
            personName: account == nil ? nil : counts.first?.personName ?? Self.gonePerson(language),
            isOwnUse: isOwnUse,
            kinds: times.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                Kind(words: $0.key, times: $0.value)
            },
            first: date(counts.map(\.count.first).min() ?? Instant(0)),
            last: date(counts.map(\.count.last).max() ?? Instant(0)))
    }
}

extension RecordEvent {
    init?(_ act: RecordAct, in language: Language) {
        guard let words = Self.words(act, in: language) else { return nil }
        // What ended by itself was written down a little later.
        let time = act.act == .breakGlassEnd ? act.until ?? act.time : act.time
        self.init(
            date: CalendarDate(secondsSince1970: time.seconds), words: words,
            isEmergency: act.act == .breakGlassBegin || act.act == .breakGlassEnd)
    }
}
