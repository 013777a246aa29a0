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
        package var encounter: EncounterChoice?
        package var decision: Decision?

        package init(
            account: String, patient: String? = nil, encounter: EncounterChoice? = nil, decision: Decision? = nil
        ) {
            self.account = account
            self.patient = patient
            self.encounter = encounter
            self.decision = decision
        }
    }

    /// What the person said on the encounter page.
    package enum EncounterChoice: Sendable, Equatable {
        case picked(String)
        /// No visit, or none of those that there are.
        case without
    }

    package let id: SecretDigest
    package let request: ValidAuthorizationRequest
    /// The EHR launch that this interaction spent; `nil` for a standalone launch.
    package let launch: Launch?
    package let startedAt: Instant
    package let expiresAt: Instant
    /// The digest of the browser's cookie: the id in a URL counts only together with it.
    package var browser: SecretDigest?
    /// The session that the browser came with, be it alive or not.
    package var earlierSession: SecretDigest?
    package var progress: Progress?
    /// The digest of the one-time value in the form that was shown last, where no cookie can vouch for the browser.
    package var form: SecretDigest?

    package init(
        id: SecretDigest, request: ValidAuthorizationRequest, launch: Launch?, startedAt: Instant, expiresAt: Instant,
        browser: SecretDigest?, earlierSession: SecretDigest? = nil, progress: Progress? = nil,
        form: SecretDigest? = nil
    ) {
        self.id = id
        self.request = request
        self.launch = launch
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        self.browser = browser
        self.earlierSession = earlierSession
        self.progress = progress
        self.form = form
    }

    /// Ten minutes: longer than any sign-in, shorter than an abandoned workstation.
    package static let lifetime = 600

    /// The patient in context: the launch's, the one that was picked, or the only one that it can be.
    package func patient(for user: User, at now: Instant) -> String? {
        if let patient = launch?.context.patient ?? progress(of: user)?.patient { return patient }
        return request.needsPatient ? user.solePatient(at: now) : user.fhirUser?.ownPatient
    }

    /// The context that the app will be told.
    package func context(for user: User, at now: Instant) -> LaunchContext {
        var context = launch?.context ?? LaunchContext()
        if request.needsPatient || launch != nil { context.patient = patient(for: user, at: now) }
        if case .picked(let encounter) = progress(of: user)?.encounter { context.encounter = encounter }
        return context
    }

    /// What this person has said so far; what another one said counts for nothing.
    package func progress(of user: User) -> Progress? {
        progress.flatMap { $0.account == user.id ? $0 : nil }
    }

    /// Whether the person has to be asked for a visit: the app wants one, and nobody has said which
    /// (SMART scopes-and-launch-context#apps-that-launch-standalone). In an EHR launch the EHR has said all there is.
    package func needsEncounter(from user: User) -> Bool {
        launch == nil && request.wantsEncounter && progress(of: user)?.encounter == nil
    }

    /// Whether somebody has signed in since this began (OpenID Core §3.1.2.1). The times are whole seconds, so they alone do
    /// not tell a session that was there from one that began in the same second.
    package func isFresh(_ session: Session) -> Bool {
        session.id != earlierSession && session.authenticatedAt >= startedAt
    }

    /// Whether the EHR answers for its user, so that neither a session nor a cookie of ours has to be there.
    package var isVouchedFor: Bool { launch?.vouchedAt != nil }
}
