import HTTP
import JSON

/// What an app is told about the moment it was launched in (SMART scopes-and-launch-context#launch-context-arrives-with-your-access_token).
package struct LaunchContext: Sendable, Hashable {
    package var patient: String?
    package var encounter: String?
    /// A JSON array of objects, each checked by `FHIRContext`.
    package var fhirContext: FHIRContext?
    package var intent: String?
    package var needPatientBanner: Bool?
    package var smartStyleURL: String?
    package var tenant: String?

    package init(
        patient: String? = nil, encounter: String? = nil, fhirContext: FHIRContext? = nil, intent: String? = nil,
        needPatientBanner: Bool? = nil, smartStyleURL: String? = nil, tenant: String? = nil
    ) {
        self.patient = patient
        self.encounter = encounter
        self.fhirContext = fhirContext
        self.intent = intent
        self.needPatientBanner = needPatientBanner
        self.smartStyleURL = smartStyleURL
        self.tenant = tenant
    }

    /// Writes the members of a token or introspection response, absent ones left out.
    package func write(to object: inout JSONWriter) {
        object.member("patient", patient)
        object.member("encounter", encounter)
        if let fhirContext { object.raw("fhirContext", fhirContext.bytes) }
        object.member("intent", intent)
        if let needPatientBanner { object.member("need_patient_banner", needPatientBanner) }
        object.member("smart_style_url", smartStyleURL)
        object.member("tenant", tenant)
    }

    /// The context as the store keeps it.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { write(to: &$0) }
        return writer.bytes
    }

    /// Reads what `json` wrote.
    package init?(json: [UInt8]) {
        guard let root = (try? JSONDocument(json))?.root, root.kind == .object else { return nil }
        self.init(
            patient: root["patient"]?.string, encounter: root["encounter"]?.string,
            fhirContext: root["fhirContext"].flatMap { FHIRContext($0) }, intent: root["intent"]?.string,
            needPatientBanner: root["need_patient_banner"]?.bool, smartStyleURL: root["smart_style_url"]?.string,
            tenant: root["tenant"]?.string)
    }
}

/// Further resources in context (SMART scopes-and-launch-context#fhir-context).
package struct FHIRContext: Sendable, Hashable {
    /// The array as JSON.
    package let bytes: [UInt8]

    /// Checks every item: a relative `reference`, a `canonical` or an `identifier`; a role that is not empty; Patient and
    /// Encounter only in a role other than `launch`.
    package init?(_ array: JSONValue) {
        guard array.kind == .array, array.count > 0, array.elements.allSatisfy(Self.isValid) else { return nil }
        bytes = Array(array.bytes)
    }

    package init?(json: String) {
        guard let document = try? JSONDocument(Array(json.utf8)) else { return nil }
        self.init(document.root)
    }

    private static func isValid(_ item: JSONValue) -> Bool {
        guard item.kind == .object else { return false }
        let reference = item["reference"]
        let canonical = item["canonical"]
        let identifier = item["identifier"]
        guard reference != nil || canonical != nil || identifier != nil else { return false }
        if let canonical, canonical.string.flatMap({ AbsoluteURL($0) }) == nil { return false }
        if let identifier, identifier.kind != .object { return false }
        if let type = item["type"], !ResourceType.isKnown(type.string ?? "") { return false }
        let role = item["role"]
        if let role, role.string?.isEmpty ?? true { return false }
        guard let reference else { return true }
        let parts = (reference.string ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, ResourceType.isKnown(String(parts[0])), ResourceID.isValid(parts[1]) else {
            return false
        }
        let isInLaunchRole = role?.string ?? "launch" == "launch"
        return !(isInLaunchRole && (parts[0] == "Patient" || parts[0] == "Encounter"))
    }
}
