import OAuth
import SMART
import Store

/// What a grant came to: whose authorization, which scopes, and what will be spent for the tokens.
struct Issuance {
    let authorization: Authorization
    let scopes: ScopeSet
    let spending: Spending
    /// The next refresh token of the line; `nil` where a line may begin or there is none.
    let successor: Secret?
    /// What to say when somebody else spent it first.
    let refusal: OAuthError
}

/// `grant_type=authorization_code` (RFC 6749 §4.1.3).
struct AuthorizationCodeGrant {
    let codes: any AuthorizationCodeStore
    let tokens: any TokenStore

    func redeem(_ request: CodeRequest, by client: AuthenticatedClient, at now: Instant) throws(OAuthError) -> Issuance
    {
        try client.requireGrant(.authorizationCode)
        let digest = request.code.digest
        let code = try require(
            stored(codes.code(digest)), else: .invalidGrant(AuthorizationCode.refusal, detail: .unknownToken))
        switch try code.redeemed(by: client, with: request, at: now) {
        case .fresh(let authorization):
            return Issuance(
                authorization: authorization, scopes: authorization.permittedScopes(at: now), spending: .code(digest),
                successor: nil,
                refusal: .invalidGrant(AuthorizationCode.refusal, detail: "code used twice; its tokens are ended"))
        case .replayed:
            try stored(tokens.end(grant: code.authorization.grant, reason: .codeReplay, at: now))
            throw .invalidGrant(AuthorizationCode.refusal, detail: "code used twice; its tokens are ended")
        case .wrongVerifier:
            try stored(codes.countWrongVerifier(code: digest, at: now))
            throw .invalidGrant("code_verifier does not match the code_challenge")
        }
    }
}

/// `grant_type=refresh_token` (RFC 6749 §6).
struct RefreshTokenGrant {
    let tokens: any TokenStore
    let derivationKey: [UInt8]
    let policy: SessionPolicy

    func find(_ request: RefreshRequest) throws(OAuthError) -> RefreshToken? {
        try stored(tokens.refreshToken(request.refreshToken.digest))
    }

    func redeem(
        _ token: RefreshToken?, with request: RefreshRequest, by client: AuthenticatedClient, at now: Instant
    ) throws(OAuthError) -> Issuance {
        try client.requireGrant(.refreshToken)
        let token = try require(token, else: .invalidGrant(RefreshToken.refusal, detail: .unknownToken))
        let replay = OAuthError.invalidGrant(
            RefreshToken.refusal, detail: "refresh token used twice; its line is ended")
        func issuance(_ scopes: ScopeSet, _ spending: Spending) -> Issuance {
            Issuance(
                authorization: token.authorization, scopes: scopes, spending: spending,
                successor: RefreshToken.successor(of: request.refreshToken, under: derivationKey), refusal: replay)
        }
        switch try token.refreshed(by: client, with: request, policy: policy, at: now) {
        case .fresh(let scopes):
            return issuance(scopes, .refreshToken(token.digest))
        case .retried(let scopes):
            return issuance(scopes, .retry(token.digest))
        case .replayed:
            try stored(tokens.end(grant: token.authorization.grant, reason: .refreshReplay, at: now))
            throw replay
        }
    }
}

extension String {
    /// What the log says of a code or token that nobody has: a guess.
    static let unknownToken = "unknown code or token"
}
