/// One challenge of a `WWW-Authenticate` field (RFC 9110 §11.6.1): a scheme and its parameters, each value quoted.
package struct Challenge: Sendable {
    private let scheme: String
    private let parameters: [(name: String, value: String)]

    package init(_ scheme: String, _ parameters: [(name: String, value: String)]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    package var field: String {
        guard !parameters.isEmpty else { return scheme }
        let list = parameters.map { "\($0.name)=\"\(Self.quoted($0.value))\"" }.joined(separator: ", ")
        return "\(scheme) \(list)"
    }

    private static func quoted(_ value: String) -> String {
        var out = ""
        for scalar in value.unicodeScalars where scalar.value >= 0x20 && scalar.value < 0x7F {
            if scalar == "\"" || scalar == "\\" { out.unicodeScalars.append("\\") }
            out.unicodeScalars.append(scalar)
        }
        return out
    }
}
