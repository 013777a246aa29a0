/// Why a text is no scope that can be granted: words for the developer who sent it.
package enum ScopeRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// RFC 6749 §3.3: no scope-token.
    case notAToken
    /// Neither a scope of the guide nor one of a site's own.
    case unknown
    /// The URI of a scope stands for it in FHIR resources, not in requests.
    case isURI(of: String)
    case unknownLaunchType(String)
    case wrongLaunchParameter
    case unknownContext(String)
    case noPermissions
    case unknownType(String)
    /// Letters of `cruds`, and yet not as the guide orders them: never put right.
    case disordered(String)
    case unknownPermissions(String)
    case constrainedVersion1
    case constrainedWildcard
    case malformedConstraint
    case tooManyConstraints
    case modifier(String)
    case chain(String)
    case notEvaluable(parameter: String, type: String)
    case notATokenValue(parameter: String)

    package var description: String {
        switch self {
        case .notAToken: "a scope has visible ASCII characters other than the quotation mark and the backslash"
        case .unknown: "no scope of SMART; one of your own is a full URI or begins with __"
        case .isURI(of: let scope): "this is the URI of a scope; ask for \(scope) itself"
        case .unknownLaunchType(let type):
            "launch/ is followed by the name of a FHIR R4 resource type in lower case, which “\(type)” is not"
        case .wrongLaunchParameter: "a launch scope takes one parameter, role, with a value"
        case .unknownContext(let context): "a resource scope begins with patient/, user/ or system/, not “\(context)/”"
        case .noPermissions: "a resource scope ends in a dot and permissions, such as .rs"
        case .unknownType(let type): "“\(type)” is no resource type of FHIR R4, nor *"
        case .disordered(let letters): "“\(letters)”: permissions are letters of cruds in that order, each once"
        case .unknownPermissions(let word): "“\(word)” is neither letters of cruds nor read, write or *"
        case .constrainedVersion1: "read, write and * take no search parameters; write the permissions as letters"
        case .constrainedWildcard: "search parameters need a resource type instead of *"
        case .malformedConstraint: "what follows the question mark is not param=value, joined by &"
        case .tooManyConstraints:
            "at most \(ClinicalScope.mostConstraints) search parameters with \(ScopeConstraint.mostValues) values each"
        case .modifier(let parameter): "“\(parameter)”: search modifiers cannot be enforced here"
        case .chain(let parameter): "“\(parameter)”: chained search parameters cannot be enforced here"
        case .notEvaluable(let parameter, let type):
            "“\(parameter)” of \(type) cannot be enforced here\(Self.alternatives(for: type))"
        case .notATokenValue(let parameter): "the values of \(parameter) are system|code, |code or code"
        }
    }

    private static func alternatives(for type: String) -> String {
        "; these can: \(GranularParameter.names(of: type).joined(separator: ", "))"
    }
}

/// A requested scope that cannot be granted, and why.
package struct RefusedScope: Sendable, Equatable, CustomStringConvertible {
    /// As it was asked for.
    package let spelling: String
    package let reason: ScopeRefusal

    package var description: String { "\(spelling): \(reason)" }
}
