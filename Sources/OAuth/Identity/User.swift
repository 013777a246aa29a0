import SMART

/// A person with an account here, as grants and sessions see them.
package struct User: Sendable, Equatable {
    /// The account's row; never shown to apps.
    package let id: String
    /// The `sub` of id_tokens: random, never reassigned (OpenID Core §2).
    package let subject: String
    package let name: String
    package let fhirUser: FHIRUser?
    /// The administrator's word, before the person's own limits.
    package let access: UserAccess
    package let isDisabled: Bool

    package init(
        id: String, subject: String, name: String, fhirUser: FHIRUser?, access: UserAccess, isDisabled: Bool = false
    ) {
        self.id = id
        self.subject = subject
        self.name = name
        self.fhirUser = fhirUser
        self.access = access
        self.isDisabled = isDisabled
    }

    /// The patients that this person may see, whatever an app asks for.
    package var effectiveAccess: UserAccess { access.limited(to: fhirUser) }

    /// Whether the patient in a launch context, if there is one, is among those that this person may see now.
    package func maySee(patientIn context: LaunchContext) -> Bool {
        context.patient.map { effectiveAccess.includes(patient: $0) } ?? true
    }
}

/// A person signed in with one browser.
package struct Session: Sendable, Equatable {
    package let id: SecretDigest
    package let user: User
    package let authenticatedAt: Instant
    package let lastSeenAt: Instant
    package let browser: BrowserKind

    package init(
        id: SecretDigest, user: User, authenticatedAt: Instant, lastSeenAt: Instant, browser: BrowserKind = .other
    ) {
        self.id = id
        self.user = user
        self.authenticatedAt = authenticatedAt
        self.lastSeenAt = lastSeenAt
        self.browser = browser
    }
}

/// How long a session lives: until nobody has been there for a while, and never past the end of a shift.
package struct SessionPolicy: Sendable {
    /// Seconds without a request.
    package var idle: Int
    /// Seconds since the sign-in.
    package var absolute: Int

    package init(idle: Int = 15 * 60, absolute: Int = 12 * 3600) {
        self.idle = idle
        self.absolute = absolute
    }
}
