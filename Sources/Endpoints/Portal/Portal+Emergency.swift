import HTTP
import OAuth
import SMART
import Store

/// Breaking the glass: a record past the person's rights, for minutes, with a reason, in view of everybody concerned.
extension PortalEndpoint {
    /// The lengths that are offered, in seconds; `nil` for who may not, and where it is not offered.
    func emergencies(for user: User) -> [Int]? {
        guard let longestEmergency, user.mayBreakGlass, !(user.fhirUser?.isPrivate ?? false) else { return nil }
        let usual = [900, 1800, 3600].filter { $0 <= longestEmergency }
        return usual.isEmpty ? [longestEmergency] : usual
    }

    /// What is open to this person by an emergency, for the list with its buttons.
    func openEmergencies(of user: User) -> [OpenEmergency] {
        let now = clock()
        return user.emergencies(at: now).map { access in
            // A record whose name cannot be had just now can be closed all the same.
            let patient = (try? directory.patient(access.patient)) ?? PatientSummary(id: access.patient, name: "")
            return OpenEmergency(patient: patient, secondsLeft: access.until - now)
        }
    }

    func emergencyPage(_ request: Request) throws(OAuthError) -> Response {
        let query = try query(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?ended=yes") }
        return try emergencyPage(visitor, session, query, nil, request, status: 200)
    }

    func beginEmergency(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?ended=yes") }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try emergencyPage(visitor, session, form, .formExpired, request, status: 403)
        }
        guard let lengths = emergencies(for: session.user) else { return noEmergency(request) }
        guard let reason = StatedReason(form["reason"] ?? "") else {
            return try emergencyPage(visitor, session, form, .reasonMissing, request, status: 400)
        }
        let found: [PatientSummary]
        do {
            found = try directory.patients(numbered: form["number"] ?? "")
        } catch {
            return try emergencyPage(visitor, session, form, .unavailable, request, status: 503).noting(error.reason)
        }
        guard found.count == 1, let patient = found.first else {
            return try emergencyPage(visitor, session, form, .noSuchPatient, request, status: 404)
        }
        // Who may see the patient anyway needs no emergency.
        guard !session.user.standingAccess.includes(patient: patient.id) else {
            return try onwards(to: patient.id, form, session, request)
        }
        let now = clock()
        let seconds = lengths.first { form["seconds"] == String($0) } ?? lengths[0]
        let access = TemporaryAccess(patient: patient.id, basis: .emergency, until: now + seconds)
        let isOpen = try stored(
            stores.beginEmergency(access, id: secrets.identifier(), account: session.user.id, reason: reason, at: now))
        guard isOpen else { return noEmergency(request) }
        // The alarm: the log has it as a warning.
        return try onwards(to: patient.id, form, session, request)
            .remarking("event", "break_glass").remarking("account", session.user.id)
    }

    func endEmergency(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?ended=yes") }
        guard isOurs(form, request, token: visitor.formToken) else { return .seeOther(urls.portal) }
        if let patient = form["patient"] {
            _ = try stored(stores.endEmergency(of: session.user.id, to: patient, at: clock()))
        }
        return .seeOther(urls.portal).remarking("event", "break_glass_ended").remarking("account", session.user.id)
    }

    /// Back to the app that asked which patient, where one did; to the portal otherwise.
    private func onwards(
        to patient: String, _ form: Form, _ session: Session, _ request: Request
    ) throws(OAuthError) -> Response {
        guard form["interaction"] != nil, let visit = try visit(form, request),
            visit.presence?.user.id == session.user.id
        else { return .seeOther("\(urls.portal)?\(Form([("patient", patient)]).encoded)") }
        if step(of: visit) == .choosePatient {
            try stored(stores.choose(patient: patient, account: session.user.id, in: visit.interaction.id, at: clock()))
        }
        return backToAuthorize(visit)
    }

    private func noEmergency(_ request: Request) -> Response {
        problem(.refused, .accessDenied("the user may not break the glass"), status: 403, request)
    }

    private func emergencyPage(
        _ visitor: BrowserSession, _ session: Session, _ form: Form, _ notice: EmergencyPage.Notice?,
        _ request: Request, status: Int
    ) throws(OAuthError) -> Response {
        guard let lengths = emergencies(for: session.user) else { return noEmergency(request) }
        let page = EmergencyPage(
            site: site, visitor: shown(visitor, session), interaction: form["interaction"],
            number: form["number"] ?? "", reason: form["reason"] ?? "", lengths: lengths, notice: notice)
        return .page(page.render(), status: status)
    }
}
