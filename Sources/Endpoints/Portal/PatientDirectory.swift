import HTTP
import HTTPClient
import JSON
import SMART

/// Finds patients in the FHIR server, over nginx's relay socket.
package protocol PatientDirectory {
    /// Up to `limit` patients and whether there were more; `nil` where the text is too short to be searched for.
    func patients(matching text: String, within access: UserAccess, limit: Int) throws(PatientDirectoryError)
        -> (patients: [PatientSummary], isCut: Bool)?

    /// One patient; `nil` where there is none of that id.
    func patient(_ id: String) throws(PatientDirectoryError) -> PatientSummary?

    /// Those of these patients that there are, in the order of the ids.
    func patients(_ ids: [String]) throws(PatientDirectoryError) -> [PatientSummary]

    /// Up to `limit` encounters that an app could be opened for, those going on first and then the most recent, and whether
    /// there were more.
    func encounters(of patient: String, limit: Int) throws(PatientDirectoryError)
        -> (encounters: [EncounterSummary], isCut: Bool)

    /// The encounter that the patient is in now, if there is exactly one.
    func currentEncounter(of patient: String) throws(PatientDirectoryError) -> String?
}

extension PatientDirectory {
    /// The patients of exactly this record number: nobody is found by a name or a part of anything.
    func patients(numbered text: String) throws(PatientDirectoryError) -> [PatientSummary] {
        let number = text.split(separator: " ").joined(separator: " ")
        guard case .recordNumber = PatientQuery(number) else { return [] }
        let found = try patients(matching: number, within: .all, limit: 20)?.patients ?? []
        return found.filter { $0.recordNumber?.isExactly(number) ?? false }
    }
}

/// The FHIR server could not be asked, or its answer could not be read. The reason is for our log.
package struct PatientDirectoryError: Error, Sendable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// The directory as the FHIR server keeps it.
package struct FHIRPatientDirectory: PatientDirectory {
    private let relay: any FHIRRelay

    package init(_ relay: any FHIRRelay) {
        self.relay = relay
    }

    package init(relaySocket: String) throws(HTTPClientError) {
        relay = try HTTPClient(
            .unixSocket(relaySocket), limits: HTTPClient.Limits(bodyBytes: 4 << 20, totalMilliseconds: 10_000))
    }

    package func patients(
        matching text: String, within access: UserAccess, limit: Int
    ) throws(PatientDirectoryError) -> (patients: [PatientSummary], isCut: Bool)? {
        guard let query = PatientQuery(text) else { return nil }
        var parameters = query.parameters
        if case .patients(let ids) = access { parameters.append(("_id", ids.sorted().joined(separator: ","))) }
        parameters.append(("_count", String(limit + 1)))
        // What was fetched is checked, whatever was asked: a server may ignore a parameter.
        guard let bundle = try search("Patient", parameters) else {
            throw PatientDirectoryError(reason: "the FHIR server has no patients to search")
        }
        let found = bundle.resources.compactMap { PatientSummary($0) }.filter { access.includes(patient: $0.id) }
        return (Array(found.prefix(limit)), found.count > limit)
    }

    package func patient(_ id: String) throws(PatientDirectoryError) -> PatientSummary? {
        guard ResourceID.isValid(id), let resource = try resource("/Patient/\(id)") else { return nil }
        guard let patient = PatientSummary(resource), patient.id == id else {
            throw PatientDirectoryError(reason: "the answer is not the patient that was asked for")
        }
        return patient
    }

    package func patients(_ ids: [String]) throws(PatientDirectoryError) -> [PatientSummary] {
        let valid = ids.filter { ResourceID.isValid($0) }
        guard !valid.isEmpty else { return [] }
        let found = try search("Patient", [("_id", valid.joined(separator: ",")), ("_count", String(valid.count))])
        let patients = found?.resources.compactMap { PatientSummary($0) } ?? []
        return valid.compactMap { id in patients.first { $0.id == id } }
    }

    package func encounters(
        of patient: String, limit: Int
    ) throws(PatientDirectoryError) -> (encounters: [EncounterSummary], isCut: Bool) {
        guard ResourceID.isValid(patient) else { return ([], false) }
        // More than are shown: a server may ignore the order, and some of these cannot be chosen.
        let recent = try search(
            "Encounter",
            [("patient", "Patient/\(patient)"), ("_sort", "-date"), ("_count", String(max(limit + 1, 100)))])
        guard let recent else { return ([], false) }
        var found = encounters(recent.resources, of: patient)
        // What goes on now may have begun long before the rest.
        if recent.hasMore { found += try encountersInProgress(of: patient) }
        var seen: Set<String> = []
        let all = found.filter { $0.isChoosable && seen.insert($0.id).inserted }.inOrder
        return (Array(all.prefix(limit)), all.count > limit || recent.hasMore)
    }

    package func currentEncounter(of patient: String) throws(PatientDirectoryError) -> String? {
        guard ResourceID.isValid(patient) else { return nil }
        let current = try encountersInProgress(of: patient)
        return current.count == 1 ? current.first?.id : nil
    }
}

extension FHIRPatientDirectory {
    /// What a search found, without what was included or said of it.
    private struct Found {
        let resources: [JSONValue]
        let hasMore: Bool
    }

    private func encountersInProgress(of patient: String) throws(PatientDirectoryError) -> [EncounterSummary] {
        let found = try search(
            "Encounter", [("patient", "Patient/\(patient)"), ("status", "in-progress"), ("_count", "20")])
        return encounters(found?.resources ?? [], of: patient).filter { $0.status == "in-progress" }
    }

    /// Those that are really about the patient.
    private func encounters(_ resources: [JSONValue], of patient: String) -> [EncounterSummary] {
        resources.filter { resource in
            let subject = resource["subject"]?["reference"]?.string ?? ""
            return subject.isExactly("Patient/\(patient)") || subject.hasSuffix("/Patient/\(patient)")
        }.compactMap { EncounterSummary($0) }
    }

    /// `nil` where the server does not have the type.
    private func search(
        _ type: String, _ parameters: [(name: String, value: String)]
    ) throws(PatientDirectoryError) -> Found? {
        guard let bundle = try resource("/\(type)?\(Form(parameters).encoded)") else { return nil }
        guard bundle["resourceType"]?.equals("Bundle") ?? false else {
            throw PatientDirectoryError(reason: "the search answer is no Bundle")
        }
        return Found(
            resources: (bundle["entry"]?.elements.map { $0 } ?? []).compactMap { $0["resource"] },
            hasMore: bundle["link"]?.elements.contains { $0["relation"]?.equals("next") ?? false } ?? false)
    }

    /// The resource behind a path; `nil` for 404 and 410.
    private func resource(_ path: String) throws(PatientDirectoryError) -> JSONValue? {
        do throws(FHIRServerError) {
            return try relay.resource(path)
        } catch {
            throw PatientDirectoryError(reason: error.reason)
        }
    }
}
