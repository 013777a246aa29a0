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

}

extension PatientSummary {
    func particulars(on today: CalendarDate, in language: Language) -> HTML {
        """
        <dl class="particulars">
        <div><dt>\(Self.bornTerm(language))</dt><dd>\(birthWords(on: today, in: language))</dd></div>
        <div><dt>\(Self.sexTerm(language))</dt><dd>\(sexWords(in: language))</dd></div>
        <div><dt>\(Self.recordNumberTerm(language))</dt><dd><bdi>\(recordNumberWords(in: language))</bdi></dd></div>
        </dl>
        """
    }

    func deceasedMark(in language: Language) -> HTML? {
        isDeceased ? " <span class=\"mark\">\(Self.deceased(language))</span>" : nil
    }

    /// The patient that everything on the page is about: the same strip on every page, up to the last button.
    func banner(label: String, on today: CalendarDate, in language: Language, action: HTML? = nil) -> HTML {
        """
        <section class="patient" aria-label="\(label)">
        <p class="who"><bdi>\(displayName(in: language))</bdi>\(deceasedMark(in: language))</p>
        \(particulars(on: today, in: language))
        \(action)
        </section>
        """
    }
}
