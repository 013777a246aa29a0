/// The session that an `online_access` grant lives and dies with (SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token).
///
/// Whoever refreshes or reads under such a grant is somebody at work: it counts as activity, so that no app dies in the
/// middle of a shift, and never beyond the end of it.
package struct OnlineSession: Sendable, Equatable {
    package let id: SecretDigest
    package let lastSeenAt: Instant
    /// The end of the shift, whatever happens.
    package let expiresAt: Instant

    package init(id: SecretDigest, lastSeenAt: Instant, expiresAt: Instant) {
        self.id = id
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
    }

    package func isAlive(at now: Instant, _ policy: SessionPolicy) -> Bool {
        now < expiresAt && now - lastSeenAt < policy.idle
    }

    /// Once a minute is exact enough for an idle time of minutes, and saves a write on every request.
    package func wantsTouch(at now: Instant) -> Bool { now - lastSeenAt >= 60 }
}
