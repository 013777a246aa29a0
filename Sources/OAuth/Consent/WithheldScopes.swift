import SMART

/// What an app asked for and cannot have, and why (RFC 6749 §3.3: less may be granted than was asked for).
package struct WithheldScopes: Sendable, Equatable {
    /// The app is not registered for it, or for part of it alone.
    package let notRegistered: ScopeSet
    /// It is for programs that work without a person (SMART backend-services#scopes).
    package let forServices: ScopeSet
    /// The person could not give it.
    package let beyondThePerson: ScopeSet
    /// The patient denies it elsewhere, all or part of it.
    package let denied: Denied
    /// Nothing that is known here.
    package let unknown: [RefusedScope]
    /// What is left of the request.
    package let offered: ScopeSet

    /// - Parameters:
    ///   - requested: the `scope` parameter as the app sent it.
    ///   - offered: what the person is asked about.
    ///   - beyondThePerson: what the app is registered for and this person cannot give.
    package init(
        requested: String, offered: ScopeSet, beyondThePerson: ScopeSet = ScopeSet(), denied: Denied = Denied()
    ) {
        let asked = ScopeSet(requested)
        let kept = Set((offered.scopes + beyondThePerson.scopes + denied.scopes.scopes).map(\.spelling))
        self.denied = denied
        forServices = asked.filter { $0.clinical?.context == .system && !kept.contains($0.spelling) }
        notRegistered = asked.filter { $0.clinical?.context != .system && !kept.contains($0.spelling) }
        self.beyondThePerson = beyondThePerson
        unknown = ScopeSet.refusals(of: requested)
        self.offered = offered
    }

    package var isEmpty: Bool {
        notRegistered.isEmpty && forServices.isEmpty && beyondThePerson.isEmpty && denied.scopes.isEmpty
            && unknown.isEmpty
    }

    /// Scopes of the request of which the patient denies something to the app, and what that is.
    package struct Denied: Sendable, Equatable {
        package let scopes: ScopeSet
        package let parts: ScopeSet

        package init(from scopes: ScopeSet = ScopeSet(), by rules: DenyRules = .none) {
            self.scopes = scopes
            parts = scopes.allowed(by: rules.scopes).filter { $0.clinical != nil }
        }
    }

    /// Each scope with what became of it, for the app's developer.
    package var explanations: [(scope: String, why: String)] {
        notRegistered.scopes.map { scope in
            let rest = ScopeSet([scope]).allowed(by: offered)
            let why = rest.isEmpty ? "not registered for this app" : "registered for this app as \(rest) alone"
            return (scope.spelling, why)
        }
            + forServices.scopes.map {
                ($0.spelling, "system/ scopes are for backend services, which no person asks for")
            }
            + beyondThePerson.scopes.map { ($0.spelling, Self.whyNot($0)) }
            + denied.scopes.scopes.map { ($0.spelling, "the patient denies this app all or some of it") }
            + unknown.map { ($0.spelling, $0.reason.description) }
    }

    private static func whyNot(_ scope: Scope) -> String {
        switch scope.kind {
        case .fhirUser: "no FHIR resource stands for this user"
        case .offlineAccess: "the record is open in an emergency, for minutes"
        default: "the sign-in that the EHR vouched for is over by its hours"
        }
    }
}

extension ScopeSet {
    /// A user without a FHIR resource cannot be named by one (SMART scopes-and-launch-context#scopes-for-requesting-identity-data),
    /// nobody is online any more whom the EHR signed in longer ago than a session lasts, and an emergency lasts minutes.
    package func grantable(
        to presence: Presence, about patient: String? = nil, policy: SessionPolicy, at now: Instant
    ) -> ScopeSet {
        let isEmergency = presence.user.temporaryAccess(to: patient, at: now)?.isEmergency ?? false
        let isOver = presence.session == nil && now - presence.authenticatedAt >= policy.absolute
        return filter { scope in
            switch scope.kind {
            case .fhirUser: presence.user.fhirUser != nil
            case .onlineAccess: !isOver
            case .offlineAccess: !isEmergency
            default: true
            }
        }
    }
}
