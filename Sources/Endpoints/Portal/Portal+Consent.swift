import HTTP
import OAuth
import SMART
import Store

/// Saying what the app may see.
extension PortalEndpoint {
    func consentPage(_ request: Request) throws(OAuthError) -> Response {
        guard let visit = try visit(query(of: request), request) else { return lost(request) }
        guard step(of: visit) == .consent, let session = visit.visitor.session else { return backToAuthorize(visit) }
        let id = visit.interaction.patient(for: session.user)
        var patient: PatientSummary?
        if let id {
            // Nobody is asked to allow access to a person who cannot be named.
            do {
                patient = try directory.patient(id)
            } catch {
                return problem(.unavailable, .unavailable(detail: error.reason), status: 503, request)
            }
            guard patient != nil else {
                return problem(
                    .refused, .accessDenied("there is no such patient"), status: 403, request)
            }
        }
        let page = ConsentPage(
            site: site, visitor: shown(visit.visitor, session), interaction: visit.id.text,
            appName: visit.client.name, appHost: Self.host(of: visit.interaction.request.redirect.uri),
            isLaunchFromEHR: visit.interaction.launch != nil, patient: patient,
            isOwnRecord: id != nil && session.user.fhirUser?.ownPatient == id,
            offered: visit.interaction.request.scopes, requested: visit.interaction.request.requestedScope,
            offlineLifetime: policy.refreshTokenLifetime(for: visit.client), today: today)
        return .page(page.render())
    }

    func decide(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let visit = try visit(form, request) else { return lost(request) }
        guard let session = visit.visitor.session else { return backToAuthorize(visit) }
        guard isOurs(form, request, token: visit.visitor.formToken) else { return formExpired(request) }
        guard step(of: visit) == .consent else { return backToAuthorize(visit) }
        switch form["decision"] {
        case "allow":
            return try keep(visit.interaction.request.scopes, of: visit, session)
        case "deny":
            return try deny(visit, session)
        default:
            return .seeOther("\(urls.portal)/consent?interaction=\(visit.id.text)")
        }
    }

    /// The person says no, here or in the picker, before there is anything to show.
    func deny(_ visit: Visit, _ session: Session) throws(OAuthError) -> Response {
        try keep(ScopeSet(), of: visit, session)
    }

    /// Keeps the decision, be it yes or no, and lets the app hear of it.
    private func keep(_ allowed: ScopeSet, of visit: Visit, _ session: Session) throws(OAuthError) -> Response {
        let consent = Consent(
            id: secrets.identifier(), account: session.user.id, clientID: visit.client.id,
            patient: visit.interaction.patient(for: session.user), requested: visit.interaction.request.scopes,
            allowed: allowed, decidedAt: clock())
        _ = try stored(stores.decide(consent, in: visit.interaction.id))
        return backToAuthorize(visit).remarking("event", allowed.isEmpty ? "denied" : "allowed")
            .remarking("client", visit.client.id).remarking("consent", consent.id)
    }

    /// Where the answer goes, in words a person can compare with what they expect.
    private static func host(of redirectURI: String) -> String {
        AbsoluteURL(redirectURI)?.host ?? String(redirectURI.prefix { $0 != ":" })
    }
}
