import SMART

/// A person on the way from an authorization request to its answer.
package struct Interaction: Sendable {
    /// What the person said on the consent page.
    package enum Decision: Sendable, Equatable {
        case allowed(ScopeSet, consent: String)
        case denied(consent: String)
    }

    /// What the pages have found out, all by one account: another person in the same browser starts anew.
    package struct Progress: Sendable, Equatable {
        package let account: String
        package var patient: String?
        package var decision: Decision?

        package init(account: String, patient: String? = nil, decision: Decision? = nil) {
            self.account = account
            self.patient = patient
            self.decision = decision
        }
    }

    package let id: SecretDigest
    package let request: ValidAuthorizationRequest
    /// The EHR launch that this interaction spent; `nil` for a standalone launch.
    package let launch: Launch?
    package let startedAt: Instant
    package let expiresAt: Instant
    /// The digest of the browser's cookie: the id in a URL counts only together with it.
    package var browser: SecretDigest?
    package var progress: Progress?

    package init(
        id: SecretDigest, request: ValidAuthorizationRequest, launch: Launch?, startedAt: Instant, expiresAt: Instant,
        browser: SecretDigest?, progress: Progress? = nil
    ) {
        self.id = id
        self.request = request
        self.launch = launch
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        self.browser = browser
        self.progress = progress
    }

    /// Ten minutes: longer than any sign-in, shorter than an abandoned workstation.
    package static let lifetime = 600

    /// The patient in context: the launch's, the person's own, or the one that was picked.
    package func patient(for user: User) -> String? {
        launch?.context.patient ?? user.fhirUser?.ownPatient ?? (progress?.account == user.id ? progress?.patient : nil)
    }

    /// The context that the app will be told.
    package func context(for user: User) -> LaunchContext {
        var context = launch?.context ?? LaunchContext()
        if request.scopes.needsPatient || launch != nil { context.patient = patient(for: user) }
        return context
    }
}

/// A launch that the EHR prepared for one app and one user (SMART app-launch#launch-app-ehr-launch).
package struct Launch: Sendable, Equatable {
    package let handle: SecretDigest
    package let clientID: String
    package let account: String
    package let context: LaunchContext
    package let expiresAt: Instant

    package init(
        handle: SecretDigest, clientID: String, account: String, context: LaunchContext, expiresAt: Instant
    ) {
        self.handle = handle
        self.clientID = clientID
        self.account = account
        self.context = context
        self.expiresAt = expiresAt
    }

    /// Checks that the handle may serve this client's request; it is spent when the interaction is stored.
    package func accepted(for client: ClientRegistration, at now: Instant) throws(OAuthError) -> Launch {
        try require(
            clientID == client.id,
            else: .invalidRequest("launch is unknown or expired", detail: "launch of another client"))
        try require(now < expiresAt, else: .invalidRequest("launch is unknown or expired", detail: "launch expired"))
        return self
    }
}
