import JSON
import SMART

extension EncounterSummary {
    /// Reads a FHIR Encounter; `nil` for anything else.
    init?(_ resource: JSONValue) {
        guard resource["resourceType"]?.equals("Encounter") ?? false, let id = resource["id"]?.string,
            ResourceID.isValid(id)
        else { return nil }
        let period = resource["period"]
        let places = resource["location"]?.elements.map { $0 } ?? []
        // Where the patient is, or was last.
        let place = places.last { $0["status"]?.equals("active") ?? false } ?? places.last
        self.init(
            id: id, status: resource["status"]?.string ?? "unknown", classCode: resource["class"]?["code"]?.string,
            classWords: Self.text(resource["class"]?["display"]), type: Self.type(resource["type"]),
            start: period?["start"]?.string, end: period?["end"]?.string,
            place: Self.text(place?["location"]?["display"]),
            provider: Self.text(resource["serviceProvider"]?["display"]))
    }

    /// The words of the first type that has any.
    private static func type(_ types: JSONValue?) -> String? {
        (types?.elements.map { $0 } ?? []).lazy.compactMap { concept in
            text(concept["text"])
                ?? (concept["coding"]?.elements.map { $0 } ?? []).lazy.compactMap { text($0["display"]) }.first
        }.first
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
