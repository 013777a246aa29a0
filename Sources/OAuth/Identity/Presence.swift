/// Who is there for an authorization, and by whose word.
package enum Presence: Sendable, Equatable {
    /// Signed in with us, in this browser.
    case session(Session)
    /// Signed in at the EHR, which launched the app and answers for its user (SMART app-launch#launch-app-ehr-launch).
    case vouched(User, at: Instant)

    /// - Parameter vouched: the user of the interaction's launch, if an EHR vouches for that one.
    package init?(_ session: Session?, vouched: User?, in interaction: Interaction) {
        if let session, interaction.isFresh(session) || vouched == nil || vouched?.id == session.user.id {
            self = .session(session)
        } else if let vouched, let at = interaction.launch?.vouchedAt, !vouched.isDisabled {
            self = .vouched(vouched, at: at)
        } else {
            return nil
        }
    }

    package var user: User {
        switch self {
        case .session(let session): session.user
        case .vouched(let user, _): user
        }
    }

    package var authenticatedAt: Instant {
        switch self {
        case .session(let session): session.authenticatedAt
        case .vouched(_, let at): at
        }
    }

    package var session: Session? {
        if case .session(let session) = self { session } else { nil }
    }
}
