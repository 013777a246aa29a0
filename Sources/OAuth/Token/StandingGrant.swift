import SMART

/// A grant with what a token of it would stand for, whether it is alive or not: for administrators who ask why.
package struct StandingGrant: Sendable {
    /// Why its tokens are good for nothing; `alive` where they are not.
    package enum State: Sendable, Equatable {
        case alive
        case expired
        /// With the reason that was kept.
        case ended(String)
        case userDisabled
        case clientDisabled
        /// The consent that it rests on has been withdrawn or has run out.
        case consentEnded
        /// The patient in context denies its app all of it.
        case denied
    }

    package let token: ActiveToken
    package let state: State

    package init(token: ActiveToken, state: State) {
        self.token = token
        self.state = state
    }

    package func limited(by denied: DenyRules) -> StandingGrant {
        if let left = token.limited(by: denied) { return StandingGrant(token: left, state: state) }
        return StandingGrant(token: token, state: state == .alive ? .denied : state)
    }
}
