import HTTP
import OAuth
import SMART
import Store

/// The portal itself: find a patient, launch an app.
extension PortalEndpoint {
    func home(_ request: Request) throws(OAuthError) -> Response {
        let patient = try query(of: request)["patient"]
        let visitor = try visitor(of: request)
        guard let session = visitor.session else {
            let ended = visitor.sessionSecret == nil ? "" : "?ended=yes"
            return .seeOther("\(urls.portal)/sign-in\(ended)")
        }
        return try home(visitor, session, query: nil, patient: patient, notice: nil, status: 200)
    }

    func search(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?ended=yes") }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try home(visitor, session, query: nil, patient: nil, notice: .formExpired, status: 403)
        }
        return try home(visitor, session, query: form["q"] ?? "", patient: nil, notice: nil, status: 200)
    }

    func launch(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?ended=yes") }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try home(
                visitor, session, query: nil, patient: form["patient"], notice: .formExpired, status: 403)
        }
        guard let id = form["client"], let client = try stored(stores.client(id)), client.isUsable,
            let launchURL = client.launchURLs.first
        else {
            return try home(
                visitor, session, query: nil, patient: form["patient"], notice: .appUnavailable, status: 400)
        }
        let patient = form["patient"]
        if patient == nil, client.scopes.hasPatientScope {
            return try home(
                visitor, session, query: nil, patient: nil, notice: .appNeedsPatient(client.name), status: 400)
        }
        var encounter: String?
        if let patient {
            guard session.user.effectiveAccess(at: clock()).includes(patient: patient) else {
                return problem(
                    .refused, .accessDenied("the user has no access to this patient"), status: 403, request)
            }
            let isKnown: Bool
            do {
                isKnown = try directory.patient(patient) != nil
                if isKnown { encounter = try directory.currentEncounter(of: patient) }
            } catch {
                return try home(visitor, session, query: nil, patient: nil, notice: .recordUnavailable, status: 503)
                    .noting(error.reason)
            }
            guard isKnown else {
                return try home(visitor, session, query: nil, patient: nil, notice: .noSuchPatient, status: 400)
            }
            let denied = try stored(stores.denyRules(for: client.id, about: patient, at: clock()))
            guard !client.scopes.isDenied(by: denied, patient: patient) else {
                return try home(
                    visitor, session, query: nil, patient: patient, notice: .appDenied(client.name), status: 403
                ).refusing(.deniedToApp)
            }
        }

        let now = clock()
        let handle = secrets.fresh(.launch)
        let launch = Launch(
            handle: handle.digest, clientID: client.id, account: session.user.id,
            context: LaunchContext(
                patient: patient, encounter: encounter, needPatientBanner: true, smartStyleURL: urls.url(of: site.style)
            ),
            expiresAt: now + policy.launch)
        try stored(stores.add(launch, at: now))
        return .seeOther(LaunchLink(to: launchURL, iss: urls.issuer, handle: handle).url)
            .remarking("event", "launched").remarking("client", client.id)
    }

    private func home(
        _ visitor: BrowserSession, _ session: Session, query: String?, patient: String?, notice: PortalPage.Notice?,
        status: Int
    ) throws(OAuthError) -> Response {
        let user = session.user
        let now = clock()
        let people = people(of: user)
        let chosen = patient ?? user.fhirUser?.ownPatient ?? user.solePatient(at: now)
        let reach: PortalPage.Reach =
            if user.temporaryAccess(to: chosen, at: now)?.relationship != nil {
                .represented
            } else if user.fhirUser?.ownPatient != nil {
                .ownRecord
            } else if user.access != .none || !user.emergencies(at: now).isEmpty {
                .patients
            } else {
                people.all.isEmpty ? .nobody : .represented
            }
        let (search, detail) = reach == .patients ? try find(query, for: user) : (PatientSearch(), nil)
        var notice = notice
        var selected: PatientSummary?
        var trouble = detail ?? people.trouble
        if let id = reach == .ownRecord ? user.fhirUser?.ownPatient : chosen {
            do {
                // Absent and not allowed look alike.
                selected = user.effectiveAccess(at: now).includes(patient: id) ? try directory.patient(id) : nil
                if selected == nil { notice = notice ?? .noSuchPatient }
            } catch {
                notice = notice ?? .recordUnavailable
                trouble = error.reason
            }
        }
        let apps = try stored(stores.clients()).filter { $0.isUsable && !$0.launchURLs.isEmpty }.map(AppTile.init)
        let page = PortalPage(
            site: site, visitor: shown(visitor, session), reach: reach, search: search, selected: selected,
            apps: apps, notice: notice, today: today, leadsToConnectedApps: true, people: people.all,
            emergencies: openEmergencies(of: user),
            offersEmergency: emergencies(for: user) != nil, leadsToLimits: speaksForPatients(user),
            leadsToHelpDesk: try mayHelp(user))
        return .page(page.render(), status: status).noting(trouble)
    }
}
