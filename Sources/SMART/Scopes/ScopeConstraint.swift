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

        init(system: String, code: String) {
            self.system = system
            self.code = code
        }

        package var spelling: String { system.map { "\($0)|\(code)" } ?? code }

        /// Byte for byte, as the enforcer compares.
        package static func == (one: Token, other: Token) -> Bool {
            one.spelling.isExactly(other.spelling)
        }

        package func hash(into hasher: inout Hasher) {
            for byte in spelling.utf8 { hasher.combine(byte) }
        }
    }

    package let parameter: String
    package let values: [Token]

    /// Refused where the enforcer has no path for this parameter of this type, or a value is no token.
    package init(type: String, parameter: String, values: String) throws(ScopeRefusal) {
        // Modifiers and chains are experimental in the guide; what cannot be enforced is not granted.
        guard !parameter.contains(":") else { throw .modifier(parameter) }
        guard !parameter.contains(".") else { throw .chain(parameter) }
        guard GranularParameter.isGrantable(parameter, of: type) else {
            throw .notEvaluable(parameter: parameter, type: type)
        }
        let parts = values.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= Self.mostValues else { throw .tooManyConstraints }
        let tokens = parts.compactMap { Token($0) }
        guard tokens.count == parts.count, !values.contains("\\") else { throw .notATokenValue(parameter: parameter) }
        self.parameter = parameter
        self.values = tokens
    }

    /// A constraint that is known to be grantable.
    init(_ parameter: String, _ values: [Token]) {
        self.parameter = parameter
        self.values = values
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
                other.values.contains { $0 == mine || $0.system == nil && $0.code.isExactly(mine.code) }
            }
    }

    static let mostValues = 64
}
