import JSON

/// What the FHIR server says it can search by (FHIR R4 capabilitystatement): what it does not know, it passes over.
package struct ServerCapabilities: Sendable {
    /// The parameters of each type; `nil` where everything is taken for known.
    private let parameters: [String: Set<String>]?

    /// A server that knows every parameter.
    package static let all = ServerCapabilities(parameters: nil)

    private init(parameters: [String: Set<String>]?) {
        self.parameters = parameters
    }

    /// `nil` for what is no CapabilityStatement of a server.
    package init?(_ statement: JSONValue) {
        guard statement["resourceType"]?.equals("CapabilityStatement") == true,
            let rest = statement["rest"]?.elements.first(where: { $0["mode"]?.equals("server") == true })
        else { return nil }
        let common = Self.names(in: rest)
        var parameters: [String: Set<String>] = [:]
        for resource in rest["resource"].map({ Array($0.elements) }) ?? [] {
            guard let type = resource["type"]?.string else { continue }
            parameters[type, default: common].formUnion(Self.names(in: resource))
        }
        self.init(parameters: parameters)
    }

    private static func names(in holder: JSONValue) -> Set<String> {
        Set(holder["searchParam"]?.elements.compactMap { $0["name"]?.string } ?? [])
    }

    func searches(_ type: String, by parameter: String) -> Bool {
        // FHIR R4 search#id: every server does.
        guard let parameters, parameter != "_id" else { return true }
        return parameters[type]?.contains(parameter) == true
    }
}
