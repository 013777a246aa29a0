import HTTP
import JSON

extension LaunchContext {
    /// Why a launch's context cannot be taken, for whoever prepares the launch. It repeats no value: a value may name a patient.
    package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        case notAnObject
        case wrong(member: String, expected: String)
        case unknownMember(String)
        case fhirContext(FHIRContext.Refusal)

        package var description: String {
            switch self {
            case .notAnObject: "the context is a JSON object"
            case .wrong(let member, let expected): "\(member) is \(expected)"
            case .unknownMember(let name):
                "\(name) is no member of a launch context; a name of your own is a full URI or begins with __"
            case .fhirContext(let refusal): refusal.description
            }
        }
    }

    /// Reads the context of a launch as an EHR sends it, under the names that the app will see
    /// (SMART scopes-and-launch-context#launch-context-arrives-with-your-access_token).
    package init(checking object: JSONValue) throws(Refusal) {
        guard object.kind == .object else { throw .notAnObject }
        self.init()
        for member in object.members { try take(member) }
        extensions = ContextExtensions(of: object)
    }

    private mutating func take(_ member: JSONMember) throws(Refusal) {
        let value = member.value
        switch member.name {
        case "patient": patient = try Self.id(value, of: "patient")
        case "encounter": encounter = try Self.id(value, of: "encounter")
        case "fhirContext":
            do throws(FHIRContext.Refusal) {
                fhirContext = try FHIRContext(checking: value)
            } catch {
                throw .fhirContext(error)
            }
        case "intent": intent = try Self.text(value, of: "intent")
        case "need_patient_banner":
            guard let isNeeded = value.bool else {
                throw .wrong(member: "need_patient_banner", expected: "true or false, without quotation marks")
            }
            needPatientBanner = isNeeded
        case "smart_style_url":
            guard let url = value.string.flatMap({ AbsoluteURL($0) }), ["https", "http"].contains(url.scheme) else {
                throw .wrong(member: "smart_style_url", expected: "an absolute http or https URL")
            }
            smartStyleURL = url.text
        case "tenant": tenant = try Self.text(value, of: "tenant")
        case let name where ExtensionName.isValid(name): break
        case let name: throw .unknownMember(name)
        }
    }

    private static func id(_ value: JSONValue, of member: String) throws(Refusal) -> String {
        guard let id = value.string, ResourceID.isValid(id) else {
            throw .wrong(member: member, expected: "the id of a resource, without its type")
        }
        return id
    }

    private static func text(_ value: JSONValue, of member: String) throws(Refusal) -> String {
        guard let text = value.string, !text.isEmpty else {
            throw .wrong(member: member, expected: "a text that is not empty")
        }
        return text
    }
}
