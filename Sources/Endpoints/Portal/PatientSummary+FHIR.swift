import JSON

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
