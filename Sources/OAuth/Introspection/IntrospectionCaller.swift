import HTTP
import SMART

/// Who asks about a token, and about whose tokens it may ask (RFC 7662 §2.1, SMART token-introspection#authorization-to-perform-token-introspection).
package struct IntrospectionCaller: Sendable {
    package let clientID: String
    /// A FHIR server of the hospital, or a bearer of a token with the scope for it: every token for this base. Anybody
    /// else hears of the own tokens alone.
    package let mayAskAboutAll: Bool

    /// A client that proved itself by its secret or its key. A public client has proven nothing.
    package init(_ client: AuthenticatedClient) throws(OAuthError) {
        try require(
            !client.registration.isPublic,
            else: .invalidClient("introspection is for clients that authenticate, or with an access token"))
        clientID = client.id
        mayAskAboutAll = client.registration.roles.contains(.resourceServer)
    }

    /// A client that came with a live access token of its own.
    package init(bearing token: ActiveToken) {
        clientID = token.clientID
        // Never by a person's token: what a person allows an app is about that person's own access.
        mayAskAboutAll = token.user == nil && token.scopes.contains(named: Self.scope)
    }

    /// The scope that lets the bearer of an access token introspect every token.
    package static let scope = "__introspect"

    package func mayHear(of owner: String) -> Bool { mayAskAboutAll || owner.isExactly(clientID) }
}

extension ScopeSet {
    /// Whether a scope of the site's own is among them.
    package func contains(named name: String) -> Bool {
        scopes.contains { $0.kind == .other && $0.spelling == name }
    }
}
