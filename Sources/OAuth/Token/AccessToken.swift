import SMART

/// A live access token with all that an enforcer or an introspecting server needs to know: found by one read.
package struct ActiveToken: Sendable {
    package let grantID: String
    package let clientID: String
    /// The person behind it; `nil` for a backend service, which acts for itself.
    package let user: User?
    /// Which patients the client's own scopes reach.
    package let clientAccess: UserAccess
    package let context: LaunchContext
    /// What this token carries; a refresh may have narrowed it.
    package private(set) var scopes: ScopeSet
    package let fhirBase: String
    package let issuedAt: Instant
    package let expiresAt: Instant
    /// The session that an `online_access` grant lives in.
    package let session: OnlineSession?
    /// When its grant was used last, as far as that was noted.
    package let lastUsedAt: Instant?
    /// The consent record that its grant rests on.
    package let consent: String?
    /// What patients do not let the client have now.
    package private(set) var denied = DenyRules.none

    package init(
        grantID: String, clientID: String, user: User?, clientAccess: UserAccess = .all, context: LaunchContext,
        scopes: ScopeSet, fhirBase: String, issuedAt: Instant, expiresAt: Instant, session: OnlineSession? = nil,
        lastUsedAt: Instant? = nil, consent: String? = nil
    ) {
        self.grantID = grantID
        self.clientID = clientID
        self.user = user
        self.clientAccess = clientAccess
        self.context = context
        self.scopes = scopes
        self.fhirBase = fhirBase
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.session = session
        self.lastUsedAt = lastUsedAt
        self.consent = consent
    }

    package var patient: String? { context.patient }
    package var fhirUser: FHIRUser? { user?.fhirUser }
    /// Whom the person behind it may see at all; without a person, nobody.
    package var access: UserAccess { user?.access ?? .none }
}

extension TokenAccess {
    /// What a token allows, for all who decide on requests or explain how that was decided.
    package init(_ token: ActiveToken, at now: Instant) {
        self.init(
            token.scopes, patient: token.patient, user: token.fhirUser, access: token.access,
            clientAccess: token.clientAccess, denied: token.denied,
            temporary: token.user?.temporaryAccess(to: token.patient, at: now)?.patient)
    }
}

extension ActiveToken {
    /// What deny rules leave of it; `nil` where the patient in context denies all that it is for.
    package func limited(by denied: DenyRules) -> ActiveToken? {
        var limited = self
        limited.scopes = scopes.permitted(by: denied, patient: patient)
        limited.denied = denied
        return limited.scopes.isEmpty ? nil : limited
    }

    /// The one patient whose rules can matter; `nil` where it reaches others.
    package var solePatient: String? {
        let isOfOne = scopes.clinical.allSatisfy { $0.context == .patient }
        guard isOfOne, let patient, fhirUser?.ownPatient ?? patient == patient else { return nil }
        return patient
    }

    /// Whether it is of use at all, for introspection (RFC 7662 §2.2): not where the patient in context was taken from its
    /// user. A backend service has neither.
    package func isActive(at now: Instant) -> Bool { user?.maySee(patientIn: context, at: now) ?? true }

    /// Whether a use of it is worth a note: a person at work in a session once a minute, any other once an hour, which is
    /// what the page of connected apps shows. It saves a write on every request.
    package func wantsTouch(at now: Instant) -> Bool {
        session?.wantsTouch(at: now) ?? false || lastUsedAt.map { now - $0 >= 3600 } ?? true
    }
}
