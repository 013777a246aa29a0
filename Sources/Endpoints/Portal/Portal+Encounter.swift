import HTTP
import OAuth
import SMART
import Store

/// Picking the visit of a standalone launch (SMART scopes-and-launch-context#apps-that-launch-standalone).
extension PortalEndpoint {
    /// More than anybody reads through.
    private static let visits = 30

    func encounterPage(_ request: Request) throws(OAuthError) -> Response {
        guard let visit = try visit(query(of: request), request) else { return lost(request) }
        guard step(of: visit) == .chooseEncounter, let presence = visit.presence else { return backToAuthorize(visit) }
        return try encounterPage(visit, presence, request)
    }

    /// A choice, none, or a cancellation: the page's three forms.
    func chooseEncounter(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let visit = try visit(form, request) else { return lost(request) }
        guard let presence = visit.presence else { return backToAuthorize(visit) }
        guard try isOurs(form, request, visit) else { return formExpired(request, in: visit) }
        guard step(of: visit) == .chooseEncounter, let patient = visit.patient else {
            return backToAuthorize(visit)
        }
        if form["cancel"] != nil { return try deny(visit, presence) }
        var choice = Interaction.EncounterChoice.without
        if let id = form["encounter"] {
            // The id comes from the browser: it must be one of those that this patient has.
            let found: [EncounterSummary]
            do {
                found = try directory.encounters(of: patient, limit: Self.visits).encounters
            } catch {
                return try encounterPage(visit, presence, request)
            }
            guard found.contains(where: { $0.id.isExactly(id) }) else {
                return problem(
                    .refused, .accessDenied("the patient has no such visit"), status: 403, request, in: visit,
                    leadsBack: true)
            }
            choice = .picked(id)
        } else if form["none"] == nil {
            return try encounterPage(visit, presence, request)
        }
        try stored(stores.choose(encounter: choice, account: presence.user.id, in: visit.interaction.id))
        return backToAuthorize(visit)
    }

    private func encounterPage(
        _ visit: Visit, _ presence: Presence, _ request: Request
    ) throws(OAuthError) -> Response {
        guard let id = visit.patient else { return backToAuthorize(visit) }
        var outcome = EncounterPage.Outcome.unavailable
        var trouble: String?
        let patient: PatientSummary
        do {
            guard let found = try directory.patient(id) else {
                return problem(
                    .refused, .accessDenied("there is no such patient"), status: 403, request, in: visit)
            }
            patient = found
        } catch {
            return problem(
                .unavailable, .unavailable(detail: error.reason), status: 503, request, in: visit, leadsBack: true)
        }
        do {
            let (visits, isCut) = try directory.encounters(of: id, limit: Self.visits)
            outcome = .found(visits, isCut: isCut)
        } catch {
            trouble = error.reason
        }
        let page = EncounterPage(
            site: site(visit), visitor: try shown(visit, presence), appName: visit.client.name,
            interaction: visit.id.text,
            patient: patient, isOwnRecord: presence.user.fhirUser?.ownPatient == id, outcome: outcome, today: today)
        return self.page(page.render(), status: trouble == nil ? 200 : 503, in: visit).noting(trouble)
    }
}
