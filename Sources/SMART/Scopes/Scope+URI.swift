/// Scopes as URIs, for FHIR resources that speak of them (SMART scopes-and-launch-context#appendix-uri-representation-of-scopes).
extension Scope {
    private static let smartPrefix = "http://smarthealthit.org/fhir/scopes/"
    private static let openIDPrefix = "http://openid.net/specs/openid-connect-core-1_0#"

    /// A site's own scope that is a URI stands for itself.
    package var uri: String {
        switch kind {
        case .openID, .profile: "\(Self.openIDPrefix)\(spelling)"
        case .other where !spelling.hasPrefix("__"): spelling
        default: "\(Self.smartPrefix)\(spelling)"
        }
    }

    /// Reads what `uri` wrote.
    package init?(uri: String) {
        self.init(Self.name(inURI: uri) ?? uri)
        guard self.uri == uri else { return nil }
    }

    /// What follows one of the two prefixes; `nil` for any other URI.
    static func name(inURI uri: String) -> String? {
        [smartPrefix, openIDPrefix].first { uri.hasPrefix($0) }.map { String(uri.dropFirst($0.count)) }
    }
}
