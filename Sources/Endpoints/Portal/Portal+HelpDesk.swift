import HTTP
import OAuth
import SMART
import Store

/// The help desk: the connected apps of somebody who calls, ended for that person. Every look and every end stands in the
/// trail with its reason, and where a patient is concerned on that patient's page.
extension PortalEndpoint {
    /// Whom a search shows at most.
    private static let callerLimit = 10

    /// Whether this person looks after the apps of others: staff alone, and by a right of its own.
    func mayHelp(_ user: User) throws(OAuthError) -> Bool {
        if user.fhirUser?.isPrivate ?? false { return false }
        return try stored(stores.mayHelp(user.id))
    }

    func helpDesk(_ request: Request) throws(OAuthError) -> Response {
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.helpDesk) }
        guard try mayHelp(session.user) else { return noHelper(request) }
        return helpDesk(visitor, session, Form([]))
    }

    /// A form of somebody who may help, with what it is about.
    private struct Helping {
        let form: Form
        let visitor: BrowserSession
        let session: Session
        let reason: StatedReason
    }

    private func helping(
        _ request: Request, _ act: (Helping) throws(OAuthError) -> Response
    ) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.helpDesk) }
        guard try mayHelp(session.user) else { return noHelper(request) }
        guard isOurs(form, request, token: visitor.formToken) else {
            return helpDesk(visitor, session, form, .formExpired, status: 403)
        }
        guard let reason = StatedReason(form["reason"] ?? "") else {
            return helpDesk(visitor, session, form, .reasonMissing, status: 400)
        }
        return try act(Helping(form: form, visitor: visitor, session: session, reason: reason))
    }

    /// Posted, for a name has no place in an address.
    func findCallers(_ request: Request) throws(OAuthError) -> Response {
        try helping(request, found)
    }

    private func found(_ helping: Helping) throws(OAuthError) -> Response {
        let (form, visitor, session) = (helping.form, helping.visitor, helping.session)
        guard let query = CallerQuery(form["q"] ?? "") else {
            return helpDesk(visitor, session, form, .tooShort, status: 400)
        }
        let numbered = patients(numbered: form["q"] ?? "")
        let callers = try stored(
            stores.callers(query, orFor: numbered.found, limit: Self.callerLimit + 1, at: clock()))
        let (found, trouble) = described(Array(callers.prefix(Self.callerLimit)))
        let silence = numbered.trouble ?? trouble
        return helpDesk(
            visitor, session, form, silence == nil ? nil : .recordsSilent,
            .found(found, isCut: callers.count > Self.callerLimit)
        ).noting(silence)
    }

    /// Looks at a person, and ends something first if the form says what.
    func helpPerson(_ request: Request) throws(OAuthError) -> Response {
        try helping(request, helped)
    }

    private func helped(_ helping: Helping) throws(OAuthError) -> Response {
        let (form, visitor, session, reason) = (helping.form, helping.visitor, helping.session, helping.reason)
        let help = try help(Assistance(by: session.user.id, reason: reason), form)
        guard let help else { return helpDesk(visitor, session, form, .noSuchPerson, status: 404) }
        let (described, trouble) = described([help.caller])
        let others = HelpedPersonPage.somebodyElses(site.language)
        let page = HelpedPersonPage(
            site: site, visitor: shown(visitor, session), caller: described[0], reason: reason.text,
            apps: try connectedApps(of: help.caller.id, help.caller.fhirUser) { _ in others }, notice: help.notice,
            today: today)
        return .page(page.render(), status: help.notice == .noSuchApp ? 404 : 200).noting(trouble)
            .remarking("event", help.isEnd ? "help_desk_ended" : "help_desk_looked")
            .remarking("account", session.user.id)
    }

    private struct Help {
        let caller: Caller
        let notice: HelpedPersonPage.Notice?

        var isEnd: Bool { notice != nil && notice != .noSuchApp }
    }

    /// What a form of the page asks for; `nil` where there is no such person.
    private func help(_ assistance: Assistance, _ form: Form) throws(OAuthError) -> Help? {
        let person = form["person"] ?? ""
        func looked(_ notice: HelpedPersonPage.Notice?) throws(OAuthError) -> Help? {
            try stored(stores.caller(person, lookedAtBy: assistance, at: clock())).map {
                Help(caller: $0, notice: notice)
            }
        }
        guard let end = form["end"] else { return try looked(nil) }
        let isAll = end == "all" && form["app"] == nil
        let client = try stored(stores.client(form["app"] ?? ""))
        guard isAll || client != nil else { return try looked(.noSuchApp) }
        return try stored(stores.endGrants(of: person, to: client?.id, by: assistance, at: clock())).map {
            let done = client.map { HelpedPersonPage.Notice.ended($0.name) } ?? .allEnded
            return Help(caller: $0.caller, notice: $0.ended > 0 ? done : .noSuchApp)
        }
    }

    /// Without anybody where the FHIR server does not answer.
    private func patients(numbered text: String) -> (found: [String], trouble: String?) {
        do {
            return (try directory.patients(numbered: text).map(\.id), nil)
        } catch {
            return ([], error.reason)
        }
    }

    /// With what the record says of those who are patients; without it where the FHIR server does not answer.
    private func described(_ callers: [Caller]) -> (found: [FoundCaller], trouble: String?) {
        var patients: [PatientSummary] = []
        var trouble: String?
        do {
            patients = try directory.patients(callers.compactMap { $0.fhirUser?.ownPatient })
        } catch {
            trouble = error.reason
        }
        let found = callers.map { caller in
            FoundCaller(
                id: caller.id, username: caller.username, name: caller.name, kind: caller.fhirUser?.kind,
                patient: patients.first { $0.id == caller.fhirUser?.ownPatient }, isDisabled: caller.isDisabled)
        }
        return (found, trouble)
    }

    private func helpDesk(
        _ visitor: BrowserSession, _ session: Session, _ form: Form, _ notice: HelpDeskPage.Notice? = nil,
        _ outcome: HelpDeskPage.Outcome = .none, status: Int = 200
    ) -> Response {
        let page = HelpDeskPage(
            site: site, visitor: shown(visitor, session), query: form["q"] ?? "", reason: form["reason"] ?? "",
            outcome: outcome, notice: notice, today: today)
        return .page(page.render(), status: status)
    }

    private func noHelper(_ request: Request) -> Response {
        problem(.refused, .accessDenied("the user has no right to help others"), status: 403, request)
    }
}
