import HTTP
import OAuth
import SMART
import Store

/// Picking the patient of a standalone launch.
extension PortalEndpoint {
    func patientPage(_ request: Request) throws(OAuthError) -> Response {
        guard let visit = try visit(query(of: request), request) else { return lost(request) }
        guard step(of: visit) == .choosePatient, let presence = visit.presence else {
            return backToAuthorize(visit)
        }
        return try patientPage(visit, presence, PatientSearch(), status: 200)
    }

    /// A search, a choice or a cancellation: the page's three forms.
    func choosePatient(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let visit = try visit(form, request) else { return lost(request) }
        guard let presence = visit.presence else { return backToAuthorize(visit) }
        guard try isOurs(form, request, visit) else { return formExpired(request, in: visit) }
        guard step(of: visit) == .choosePatient else { return backToAuthorize(visit) }
        if form["cancel"] != nil { return try deny(visit, presence) }
        if form["patient"] == nil {
            let (search, detail) = find(form["q"] ?? "", for: presence.user)
            return try patientPage(visit, presence, search, status: 200).noting(detail)
        }

        // A18: the id comes from the browser, so the rights are asked again.
        guard let id = form["patient"], presence.user.effectiveAccess(at: clock()).includes(patient: id) else {
            return problem(
                .refused, .accessDenied("the user has no access to this patient"), status: 403, request, in: visit,
                leadsBack: true)
        }
        let isKnown: Bool
        do {
            isKnown = try directory.patient(id) != nil
        } catch {
            return try patientPage(visit, presence, PatientSearch(outcome: .unavailable), status: 503).noting(
                error.reason)
        }
        guard isKnown else {
            return problem(
                .refused, .accessDenied("there is no such patient"), status: 403, request, in: visit, leadsBack: true)
        }
        try stored(stores.choose(patient: id, account: presence.user.id, in: visit.interaction.id, at: clock()))
        return backToAuthorize(visit)
    }

    /// What a search box found, and what the log should know of it.
    func find(_ text: String?, for user: User) -> (search: PatientSearch, detail: String?) {
        guard let text else { return (PatientSearch(), nil) }
        let access = user.effectiveAccess(at: clock())
        if access == .none { return (PatientSearch(query: text, outcome: .nobody), nil) }
        do {
            guard let found = try directory.patients(matching: text, within: access, limit: 20) else {
                return (PatientSearch(query: text, outcome: .tooShort), nil)
            }
            let outcome: PatientSearch.Outcome =
                found.patients.isEmpty ? .nobody : .results(found.patients, isCut: found.isCut)
            return (PatientSearch(query: text, outcome: outcome), nil)
        } catch {
            return (PatientSearch(query: text, outcome: .unavailable), error.reason)
        }
    }

    private func patientPage(
        _ visit: Visit, _ presence: Presence, _ search: PatientSearch, status: Int
    ) throws(OAuthError) -> Response {
        let people = people(of: presence.user)
        return page(
            PatientPage(
                site: site(visit), visitor: try shown(visit, presence), appName: visit.client.name,
                interaction: visit.id.text, search: search, people: people.all, isDirectoryDown: people.trouble != nil,
                today: today, offersEmergency: visit.visitor.session != nil && emergencies(for: presence.user) != nil
            ).render(), status: people.trouble == nil ? status : 503, in: visit
        ).noting(people.trouble)
    }

    /// The person, if a patient, and those for whom the person acts; empty for who acts for nobody.
    func people(of user: User) -> (all: [ActingChoice], trouble: String?) {
        let represented = user.represented(at: clock())
        guard !represented.isEmpty, user.fhirUser?.isPrivate ?? false else { return ([], nil) }
        var choices: [ActingChoice] = []
        do {
            if let own = user.fhirUser?.ownPatient, let patient = try directory.patient(own) {
                choices.append(ActingChoice(patient: patient, acting: nil))
            }
            for access in represented {
                guard let patient = try directory.patient(access.patient) else { continue }
                choices.append(ActingChoice(patient: patient, acting: ActingFor(access)))
            }
        } catch {
            return (choices, error.reason)
        }
        return (choices, nil)
    }
}

extension Response {
    /// A page that works in spite of some trouble: the log hears of it.
    func noting(_ detail: String?) -> Response {
        detail.map { remarking("detail", $0) } ?? self
    }
}
