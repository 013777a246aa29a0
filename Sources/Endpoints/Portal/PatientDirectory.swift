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

    /// The encounter that the patient is in now, if there is exactly one.
    func currentEncounter(of patient: String) throws(PatientDirectoryError) -> String?
}

/// The FHIR server could not be asked, or its answer could not be read. The reason is for our log.
package struct PatientDirectoryError: Error, Sendable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// What a person typed, as a FHIR search (FHIR R4 patient#search).
enum PatientQuery: Equatable {
    case birthDate(String)
    case recordNumber(String)
    /// Every word must begin some part of the name.
    case name([String])

    /// Three characters, a date or an exact number; anything shorter would list half the hospital.
    init?(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
        let whole = words.joined(separator: " ")
        guard whole.count <= 100 else { return nil }
        if let date = CalendarDate(whole), date.day != nil {
            self = .birthDate(whole)
        } else if words.count == 1, whole.contains(where: { $0.isNumber }) {
            self = .recordNumber(whole)
        } else {
            guard words.contains(where: { $0.count >= 3 }) else { return nil }
            self = .name(words)
        }
    }

    var parameters: [(name: String, value: String)] {
        switch self {
        case .birthDate(let date): [("birthdate", date)]
        case .recordNumber(let number): [("identifier", Self.escaped(number))]
        case .name(let words): words.map { ("name", Self.escaped($0)) }
        }
    }

    /// FHIR R4 search#escaping: these four would change the meaning of a value.
    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if "\\,$|".contains(character) { text += "\\" }
            text.append(character)
        }
    }
}

/// The directory as the FHIR server keeps it.
package struct FHIRPatientDirectory: PatientDirectory {
    private let client: HTTPClient

    package init(relaySocket: String) throws(HTTPClientError) {
        client = try HTTPClient(
            .unixSocket(relaySocket), limits: HTTPClient.Limits(bodyBytes: 4 << 20, totalMilliseconds: 10_000))
    }

    package func patients(
        matching text: String, within access: UserAccess, limit: Int
    ) throws(PatientDirectoryError) -> (patients: [PatientSummary], isCut: Bool)? {
        guard let query = PatientQuery(text) else { return nil }
        var parameters = query.parameters
        if case .patients(let ids) = access { parameters.append(("_id", ids.sorted().joined(separator: ","))) }
        parameters.append(("_count", String(limit + 1)))
        let bundle = try resource("/Patient?\(Form(parameters).encoded)")
        guard let bundle, bundle["resourceType"]?.equals("Bundle") ?? false else {
            throw PatientDirectoryError(reason: "the search answer is no Bundle")
        }
        // What was fetched is checked, whatever was asked: a server may ignore a parameter.
        let found = (bundle["entry"]?.elements.map { $0 } ?? []).compactMap { entry in
            entry["resource"].flatMap { PatientSummary($0) }
        }.filter { access.includes(patient: $0.id) }
        return (Array(found.prefix(limit)), found.count > limit)
    }

    package func patient(_ id: String) throws(PatientDirectoryError) -> PatientSummary? {
        guard ResourceID.isValid(id), let resource = try resource("/Patient/\(id)") else { return nil }
        guard let patient = PatientSummary(resource), patient.id == id else {
            throw PatientDirectoryError(reason: "the answer is not the patient that was asked for")
        }
        return patient
    }

    package func currentEncounter(of patient: String) throws(PatientDirectoryError) -> String? {
        let query = Form([("patient", "Patient/\(patient)"), ("status", "in-progress"), ("_count", "2")])
        guard let bundle = try resource("/Encounter?\(query.encoded)") else { return nil }
        let current = (bundle["entry"]?.elements.map { $0 } ?? []).compactMap { entry -> String? in
            guard let resource = entry["resource"], resource["resourceType"]?.equals("Encounter") ?? false,
                resource["status"]?.equals("in-progress") ?? false,
                resource["subject"]?["reference"]?.string?.hasSuffix("Patient/\(patient)") ?? false
            else { return nil }
            return resource["id"]?.string
        }
        return current.count == 1 ? current.first : nil
    }

    /// The resource behind a path; `nil` for 404 and 410.
    private func resource(_ path: String) throws(PatientDirectoryError) -> JSONValue? {
        let answer: InboundAnswer
        do {
            answer = try client.get(path, fields: [("Accept", "application/fhir+json")])
        } catch {
            throw PatientDirectoryError(reason: "the FHIR server cannot be reached: \(error)")
        }
        if answer.status == 404 || answer.status == 410 { return nil }
        guard answer.status == 200 else {
            throw PatientDirectoryError(reason: "the FHIR server answered \(answer.status)")
        }
        guard let document = try? JSONDocument(answer.body) else {
            throw PatientDirectoryError(reason: "the FHIR server's answer is not JSON")
        }
        return document.root
    }
}

extension PatientSummary {
    /// Reads a FHIR Patient; `nil` for anything else.
    init?(_ resource: JSONValue) {
        guard resource["resourceType"]?.equals("Patient") ?? false, let id = resource["id"]?.string else { return nil }
        self.init(
            id: id, name: Self.name(resource["name"]), birthDate: resource["birthDate"]?.string,
            sex: resource["gender"]?.string, recordNumber: Self.recordNumber(resource["identifier"]),
            isDeceased: resource["deceasedBoolean"]?.bool ?? (resource["deceasedDateTime"] != nil))
    }

    /// The official name before the usual one before any other; old names only where there is nothing else.
    private static func name(_ names: JSONValue?) -> String {
        let names = names?.elements.map { $0 } ?? []
        func isOfUse(_ use: String) -> (JSONValue) -> Bool { { $0["use"]?.equals(use) ?? false } }
        let best =
            names.first(where: isOfUse("official")) ?? names.first(where: isOfUse("usual"))
            ?? names.first { $0["use"] == nil } ?? names.first
        guard let best else { return "" }
        if let text = best["text"]?.string, !text.isEmpty { return text }
        let given = best["given"]?.elements.compactMap(\.string) ?? []
        return (given + [best["family"]?.string ?? ""]).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The identifier of type MR (HL7 table 0203); the first one where none says what it is.
    private static func recordNumber(_ identifiers: JSONValue?) -> String? {
        let identifiers = identifiers?.elements.map { $0 } ?? []
        let record = identifiers.first { identifier in
            identifier["type"]?["coding"]?.elements.contains { $0["code"]?.equals("MR") ?? false } ?? false
        }
        return (record ?? identifiers.first)?["value"]?.string
    }
}
