/// A registration with its history.
package struct RegisteredClient: Sendable {
    package let registration: ClientRegistration
    package let issuedAt: Instant
    /// The client registered itself and holds a registration access token (RFC 7592 §3); otherwise an administrator did it.
    package let isSelfRegistered: Bool

    package init(_ registration: ClientRegistration, issuedAt: Instant, isSelfRegistered: Bool) {
        self.registration = registration
        self.issuedAt = issuedAt
        self.isSelfRegistered = isSelfRegistered
    }
}
