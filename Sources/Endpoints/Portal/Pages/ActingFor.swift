import HTTP
import OAuth

/// As what, and until which day, a person acts for a patient.
package struct ActingFor: Sendable, Equatable {
    package let relationship: TemporaryAccess.Relationship
    /// The last whole day.
    package let until: CalendarDate

    package init(relationship: TemporaryAccess.Relationship, until: CalendarDate) {
        self.relationship = relationship
        self.until = until
    }

    package init(_ access: TemporaryAccess) {
        self.init(
            relationship: access.relationship, until: CalendarDate(secondsSince1970: access.until.seconds - 1))
    }
}

/// One of those about whom a person may speak here: the person, or a patient for whom the person acts.
package struct ActingChoice: Sendable {
    package let patient: PatientSummary
    /// `nil` for the person's own record.
    package let acting: ActingFor?

    package init(patient: PatientSummary, acting: ActingFor?) {
        self.patient = patient
        self.acting = acting
    }

    func entry(on today: CalendarDate, in language: Language, action: HTML) -> HTML {
        """
        <li>
        <div>
        <h3><bdi>\(patient.displayName(in: language))</bdi>\(patient.deceasedMark(in: language))</h3>
        <p>\(acting?.words(in: language) ?? Self.yourself(language))</p>
        \(patient.particulars(on: today, in: language))
        </div>
        \(action)
        </li>
        """
    }
}
