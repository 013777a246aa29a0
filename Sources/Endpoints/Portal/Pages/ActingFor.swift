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

    /// `nil` where the person does not act for the patient, but opened the record in an emergency.
    package init?(_ access: TemporaryAccess) {
        guard let relationship = access.relationship else { return nil }
        self.init(
            relationship: relationship, until: CalendarDate(secondsSince1970: access.until.seconds - 1))
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

    /// - Parameter isWhole: whether the list is what its page is about, and no section of it.
    func entry(on today: CalendarDate, in language: Language, isWhole: Bool = false, action: HTML) -> HTML {
        let name: HTML = "<bdi>\(patient.displayName(in: language))</bdi>\(patient.deceasedMark(in: language))"
        let heading: HTML = isWhole ? "<h2>\(name)</h2>" : "<h3>\(name)</h3>"
        return """
            <li>
            <div>
            \(heading)
            <p>\(acting?.words(in: language) ?? Self.yourself(language))</p>
            \(patient.particulars(on: today, in: language))
            </div>
            \(action)
            </li>
            """
    }
}
