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
    /// Whether the person may break the glass: open a record past these rights, in an emergency.
    package let mayBreakGlass: Bool
    /// The patients for whom this person acts as a proxy, or whose record was opened in an emergency.
    package let temporaryAccess: [TemporaryAccess]

    package init(
        id: String, subject: String, name: String, fhirUser: FHIRUser?, access: UserAccess, isDisabled: Bool = false,
        mayBreakGlass: Bool = false, temporaryAccess: [TemporaryAccess] = []
    ) {
        self.mayBreakGlass = mayBreakGlass
        self.id = id
        self.subject = subject
        self.name = name
        self.fhirUser = fhirUser
        self.access = access
        self.isDisabled = isDisabled
        self.temporaryAccess = temporaryAccess
    }

    /// The patients that this person may see until somebody changes it.
    package var standingAccess: UserAccess { access.limited(to: fhirUser) }

    /// The patients that this person may see, whatever an app asks for.
    package func effectiveAccess(at now: Instant) -> UserAccess {
        standingAccess.adding(temporaryAccess.filter { $0.holds(at: now) }.map(\.patient))
    }

    /// Whether the patient in a launch context, if there is one, is among those that this person may see now.
    package func maySee(patientIn context: LaunchContext, at now: Instant) -> Bool {
        context.patient.map { effectiveAccess(at: now).includes(patient: $0) } ?? true
    }

    /// The patients for whom this person acts now.
    package func represented(at now: Instant) -> [TemporaryAccess] {
        temporaryAccess.filter { $0.holds(at: now) && !$0.isEmergency }
    }

    /// Whose records are open to this person now because of an emergency.
    package func emergencies(at now: Instant) -> [TemporaryAccess] {
        temporaryAccess.filter { $0.holds(at: now) && $0.isEmergency }
    }

    /// By what the person sees this patient, where it is for a time alone.
    package func temporaryAccess(to patient: String?, at now: Instant) -> TemporaryAccess? {
        guard let patient, !standingAccess.includes(patient: patient) else { return nil }
        return temporaryAccess.first { $0.patient == patient && $0.holds(at: now) }
    }

    /// The one patient that an app can be about; `nil` where there is none, or a choice.
    package func solePatient(at now: Instant) -> String? {
        let represented = represented(at: now)
        if let own = fhirUser?.ownPatient { return represented.isEmpty ? own : nil }
        return access == .none && represented.count == 1 ? represented.first?.patient : nil
    }
}

/// A person signed in with one browser.
package struct Session: Sendable, Equatable {
    package let id: SecretDigest
    package let user: User
    package let authenticatedAt: Instant
    package let lastSeenAt: Instant
    package let browser: BrowserKind
    package let secondFactor: SecondFactorStanding

    package init(
        id: SecretDigest, user: User, authenticatedAt: Instant, lastSeenAt: Instant, browser: BrowserKind = .other,
        secondFactor: SecondFactorStanding = .absent
    ) {
        self.id = id
        self.user = user
        self.authenticatedAt = authenticatedAt
        self.lastSeenAt = lastSeenAt
        self.browser = browser
        self.secondFactor = secondFactor
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
