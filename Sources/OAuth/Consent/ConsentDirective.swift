import SMART

/// What a patient has decided, on our own page, on paper or at a consent platform, as far as it denies something. Its rules win
/// over whatever was allowed; a permission given elsewhere is kept with it and opens nothing.
package struct ConsentDirective: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case active
        case inactive
    }

    /// How it came to us.
    package enum Source: String, Sendable, CaseIterable {
        /// Ticked on our own page, by the patient or who acts for the patient: one a patient.
        case page
        /// Signed on paper, or said, and entered by staff.
        case paper
        /// A Consent of the FHIR server.
        case fhir
        /// Sent by the consent platform.
        case webhook
    }

    package let id: String
    package let patient: String
    package let status: Status
    /// Counts what was changed of it, from 1.
    package let version: Int
    package let source: Source
    /// What it is called where it comes from, and which state of that this is.
    package let origin: Origin?
    /// What holds while it is active; none where it denies nothing.
    package let rules: [ConsentRule]
    /// What the patient said, or why it was entered, in the words of who entered it; or why nothing of it could be read.
    package let statement: String?
    package let recordedAt: Instant
    package let changedAt: Instant

    package init(
        id: String, patient: String, status: Status = .active, version: Int = 1, source: Source, origin: Origin? = nil,
        rules: [ConsentRule], statement: String?, recordedAt: Instant, changedAt: Instant? = nil
    ) {
        self.id = id
        self.patient = patient
        self.status = status
        self.version = version
        self.source = source
        self.origin = origin
        self.rules = rules
        self.statement = statement
        self.recordedAt = recordedAt
        self.changedAt = changedAt ?? recordedAt
    }

    /// A state of a record that somebody else keeps.
    package struct Origin: Sendable, Equatable {
        /// As `Consent/17` at the FHIR server.
        package let id: String
        package let version: String?
        package let updatedAt: Instant?

        package init(id: String, version: String?, updatedAt: Instant?) {
            self.id = id
            self.version = version
            self.updatedAt = updatedAt
        }
    }
}

/// One thing that a directive denies, to whom, and for how long.
package struct ConsentRule: Sendable, Equatable {
    /// `nil` for every app.
    package let clientID: String?
    package let denied: DenyRule
    package let from: Instant?
    /// The last moment; `nil` until it is withdrawn.
    package let until: Instant?

    package init(clientID: String?, denied: DenyRule, from: Instant? = nil, until: Instant? = nil) {
        self.clientID = clientID
        self.denied = denied
        self.from = from
        self.until = until
    }

    package func holds(at now: Instant) -> Bool {
        from.map { $0 <= now } ?? true && until.map { now < $0 } ?? true
    }
}

extension [ConsentRule] {
    /// Those that hold now.
    package func denied(at now: Instant) -> DenyRules {
        isEmpty ? .none : DenyRules(filter { $0.holds(at: now) }.map(\.denied))
    }
}
