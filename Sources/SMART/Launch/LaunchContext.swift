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
    /// What the site adds under names of its own.
    package var extensions: ContextExtensions

    package init(
        patient: String? = nil, encounter: String? = nil, fhirContext: FHIRContext? = nil, intent: String? = nil,
        needPatientBanner: Bool? = nil, smartStyleURL: String? = nil, tenant: String? = nil,
        extensions: ContextExtensions = ContextExtensions()
    ) {
        self.patient = patient
        self.encounter = encounter
        self.fhirContext = fhirContext
        self.intent = intent
        self.needPatientBanner = needPatientBanner
        self.smartStyleURL = smartStyleURL
        self.tenant = tenant
        self.extensions = extensions
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
        extensions.write(to: &object)
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
            tenant: root["tenant"]?.string, extensions: ContextExtensions(of: root))
    }
}
