import SMART

/// What a code or a refresh line stands for: who may do what, for whom, and why. Tokens live and die with their grant.
package struct Authorization: Sendable {
    /// The grant that codes, access tokens and the refresh line share: ending it ends them all.
    package let grant: String
    package let clientID: String
    package let user: User
    package let scopes: ScopeSet
    /// The `scope` parameter of the authorization request: what of it was not granted may stand in a refresh all the same.
    package let requestedScope: String?
    package let context: LaunchContext
    package let basis: AuthorizationStep.Basis
    package let nonce: String?
    package let authenticatedAt: Instant
    /// The session that the grant ends with (`online_access`); `nil` where it lives on its own.
    package let session: SecretDigest?
    /// What the consent that the grant rests on says now; `nil` where it rests on none, or has only just been given.
    package let terms: ConsentTerms?
    /// What the patient in context has denied to the client elsewhere.
    package let denied: [ConsentRule]
    /// How the person signed in with us; `nil` where only an EHR knows.
    package let methods: AuthenticationMethods?

    package init(
        grant: String, clientID: String, user: User, scopes: ScopeSet, context: LaunchContext,
        basis: AuthorizationStep.Basis, nonce: String?, authenticatedAt: Instant, session: SecretDigest? = nil,
        requestedScope: String? = nil, terms: ConsentTerms? = nil, denied: [ConsentRule] = [],
        methods: AuthenticationMethods? = nil
    ) {
        self.grant = grant
        self.clientID = clientID
        self.user = user
        self.scopes = scopes
        self.requestedScope = requestedScope
        self.context = context
        self.basis = basis
        self.nonce = nonce
        self.authenticatedAt = authenticatedAt
        self.session = session
        self.terms = terms
        self.denied = denied
        self.methods = methods
    }

    /// The scopes of the grant that its consent allows now, and that nobody has denied elsewhere.
    package func permittedScopes(at now: Instant) -> ScopeSet {
        let allowed = terms.map { $0.permitted(scopes, at: now) } ?? scopes
        return allowed.permitted(by: denied.denied(at: now), patient: context.patient)
    }

    package func with(denied: [ConsentRule]) -> Authorization {
        Authorization(
            grant: grant, clientID: clientID, user: user, scopes: scopes, context: context, basis: basis, nonce: nonce,
            authenticatedAt: authenticatedAt, session: session, requestedScope: requestedScope, terms: terms,
            denied: denied, methods: methods)
    }

    package var policy: GrantPolicy {
        if user.temporaryAccess(to: context.patient, at: authenticatedAt)?.isEmergency ?? false { return .breakGlass }
        return switch basis {
        case .trustedApp: .trustedLaunch
        case .consent:
            if context.patient != nil, let person = user.fhirUser, person.isPrivate {
                context.patient == person.ownPatient ? .ownConsent : .proxyConsent
            } else {
                .userConsent
            }
        }
    }

    /// When all of it is over, whatever is refreshed: where its user sees the patient for a time alone.
    package func end(at now: Instant) -> Instant? { user.temporaryAccess(to: context.patient, at: now)?.until }
}

/// On whose word a grant rests, as the store keeps it.
package enum GrantPolicy: String, Sendable {
    /// The patient's own, about the own record.
    case ownConsent = "own_consent"
    /// That of somebody who acts for the patient.
    case proxyConsent = "proxy_consent"
    /// Somebody's care could not wait.
    case breakGlass = "break_glass"
    /// That of a user whom the site gave access to the records: the site's policy, and the user's yes to this app.
    case userConsent = "user_consent"
    /// The site's policy alone: it answers for the app in launches from its EHR.
    case trustedLaunch = "trusted_launch"
    /// The site's policy for a backend service, as it was registered.
    case clientRegistration = "client_registration"
}
