import OAuth
import SMART

/// What a token is, for the developer who holds it. It keeps nothing of the token but its beginning.
package struct TokenReport: Sendable {
    /// What there is to say of a token that the store knows.
    package struct Standing: Sendable {
        package let isRefreshToken: Bool
        package let clientID: String
        package let user: User?
        package let scopes: ScopeSet
        package let context: LaunchContext
        package let expiresAt: Instant
        package let life: Life
        /// The rule that decides on the request that was typed beside it.
        package let explanation: AccessExplanation?
    }

    package enum Life: Sendable, Equatable {
        case alive
        /// Its grant is good for nothing.
        case grant(StandingGrant.State)
        /// The grant lives, and the token does not: it has run out, or its session has.
        case over
        /// A refresh token that was exchanged for the next one.
        case spent
        /// The patient in context was taken from its user.
        case patientTaken
    }

    /// What a signed token says, and whether it is ours.
    package struct Signed: Sendable {
        package let header: String
        package let claims: String
        package let verdict: Verdict
    }

    package enum Verdict: Sendable, Equatable {
        case right
        /// With the developer's words.
        case wrong(String)
        case notCurrent(String)
        case foreignIssuer
    }

    package enum Finding: Sendable {
        case standing(Standing)
        case signed(Signed)
        /// A code, a launch handle and the like: good once, and not to be looked into.
        case oneTime
        case unknown
    }

    package let beginning: String
    package let finding: Finding

    /// As much as tells two tokens apart on a screen, and opens nothing.
    package static let beginningLength = 12
}
