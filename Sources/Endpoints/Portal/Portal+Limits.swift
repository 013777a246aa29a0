import HTTP
import OAuth
import SMART
import Store

/// What apps may not see of a patient's record, said by the patient or by who acts for the patient.
extension PortalEndpoint {
    func limitsPage(_ request: Request) throws(OAuthError) -> Response {
        let chosen = try query(of: request)["patient"]
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.limits) }
        return try limitsPage(visitor, session, about: chosen, nil, status: 200)
    }

    /// Everything that is ticked is denied to every app, and nothing else of what is said here.
    func limit(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.limits) }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try limitsPage(visitor, session, about: form["patient"], .formExpired, status: 403)
        }
        let isLifted = form["do"] == "lift"
        guard offersLimits || isLifted else {
            return problem(.refused, .accessDenied("patients set no limits here"), status: 403, request)
        }
        guard let patient = spokenFor(form["patient"], by: session.user) else {
            return try limitsPage(visitor, session, about: nil, .noSuchPatient, status: 404)
        }
        guard let version = form["version"].flatMap({ Int($0) }), version >= 0 else {
            return try limitsPage(visitor, session, about: patient, .changedMeanwhile, status: 409)
        }
        let own = try ownDirective(of: patient)
        guard own?.version ?? 0 == version else {
            return try limitsPage(visitor, session, about: patient, .changedMeanwhile, status: 409)
        }
        let denied = own?.rules.map(\.denied) ?? []
        let choices = DenialChoices(in: site.language)
        // What a form could not show, it does not take back.
        let rules =
            isLifted ? [] : choices.rules(ticked: choices.ticked(in: form), of: patient) + choices.unspoken(denied)
        guard Set(rules) != Set(denied) else {
            return try limitsPage(visitor, session, about: patient, .unchanged, status: 200)
        }
        let isDone = try stored(
            stores.decide(
                rules, of: patient, after: version, by: session.user.id, as: secrets.identifier(), at: clock()))
        guard isDone else { return try limitsPage(visitor, session, about: patient, .changedMeanwhile, status: 409) }
        return try limitsPage(visitor, session, about: patient, rules.isEmpty ? .lifted : .saved, status: 200)
            .remarking("event", "limits_changed").remarking("account", session.user.id)
    }

    /// Whether there is a patient for whom this person may say what apps may not see.
    func speaksForPatients(_ user: User) -> Bool {
        guard user.fhirUser?.isPrivate ?? false else { return false }
        return user.fhirUser?.ownPatient != nil || !user.represented(at: clock()).isEmpty
    }

    /// The patient of this id, if the person is that patient or acts for them now.
    private func spokenFor(_ patient: String?, by user: User) -> String? {
        guard let patient, user.fhirUser?.isPrivate ?? false else { return nil }
        let all = [user.fhirUser?.ownPatient].compactMap { $0 } + user.represented(at: clock()).map(\.patient)
        return all.first { $0.isExactly(patient) }
    }

    /// What was decided here, be it in force or not.
    private func ownDirective(of patient: String) throws(OAuthError) -> ConsentDirective? {
        try stored(stores.directives(DirectiveFilter(patient: patient))).first { $0.source == .page }
    }

    private func limitsPage(
        _ visitor: BrowserSession, _ session: Session, about chosen: String?, _ notice: LimitsPage.Notice?, status: Int
    ) throws(OAuthError) -> Response {
        let user = session.user
        let people = people(of: user)
        var (notice, status, trouble) = (notice, status, people.trouble)
        let patient = speaksForPatients(user) ? spokenFor(chosen ?? user.solePatient(at: clock()), by: user) : nil
        if chosen != nil, patient == nil, speaksForPatients(user) {
            notice = notice ?? .noSuchPatient
            status = status == 200 ? 404 : status
        }
        var subject: LimitsPage.Subject?
        if let patient {
            let (found, detail) = try self.subject(patient, of: user)
            subject = found
            trouble = trouble ?? detail
        }
        if trouble != nil, subject == nil {
            (notice, status) = (.recordUnavailable, 503)
        }
        let page = LimitsPage(
            site: site, visitor: shown(visitor, session), people: people.all, subject: subject, isOffered: offersLimits,
            notice: notice,
            today: today)
        return .page(page.render(), status: status).noting(trouble)
    }

    /// Nobody speaks for somebody who cannot be named; the own record needs no name.
    private func subject(
        _ id: String, of user: User
    ) throws(OAuthError) -> (subject: LimitsPage.Subject?, trouble: String?) {
        let acting = user.temporaryAccess(to: id, at: clock()).flatMap(ActingFor.init)
        var patient: PatientSummary?
        var trouble: String?
        do {
            patient = try directory.patient(id)
        } catch {
            trouble = error.reason
        }
        guard acting == nil || patient != nil else { return (nil, trouble ?? "there is no such patient") }
        let directives = try stored(stores.directives(DirectiveFilter(patient: id)))
        let own = directives.first { $0.source == .page }
        let denied = own?.rules.map(\.denied) ?? []
        var limits: [SharingLimit] = []
        for directive in directives where directive.status == .active {
            limits += try self.limits(of: directive)
        }
        let ticked = DenialChoices(in: site.language).ticked(by: denied)
        return (
            LimitsPage.Subject(
                id: id, patient: patient, acting: acting, limits: limits, ticked: ticked, version: own?.version ?? 0),
            trouble
        )
    }

    /// One for each app and period that a directive speaks of and that is not over.
    private func limits(of directive: ConsentDirective) throws(OAuthError) -> [SharingLimit] {
        struct Scope: Hashable {
            let client: String?
            let from: Instant?
            let until: Instant?
        }
        let now = clock()
        var order: [Scope] = []
        var groups: [Scope: [DenyRule]] = [:]
        for rule in directive.rules where rule.until.map({ now < $0 }) ?? true {
            let scope = Scope(client: rule.clientID, from: rule.from, until: rule.until)
            if groups[scope] == nil { order.append(scope) }
            groups[scope, default: []].append(rule.denied)
        }
        let choices = DenialChoices(in: site.language)
        var limits: [SharingLimit] = []
        for scope in order {
            var app: String?
            if let client = scope.client {
                app = try stored(stores.client(client))?.name ?? RecordReader.goneApp(site.language)
            }
            limits.append(
                SharingLimit(
                    app: app, kinds: choices.words(for: groups[scope] ?? []),
                    since: CalendarDate(secondsSince1970: (scope.from ?? directive.changedAt).seconds),
                    until: scope.until.map { CalendarDate(secondsSince1970: $0.seconds - 1) },
                    isToCome: scope.from.map { now < $0 } ?? false, source: directive.source))
        }
        return limits
    }
}
