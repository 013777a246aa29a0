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

extension SpokenPage {
    /// For whom the person is here: a way to each but the one that is chosen.
    func choices(
        among people: [ActingChoice], chosen: String?, on today: CalendarDate, address: (String) -> String
    ) -> HTML {
        let entries = people.map { person -> HTML in
            let patient = person.patient
            return person.entry(
                on: today, in: language,
                action: patient.id == chosen
                    ? "<span class=\"mark\">\(chosenMark)</span>" : choice(patient, on: today, address(patient.id)))
        }
        return """
            <section aria-labelledby="for-whom">
            <h2 id="for-whom">\(forWhom)</h2>
            <ul class="plain patients">
            \(entries)
            </ul>
            </section>
            """
    }

    func choice(_ patient: PatientSummary, on today: CalendarDate, _ address: String) -> HTML {
        """
        <a class="button" href="\(address)">\(choose)<span class="unseen"> \
        \(patient.displayName(in: language)), \(patient.distinction(on: today, in: language))</span></a>
        """
    }
}
