import HTTP
import OAuth
import SMART
import Store

/// The apps that a person has let in, and the end of their access: the `management_endpoint`
/// (SMART conformance#using-well-known).
extension PortalEndpoint {
    func appsPage(_ request: Request) throws(OAuthError) -> Response {
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.apps) }
        return try appsPage(visitor, session, nil, status: 200)
    }

    /// One button an app, and one for all: with it ends all that the app has from this person, at once.
    func endAccess(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.apps) }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try appsPage(visitor, session, .formExpired, status: 403)
        }
        let now = clock()
        if form["app"] == nil, form["end"] == "all" {
            let ended = try stored(stores.endGrants(of: session.user.id, to: nil, reason: .withdrawn, at: now))
            guard ended > 0 else { return try appsPage(visitor, session, .noSuchApp, status: 404) }
            return try appsPage(visitor, session, .allEnded, status: 200).remarking("event", "all_access_ended")
        }
        guard let id = form["app"], let client = try stored(stores.client(id)) else {
            return try appsPage(visitor, session, .noSuchApp, status: 404)
        }
        let ended = try stored(
            stores.endGrants(of: session.user.id, to: client.id, reason: .withdrawn, at: now))
        guard ended > 0 else { return try appsPage(visitor, session, .noSuchApp, status: 404) }
        return try appsPage(visitor, session, .ended(client.name), status: 200)
            .remarking("event", "access_ended").remarking("client", client.id)
    }

    func appsPage(
        _ visitor: BrowserSession, _ session: Session, _ notice: ConnectedAppsPage.Notice?, status: Int
    ) throws(OAuthError) -> Response {
        var names = PatientNames(directory, within: session.user.effectiveAccess(at: clock()), in: site.language)
        let apps = try connectedApps(of: session.user.id, session.user.fhirUser) { names.name(of: $0) }
        let page = ConnectedAppsPage(
            site: site, visitor: shown(visitor, session), apps: apps, notice: notice,
            leadsToLimits: speaksForPatients(session.user))
        return .page(page.render(), status: status)
    }

    /// - Parameter name: what a patient who is somebody else is called on the page.
    func connectedApps(
        of account: String, _ fhirUser: FHIRUser?, calling name: (String) -> String?
    ) throws(OAuthError) -> [ConnectedApp] {
        let grants = try stored(stores.grants(of: account, at: clock(), policy: sessionPolicy))
        let reads = try stored(stores.reads(underGrantsOf: account))
        let own = fhirUser?.ownPatient
        return Self.byApp(grants).map { grants in
            let patients = Set(grants.map(\.patient))
            let patient = patients.count == 1 ? patients.first ?? nil : nil
            return ConnectedApp(
                grants, reads: grants.compactMap { reads[$0.id] },
                patient: patient.flatMap { $0 == own ? nil : name($0) },
                isOwnRecord: patient != nil && patient == own)
        }
    }

    /// An app that was allowed several times is one app to the person.
    private static func byApp(_ grants: [ActiveGrant]) -> [[ActiveGrant]] {
        var order: [String] = []
        var groups: [String: [ActiveGrant]] = [:]
        for grant in grants {
            if groups[grant.clientID] == nil { order.append(grant.clientID) }
            groups[grant.clientID, default: []].append(grant)
        }
        return order.compactMap { groups[$0] }
    }
}

/// The names of patients whom a person may still see, each asked for once; a directory that is down is not asked again.
struct PatientNames {
    private let directory: any PatientDirectory
    private let access: UserAccess
    private let language: Language
    private var known: [String: String?] = [:]
    private var isDown = false

    init(_ directory: any PatientDirectory, within access: UserAccess, in language: Language) {
        self.directory = directory
        self.language = language
        self.access = access
    }

    /// A name, or nothing: an id says nothing to anybody.
    mutating func name(of patient: String) -> String? {
        if let name = known[patient] { return name }
        guard !isDown, access.includes(patient: patient) else { return nil }
        do {
            known[patient] = .some(try directory.patient(patient)?.displayName(in: language))
        } catch {
            isDown = true
        }
        return known[patient] ?? nil
    }
}

extension ConnectedApp {
    /// - Parameter grants: all of one app's, at least one.
    fileprivate init(_ grants: [ActiveGrant], reads: [ReadCount], patient: String?, isOwnRecord: Bool) {
        func date(_ instant: Instant) -> CalendarDate { CalendarDate(secondsSince1970: instant.seconds) }
        let offline = grants.filter { $0.scopes.contains(.offlineAccess) }.map(\.expiresAt).max()
        self.init(
            id: grants.first?.clientID ?? "", name: grants.first?.clientName ?? "",
            since: date(grants.map(\.since).min() ?? Instant(0)),
            lastUsed: grants.compactMap(\.lastUsedAt).max().map(date),
            reads: reads.map(\.last).max().map { Reads(times: reads.map(\.reads).reduce(0, +), last: date($0)) },
            scopes: ScopeSet(grants.flatMap(\.scopes.scopes)), patient: patient, isOwnRecord: isOwnRecord,
            offlineUntil: offline.map(date),
            basis: grants.contains { $0.consent != nil } ? .consent : .policy)
    }
}
