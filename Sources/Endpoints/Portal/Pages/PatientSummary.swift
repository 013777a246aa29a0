import HTTP

/// What the pages show of a patient: a name and enough beside it to tell two people of one name apart.
package struct PatientSummary: Sendable, Equatable {
    /// The id of the Patient resource; in forms and links, never shown.
    package let id: String
    package let name: String
    /// A FHIR date of any precision.
    package let birthDate: String?
    /// The code of Patient.gender, or the site's own word.
    package let sex: String?
    package let recordNumber: String?
    package let isDeceased: Bool

    package init(
        id: String, name: String, birthDate: String? = nil, sex: String? = nil, recordNumber: String? = nil,
        isDeceased: Bool = false
    ) {
        self.id = id
        self.name = name
        self.birthDate = birthDate
        self.sex = sex
        self.recordNumber = recordNumber
        self.isDeceased = isDeceased
    }

    /// The name, or words that say there is none.
    package var displayName: String { name.isEmpty ? "Name not recorded" : name }

    /// "4 Mar 1961 (65 years)". A text that is no date stands as it is; the dead have no age.
    package func birthWords(on today: CalendarDate) -> String {
        guard let birthDate else { return Self.missing }
        guard let date = CalendarDate(birthDate) else { return birthDate }
        guard !isDeceased, let age = date.age(on: today) else { return date.words }
        return "\(date.words) (\(age))"
    }

    package var sexWords: String {
        switch sex {
        case nil: Self.missing
        case "male": "Male"
        case "female": "Female"
        case "other": "Other"
        case "unknown": "Unknown"
        case let word?: word
        }
    }

    package var recordNumberWords: String { recordNumber ?? Self.missing }

    private static let missing = "Not recorded"
}

extension PatientSummary {
    /// Who this is beyond the name, for a button that has to stand by itself.
    func distinction(on today: CalendarDate) -> String {
        let birth = birthDate == nil ? "birth date not recorded" : "born \(birthWords(on: today))"
        return "\(birth), record number \(recordNumber ?? "not recorded")"
    }

    func particulars(on today: CalendarDate) -> HTML {
        """
        <dl class="particulars">
        <div><dt>Born</dt><dd>\(birthWords(on: today))</dd></div>
        <div><dt>Sex</dt><dd>\(sexWords)</dd></div>
        <div><dt>Record number</dt><dd>\(recordNumberWords)</dd></div>
        </dl>
        """
    }

    var deceasedMark: HTML? {
        isDeceased ? " <span class=\"mark\">Deceased</span>" : nil
    }

    /// The patient that everything on the page is about: the same strip on every page, up to the last button.
    func banner(label: String, on today: CalendarDate, action: HTML? = nil) -> HTML {
        """
        <section class="patient" aria-label="\(label)">
        <p class="who"><bdi>\(displayName)</bdi>\(deceasedMark)</p>
        \(particulars(on: today))
        \(action)
        </section>
        """
    }
}
