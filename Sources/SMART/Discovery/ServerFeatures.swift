/// What of this server is switched on or off by its configuration: discovery derives what it says from this and nothing else.
package struct ServerFeatures: Sendable, Equatable {
    /// Whether apps may register themselves (RFC 7591).
    package var registration: Bool

    package init(registration: Bool = false) {
        self.registration = registration
    }
}
