import HTTP

/// One `param=value[,value]` of a granular scope: some value must match (OR).
package struct ScopeConstraint: Sendable, Hashable {
    /// A token of FHIR search: `system|code`, `|code` (no system) or `code` (any system).
    package struct Token: Sendable, Hashable {
        /// `nil` matches any system, `""` only codings without one.
        package let system: String?
        package let code: String

        package init?(_ text: some StringProtocol) {
            let halves = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            guard let last = halves.last, !last.isEmpty, !last.contains("|") else { return nil }
            system = halves.count == 2 ? String(halves[0]) : nil
            code = String(last)
        }

        package var spelling: String { system.map { "\($0)|\(code)" } ?? code }
    }

    package let parameter: String
    package let values: [Token]

    /// `nil` where the enforcer has no path for this parameter of this type, or a value is no token.
    package init?(type: String, parameter: String, values: String) {
        guard GranularParameter.isGrantable(parameter, of: type), !values.contains("\\") else { return nil }
        var tokens: [Token] = []
        for part in values.split(separator: ",", omittingEmptySubsequences: false) {
            guard let token = Token(part) else { return nil }
            tokens.append(token)
        }
        self.parameter = parameter
        self.values = tokens
    }

    /// The raw spelling of the guide's examples; characters that would end the scope are escaped.
    package var spelling: String {
        let list = values.map(\.spelling).joined(separator: ",")
        let safe = list.unicodeScalars.map { scalar in
            scalar == "&" || scalar == "%" || scalar == "+" || scalar == "#" || scalar.value <= 0x20
                || scalar.value > 0x7E || scalar == "\"" || scalar == "\\"
                ? PercentEncoding.encode(String(scalar)) : String(scalar)
        }
        return "\(parameter)=\(safe.joined())"
    }

    /// Whether every resource that satisfies this constraint satisfies `other`.
    package func implies(_ other: ScopeConstraint) -> Bool {
        parameter == other.parameter
            && values.allSatisfy { mine in
                other.values.contains { $0 == mine || $0.system == nil && $0.code == mine.code }
            }
    }
}
