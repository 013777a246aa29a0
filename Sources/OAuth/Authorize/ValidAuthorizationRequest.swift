import JSON
import SMART

/// An authorization request that was proven: only `AuthorizationRequest.validated` makes one, and the store gives it back.
package struct ValidAuthorizationRequest: Sendable, Equatable {
    package let clientID: String
    package let redirect: ProvenRedirect
    /// The `scope` parameter as sent.
    package let requestedScope: String
    /// What is asked for and registered; what the person may still cut down.
    package let scopes: ScopeSet
    package let launch: SecretDigest?
    package let codeChallenge: CodeChallenge
    package let nonce: String?
    package let prompt: Set<Prompt>
    package let maxAge: Int?
    package let loginHint: String?
    package let uiLocales: String?
    /// Whether the app would like a second factor to be shown (`acr_values`, OpenID Core §3.1.2.1).
    package let wantsSecondFactor: Bool

    init(
        clientID: String, redirect: ProvenRedirect, requestedScope: String, scopes: ScopeSet, launch: SecretDigest?,
        codeChallenge: CodeChallenge, nonce: String?, prompt: Set<Prompt>, maxAge: Int?, loginHint: String?,
        uiLocales: String?, wantsSecondFactor: Bool = false
    ) {
        self.clientID = clientID
        self.redirect = redirect
        self.requestedScope = requestedScope
        self.scopes = scopes
        self.launch = launch
        self.codeChallenge = codeChallenge
        self.nonce = nonce
        self.prompt = prompt
        self.maxAge = maxAge
        self.loginHint = loginHint
        self.uiLocales = uiLocales
        self.wantsSecondFactor = wantsSecondFactor
    }
}

extension ValidAuthorizationRequest {
    /// Whether the app asks for a visit in context (SMART scopes-and-launch-context#apps-that-launch-standalone).
    package var wantsEncounter: Bool {
        scopes.scopes.contains { scope in
            if case .launchContext(type: "encounter", role: _) = scope.kind { true } else { false }
        }
    }

    /// Whether a patient must be in context: asked for, needed by a scope, or by the visit that is asked for.
    package var needsPatient: Bool { scopes.needsPatient || wantsEncounter }

    /// The request as the store keeps it between two pages.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("client_id", clientID)
            $0.member("redirect_uri", redirect.uri)
            $0.member("state", redirect.state)
            $0.member("iss", redirect.issuer)
            $0.member("requested_scope", requestedScope)
            $0.member("scope", scopes.description)
            $0.member("code_challenge", codeChallenge.text)
            $0.member("nonce", nonce)
            $0.member("prompt", prompt.map(\.rawValue).sorted())
            if let maxAge { $0.member("max_age", maxAge) }
            $0.member("login_hint", loginHint)
            $0.member("ui_locales", uiLocales)
            if wantsSecondFactor { $0.member("wants_second_factor", true) }
        }
        return writer.bytes
    }

    /// Reads what `json` wrote; the launch digest is kept beside it.
    package init?(stored json: [UInt8], launch: SecretDigest?) {
        guard let root = (try? JSONDocument(json))?.root, let clientID = root["client_id"]?.string,
            let uri = root["redirect_uri"]?.string, let issuer = root["iss"]?.string,
            let requestedScope = root["requested_scope"]?.string, let scope = root["scope"]?.string,
            let challenge = root["code_challenge"]?.string.flatMap({ CodeChallenge($0) }),
            let prompts = root["prompt"]?.elements
        else { return nil }
        self.init(
            clientID: clientID,
            redirect: ProvenRedirect(uri: uri, state: root["state"]?.string, issuer: issuer),
            requestedScope: requestedScope, scopes: ScopeSet(scope), launch: launch, codeChallenge: challenge,
            nonce: root["nonce"]?.string,
            prompt: Set(prompts.compactMap { $0.string.flatMap(Prompt.init(rawValue:)) }),
            maxAge: root["max_age"]?.integer, loginHint: root["login_hint"]?.string,
            uiLocales: root["ui_locales"]?.string, wantsSecondFactor: root["wants_second_factor"] != nil)
    }
}
