import HTTP
import OAuth
import SMART
import Store

/// Saying what the app may see.
extension PortalEndpoint {
    func consentPage(_ request: Request) throws(OAuthError) -> Response {
        let query = try query(of: request)
        guard let visit = try visit(query, request) else { return lost(request) }
        guard step(of: visit) == .consent, let presence = visit.presence else { return backToAuthorize(visit) }
        return try consentPage(visit, presence, ticked: query["tick"] == "none" ? [] : nil, request)
    }

    func decide(_ request: Request) throws(OAuthError) -> Response {
        // An app may ask for a hundred things and more, each of which has its tick.
        let form = try form(of: request, limit: 2_000)
        guard let visit = try visit(form, request) else { return lost(request) }
        guard let presence = visit.presence else { return backToAuthorize(visit) }
        guard try isOurs(form, request, visit) else { return formExpired(request, in: visit) }
        guard step(of: visit) == .consent else { return backToAuthorize(visit) }
        switch form["decision"] {
        case "allow":
            let choices = ConsentPage.choices(
                offered(visit, presence), isOwnRecord: isOwnRecord(visit, presence))
            // Who unticks everything has said no.
            let ticked = choices.ticked(in: form)
            return try keep(choices.granted(ticked: ticked), of: visit, presence, ticked)
        case "deny":
            return try deny(visit, presence)
        default:
            return .seeOther("\(urls.portal)/consent?interaction=\(visit.id.text)")
        }
    }

    /// What the person is asked about: nobody is asked for what they cannot give, unless there is nothing else.
    private func offered(_ visit: Visit, _ presence: Presence) -> ScopeSet {
        // What the patient denies elsewhere is nobody's to allow here.
        let asked = visit.open
        let offered = asked.grantable(to: presence, about: visit.patient, policy: sessionPolicy, at: clock())
        return offered.isEmpty ? asked : offered
    }

    private func isOwnRecord(_ visit: Visit, _ presence: Presence) -> Bool {
        let patient = visit.patient
        return patient != nil && presence.user.fhirUser?.ownPatient == patient
    }

    private func consentPage(
        _ visit: Visit, _ presence: Presence, ticked: Set<ChoiceID>?, _ request: Request
    ) throws(OAuthError) -> Response {
        var patient: PatientSummary?
        let id = visit.patient
        if let id {
            // Nobody is asked to allow access to a person who cannot be named.
            do {
                patient = try directory.patient(id)
            } catch {
                return problem(
                    .unavailable, .unavailable(detail: error.reason), status: 503, request, in: visit, leadsBack: true)
            }
            guard patient != nil else {
                return problem(
                    .refused, .accessDenied("there is no such patient"), status: 403, request, in: visit)
            }
        }
        let (asked, open, offered) = (visit.interaction.request, visit.open, offered(visit, presence))
        let withheld = WithheldScopes(
            requested: asked.requestedScope, offered: offered,
            beyondThePerson: open.filter { !offered.scopes.contains($0) },
            denied: .init(from: asked.scopes.filter { !open.scopes.contains($0) }, by: visit.denied))
        let page = ConsentPage(
            site: site(visit), visitor: try shown(visit, presence), interaction: visit.id.text,
            appName: visit.client.name, organization: visit.client.presentation.organization,
            appHost: visit.interaction.request.redirect.host,
            isVerified: visit.client.isVerified, isLaunchFromEHR: visit.interaction.launch != nil, patient: patient,
            isOwnRecord: isOwnRecord(visit, presence), withheld: withheld,
            offlineLifetime: policy.refreshTokenLifetime(for: visit.client), today: today, ticked: ticked,
            acting: presence.user.temporaryAccess(to: id, at: clock()).flatMap(ActingFor.init))
        return self.page(page.render(), in: visit)
    }

    /// The person says no, here or in the picker, before there is anything to show.
    func deny(_ visit: Visit, _ presence: Presence) throws(OAuthError) -> Response {
        try keep(ScopeSet(), of: visit, presence)
    }

    /// Keeps the decision, be it yes or no, and lets the app hear of it.
    private func keep(
        _ allowed: ScopeSet, of visit: Visit, _ presence: Presence, _ ticked: Set<ChoiceID> = []
    ) throws(OAuthError) -> Response {
        let (client, language) = (visit.client, site(visit).language)
        let choices = ConsentPage.choices(
            offered(visit, presence), isOwnRecord: isOwnRecord(visit, presence), in: language)
        let wording = choices.wording(
            of: client.name, from: client.presentation.organization, at: visit.interaction.request.redirect.host,
            isVerified: client.isVerified,
            ticked: ticked, offlineLifetime: policy.refreshTokenLifetime(for: client), in: language)
        let (now, patient) = (clock(), visit.patient)
        // What is allowed for somebody else holds as long as the person acts for them.
        let acting = presence.user.temporaryAccess(to: patient, at: now)
        let consent = Consent(
            id: secrets.identifier(), account: presence.user.id, clientID: visit.client.id,
            patient: patient, requested: visit.interaction.request.scopes, allowed: allowed, decidedAt: now,
            expiresAt: acting?.until,
            wording: ConsentWording(
                language: language.rawValue,
                text: [acting.flatMap { ActingFor($0)?.wording(in: language) }, wording].compactMap { $0 }
                    .joined(separator: "\n")),
            purpose: Consent.Purpose(of: presence.user, about: patient, at: now))
        _ = try stored(stores.decide(consent, in: visit.interaction.id))
        return backToAuthorize(visit).remarking("event", allowed.isEmpty ? "denied" : "allowed")
            .remarking("client", visit.client.id).remarking("consent", consent.id)
    }
}
