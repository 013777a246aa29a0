/// What this server does, as discovery tells it. Each member comes from what does it, in the code or in the configuration.
package struct ServerFeatures: Sendable, Equatable {
    /// Whether apps may register themselves (RFC 7591).
    package let registration: Bool
    /// The `grant_type`s that the token endpoint takes (RFC 8414 §2).
    package let grantTypes: [String]
    /// How clients prove themselves to those endpoints that public ones may use, too (RFC 8414 §2).
    package let authenticationMethods: [String]
    /// The same where a client must have proven itself.
    package let confidentialMethods: [String]
    /// What assertions may be signed with (RFC 8414 §2).
    package let assertionAlgorithms: [String]
    /// `prompt` values (OpenID Core §3.1.2.1).
    package let prompts: [String]
    package let capabilities: [Capability]

    package init(
        registration: Bool, grantTypes: [String], authenticationMethods: [String], confidentialMethods: [String],
        assertionAlgorithms: [String], prompts: [String], capabilities: [Capability]
    ) {
        self.registration = registration
        self.grantTypes = grantTypes
        self.authenticationMethods = authenticationMethods
        self.confidentialMethods = confidentialMethods
        self.assertionAlgorithms = assertionAlgorithms
        self.prompts = prompts
        self.capabilities = capabilities
    }
}
