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
        let (search, detail) = try find(nil, for: presence.user)
        return try patientPage(visit, presence, search, status: 200).noting(detail)
    }

    /// A search, a choice, its confirmation or a cancellation: the forms of two pages.
    func choosePatient(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        guard let visit = try visit(form, request) else { return lost(request) }
        guard let presence = visit.presence else { return backToAuthorize(visit) }
        guard try isOurs(form, request, visit) else { return formExpired(request, in: visit) }
        guard step(of: visit) == .choosePatient else { return backToAuthorize(visit) }
        if form["cancel"] != nil { return try deny(visit, presence) }
        if form["patient"] == nil {
            let (search, detail) = try find(form["q"] ?? "", for: presence.user)
            return try patientPage(visit, presence, search, status: 200).noting(detail)
        }

        // A18: the id comes from the browser, so the rights are asked again.
        guard let id = form["patient"], presence.user.effectiveAccess(at: clock()).includes(patient: id) else {
            return problem(
                .refused, .accessDenied("the user has no access to this patient"), status: 403, request, in: visit,
                leadsBack: true)
        }
        let patient: PatientSummary?
        do {
            patient = try directory.patient(id)
        } catch {
            return try patientPage(visit, presence, PatientSearch(outcome: .unavailable), status: 503).noting(
                error.reason)
        }
        guard let patient else {
            return problem(
                .refused, .accessDenied("there is no such patient"), status: 403, request, in: visit, leadsBack: true)
        }
        // Who chooses among the own few has seen all of each; who searches among many may take one for another.
        if form["confirm"] == nil, !(presence.user.fhirUser?.isPrivate ?? false) {
            let confirmation = PatientConfirmationPage(
                site: site(visit), visitor: try shown(visit, presence), appName: visit.client.name,
                interaction: visit.id.text, patient: patient, today: today)
            return page(confirmation.render(), status: 200, in: visit)
        }
        try stored(stores.choose(patient: id, account: presence.user.id, in: visit.interaction.id, at: clock()))
        return backToAuthorize(visit)
    }

    /// What a search box found, and what the log should know of it; without a text, whose records were opened last.
    func find(_ text: String?, for user: User) throws(OAuthError) -> (search: PatientSearch, detail: String?) {
        let access = user.effectiveAccess(at: clock())
        guard let text else {
            let (recent, trouble) = try recentPatients(of: user, within: access)
            return (PatientSearch(recent: recent), trouble)
        }
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

    /// Those whom the person may see now; without the directory nobody, for an id says nothing to anybody.
    private func recentPatients(
        of user: User, within access: UserAccess
    ) throws(OAuthError) -> (patients: [PatientSummary], trouble: String?) {
        let ids = try stored(stores.recentPatients(of: user.id, limit: 8)).filter { access.includes(patient: $0) }
        guard !ids.isEmpty else { return ([], nil) }
        do {
            return (try directory.patients(ids), nil)
        } catch {
            return ([], error.reason)
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
