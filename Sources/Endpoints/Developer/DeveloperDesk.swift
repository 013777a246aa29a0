import HTTP
import JOSE
import JSON
import OAuth
import SMART
import Service
import Store

/// What the developer page works with. There is one in demo mode alone.
package struct DeveloperDesk {
    package typealias Stores = TokenStore & KeyStore & SimulationStore & StandingGrantStore

    let stores: any Stores
    private let urls: ServerURLs
    private let upstreamBase: String?
    private let rules: SiteRules
    private let policy: SessionPolicy

    package init(
        urls: ServerURLs, upstreamBase: String? = nil, rules: SiteRules = SiteRules(), policy: SessionPolicy,
        stores: any Stores
    ) {
        self.urls = urls
        self.upstreamBase = upstreamBase
        self.rules = rules
        self.policy = policy
        self.stores = stores
    }

    package init(_ configuration: Configuration, stores: any Stores) {
        self.init(
            urls: configuration.urls, upstreamBase: configuration.upstreamBase, rules: configuration.site,
            policy: configuration.sessionPolicy, stores: stores)
    }

    /// - Parameter asked: a FHIR request such as `GET /Observation?code=x`.
    func report(on text: String, asked: FHIRRequest?, at now: Instant) throws(OAuthError) -> TokenReport {
        let beginning = String(text.prefix(min(TokenReport.beginningLength, text.count / 2)))
        return TokenReport(beginning: beginning, finding: try finding(text, asked, at: now))
    }

    private func finding(
        _ text: String, _ asked: FHIRRequest?, at now: Instant
    ) throws(OAuthError) -> TokenReport.Finding {
        if let token = try? JWS(compact: text) { return .signed(try signed(token, text, at: now)) }
        let digest = SecretDigest(of: text)
        guard let owner = try stored(stores.owner(of: digest)),
            let grant = try stored(stores.standingGrant(owner.grant, at: now))
        else {
            let isOneTime = [Secret.Purpose.code, .launch, .form, .interaction].contains { text.hasPrefix($0.rawValue) }
            return isOneTime ? .oneTime : .unknown
        }
        let (life, token, expiresAt) =
            owner.kind == .accessToken ? try access(digest, grant, at: now) : try refresh(digest, grant, at: now)
        return .standing(
            TokenReport.Standing(
                isRefreshToken: owner.kind == .refreshToken, clientID: owner.clientID, user: token.user,
                scopes: token.scopes, context: token.context, expiresAt: expiresAt, life: life,
                explanation: asked.map { table(for: token, at: now).explanation(of: $0) }))
    }

    private func access(
        _ digest: SecretDigest, _ grant: StandingGrant, at now: Instant
    ) throws(OAuthError) -> (TokenReport.Life, ActiveToken, Instant) {
        guard let token = try stored(stores.accessToken(digest, at: now, policy: policy)) else {
            return (grant.state == .alive ? .over : .grant(grant.state), grant.token, grant.token.expiresAt)
        }
        return (token.isActive(at: now) ? .alive : .patientTaken, token, token.expiresAt)
    }

    private func refresh(
        _ digest: SecretDigest, _ grant: StandingGrant, at now: Instant
    ) throws(OAuthError) -> (TokenReport.Life, ActiveToken, Instant) {
        guard let token = try stored(stores.refreshToken(digest)) else {
            return (.over, grant.token, grant.token.expiresAt)
        }
        let life: TokenReport.Life =
            if token.isActive(at: now, policy: policy) {
                .alive
            } else if grant.state != .alive {
                .grant(grant.state)
            } else if token.use != nil {
                .spent
            } else if !token.authorization.user.maySee(patientIn: token.authorization.context, at: now) {
                .patientTaken
            } else {
                .over
            }
        return (life, grant.token, token.expiresAt)
    }

    /// The rule that decides on requests, as the enforcer has it.
    private func table(for token: ActiveToken, at now: Instant) -> DecisionTable {
        DecisionTable(
            TokenAccess(token, at: now),
            references: FHIRReferenceReader(base: urls.fhirBase, upstreamBase: upstreamBase), server: .all,
            site: rules, page: { _ in nil })
    }

    // MARK: Signed tokens

    private func signed(_ token: JWS, _ text: String, at now: Instant) throws(OAuthError) -> TokenReport.Signed {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map {
            String(decoding: Base64URL.decode(String($0)) ?? [], as: UTF8.self)
        }
        return TokenReport.Signed(header: parts[0], claims: parts[1], verdict: try verdict(on: token, at: now))
    }

    private func verdict(on token: JWS, at now: Instant) throws(OAuthError) -> TokenReport.Verdict {
        let published = try stored(stores.publishedKeys(at: now))
        guard let key = published.first(where: { key in token.header.kid?.isExactly(key.kid) ?? false }) else {
            return .wrong("no published key of this server has its kid")
        }
        do throws(JOSEError) {
            let verified = try token.verified(by: Self.key(key), allowing: Set(SignatureAlgorithm.allCases))
            let claims = try JWTClaims(verified)
            guard claims.iss?.isExactly(urls.issuer) ?? false else { return .foreignIssuer }
            do throws(JOSEError) {
                try claims.requireCurrent(at: now.seconds, leeway: 0)
            } catch {
                return .notCurrent(error.description)
            }
            return .right
        } catch {
            return .wrong(error.description)
        }
    }

    private static func key(_ stored: StoredKey) throws(JOSEError) -> VerificationKey {
        guard let root = (try? JSONDocument(stored.publicJWK))?.root else {
            throw JOSEError(.malformed, "the published key is not JSON")
        }
        return try VerificationKey(JWK(root))
    }
}
