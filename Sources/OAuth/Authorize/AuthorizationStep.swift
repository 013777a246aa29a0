import SMART

/// What has to happen next before an authorization request can be answered.
package enum AuthorizationStep: Sendable, Equatable {
    case login
    /// The person is signed in and has to show the second factor as well.
    case secondFactor
    case choosePatient
    case chooseEncounter
    case consent
    case issue(ScopeSet, Basis)
    case refuse(OAuthError)

    /// Why the app may have what it gets.
    package enum Basis: Sendable, Equatable {
        /// The person allowed it; the id of the consent record.
        case consent(String)
        /// The hospital answers for this app in EHR launches.
        case trustedApp
    }

    /// The one place that knows the order: who is it, which patient, is it allowed. Pages never route to one another.
    ///
    /// - Parameter denied: what patients do not let the client have now; those of the patient in context suffice.
    package static func next(
        for client: ClientRegistration, presence: Presence?, interaction: Interaction, denied: DenyRules,
        at now: Instant
    ) -> AuthorizationStep {
        let request = interaction.request
        let isSilent = request.prompt.contains(.none)

        guard let presence else {
            return isSilent ? .refuse(OAuthError(.loginRequired, "the person is not signed in")) : .login
        }
        let user = presence.user
        if needsFreshLogin(interaction, presence, at: now) {
            return isSilent ? .refuse(OAuthError(.loginRequired, "the person has to sign in again")) : .login
        }
        // A handle is good for the user whom the EHR launched the app for, and for nobody else.
        if let launch = interaction.launch, launch.account != user.id {
            return .refuse(
                OAuthError(.accessDenied, "this launch belongs to another user", detail: "launch of another user"))
        }
        // Another person may take over before anything is decided, and then chooses anew.
        if let progress = interaction.progress, progress.account != user.id, progress.decision != nil {
            return .refuse(
                OAuthError(
                    .accessDenied, "another person has signed in meanwhile; start the app again",
                    detail: "account changed"))
        }

        // OpenID Core §3.1.2.1: acr_values asks for a voluntary claim, so whoever cannot show a second factor, or sees no
        // page, goes on with what there is. What was shown, the id_token says.
        if request.wantsSecondFactor, presence.session?.secondFactor == .enrolled, !isSilent { return .secondFactor }

        // Before the patient: who cancels the picker has said no without choosing one.
        if case .denied = interaction.progress?.decision {
            return .refuse(.accessDenied("the person did not allow the access"))
        }
        let patient = interaction.patient(for: user, at: now)
        if request.needsPatient, patient == nil {
            return isSilent
                ? .refuse(OAuthError(.interactionRequired, "a patient has to be picked")) : .choosePatient
        }
        if let patient, !user.effectiveAccess(at: now).includes(patient: patient) {
            return .refuse(
                OAuthError(
                    .accessDenied, "the signed-in user has no access to this patient", detail: "patient not allowed"))
        }

        // What the patient has denied elsewhere wins over whatever anybody allows here.
        let open = request.scopes.permitted(by: denied, patient: patient)
        guard !open.isEmpty || request.scopes.isEmpty else { return .refuse(.deniedElsewhere) }

        if interaction.needsEncounter(from: user) {
            return isSilent
                ? .refuse(OAuthError(.interactionRequired, "a visit has to be picked")) : .chooseEncounter
        }

        if case .allowed(let scopes, let consent) = interaction.progress?.decision {
            let allowed = scopes.allowed(by: request.scopes)
            let left = allowed.permitted(by: denied, patient: patient)
            return left.isEmpty && !allowed.isEmpty ? .refuse(.deniedElsewhere) : .issue(left, .consent(consent))
        }
        if interaction.launch != nil, client.isTrusted, !request.prompt.contains(.consent) {
            return .issue(open, .trustedApp)
        }
        return isSilent ? .refuse(OAuthError(.consentRequired, "the person has to allow the access")) : .consent
    }

    /// OpenID Core §3.1.2.1: prompt=login and max_age ask for a sign-in after the request was made; max_age=0 says the same as
    /// prompt=login.
    private static func needsFreshLogin(_ interaction: Interaction, _ presence: Presence, at now: Instant) -> Bool {
        // An EHR's word comes before the request, be it in the same second.
        if let session = presence.session, interaction.isFresh(session) { return false }
        let request = interaction.request
        if request.prompt.contains(.login) || request.prompt.contains(.selectAccount) { return true }
        return request.maxAge.map { $0 == 0 || now - presence.authenticatedAt > $0 } ?? false
    }
}

extension OAuthError {
    fileprivate static var deniedElsewhere: OAuthError {
        OAuthError(
            .accessDenied, "the patient does not let this app have what it asks for", detail: "denied by a directive")
    }
}
