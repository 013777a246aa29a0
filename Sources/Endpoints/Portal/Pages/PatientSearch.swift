import HTTP

/// The search for a patient and what it found: the same on the picker and on the portal.
package struct PatientSearch: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// Nothing was asked yet.
        case none
        /// `isCut` when there are more than are shown.
        case results([PatientSummary], isCut: Bool)
        case nobody
        /// Fewer than three letters, and neither a date nor a whole number.
        case tooShort
        case unavailable
    }

    /// The text of the search field so far.
    package let query: String
    package let outcome: Outcome
    /// Whose records the person opened last; shown until something is searched for.
    package let recent: [PatientSummary]

    package init(query: String = "", outcome: Outcome = .none, recent: [PatientSummary] = []) {
        self.query = query
        self.outcome = outcome
        self.recent = recent
    }
}

extension PatientSearch {
    var hasProblem: Bool { outcome == .tooShort || outcome == .unavailable }

    /// Posted: what is searched for is often a name, and a name has no place in an address.
    func form(
        action: StaticString, csrf: String, interaction: String? = nil, in language: Language
    ) -> HTML {
        """
        <form role="search" method="post" action="\(action.description)">
        \(.hidden("csrf", csrf))
        \(interaction.map { .hidden("interaction", $0) })
        <div class="field">
        <label for="q">\(Self.label(language))</label>
        <p class="hint" id="q-hint">\(Self.hint(language))</p>
        \(fieldMessage(language))
        <div class="row">
        <input id="q" name="q" type="search" value="\(query)" autocomplete="off" spellcheck="false" \
        aria-describedby="q-hint\(" q-wrong\" aria-invalid=\"true", if: outcome == .tooShort)">
        <button>\(Self.search(language))</button>
        </div>
        </div>
        </form>
        """
    }

    /// The patients found, or those before, each with the action that the page gives it.
    func results(on today: CalendarDate, in language: Language, action: (PatientSummary) -> HTML) -> HTML? {
        switch outcome {
        case .tooShort, .unavailable: nil
        case .none: recent.isEmpty ? nil : lately(on: today, in: language, action: action)
        case .nobody:
            """
            <div class="notice" role="status">
            <h2>\(Self.nobodyFound(language))</h2>
            <p>\(noMatch(language))</p>
            </div>
            """
        case .results(let patients, isCut: let isCut):
            """
            <section aria-labelledby="found">
            <h2 id="found">\(Self.heading(patients.count, isCut: isCut, language))</h2>
            \("<p>\(Self.thereAreMore(language))</p>", if: isCut)
            <ul class="plain patients">
            \(patients.map { entry($0, on: today, in: language, action: action($0)) })
            </ul>
            </section>
            """
        }
    }

    private func lately(
        on today: CalendarDate, in language: Language, action: (PatientSummary) -> HTML
    ) -> HTML {
        """
        <section aria-labelledby="recent">
        <h2 id="recent">\(Self.recentHeading(language))</h2>
        <ul class="plain patients">
        \(recent.map { entry($0, on: today, in: language, action: action($0)) })
        </ul>
        </section>
        """
    }

    private func fieldMessage(_ language: Language) -> HTML? {
        guard outcome == .tooShort else { return nil }
        return "<p class=\"wrong\" id=\"q-wrong\">\(Self.atLeast(language))</p>"
    }

    private func entry(
        _ patient: PatientSummary, on today: CalendarDate, in language: Language, action: HTML
    ) -> HTML {
        """
        <li>
        <div>
        <h3><bdi>\(patient.displayName(in: language))</bdi>\(patient.deceasedMark(in: language))</h3>
        \(patient.particulars(on: today, in: language))
        </div>
        \(action)
        </li>
        """
    }
}
