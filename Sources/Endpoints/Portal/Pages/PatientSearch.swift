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

    package init(query: String = "", outcome: Outcome = .none) {
        self.query = query
        self.outcome = outcome
    }
}

extension PatientSearch {
    var hasProblem: Bool { outcome == .tooShort || outcome == .unavailable }

    /// What a title says of the outcome, for those who hear the page before they see it.
    var titleSuffix: String {
        switch outcome {
        case .results(let patients, isCut: let isCut): " (\(isCut ? "first " : "")\(patients.count) found)"
        case .nobody: " (nobody found)"
        case .none, .tooShort, .unavailable: ""
        }
    }

    var problem: HTML? {
        switch outcome {
        case .tooShort:
            .problem(
                "The search needs a little more",
                "Type at least three letters of the name, a birth date or a whole record number.", field: "q")
        case .unavailable:
            .problem(
                "The search is not answering", "The records cannot be reached just now. Try again in a few minutes.")
        case .none, .results, .nobody: nil
        }
    }

    /// Posted: what is searched for is often a name, and a name has no place in an address.
    func form(action: StaticString, csrf: String, interaction: String? = nil) -> HTML {
        """
        <form role="search" method="post" action="\(action.description)">
        \(.hidden("csrf", csrf))
        \(interaction.map { .hidden("interaction", $0) })
        <div class="field">
        <label for="q">Name, birth date or record number</label>
        <p class="hint" id="q-hint">For example: Shaw, 1961-03-04 or a whole record number</p>
        \(fieldMessage)
        <div class="row">
        <input id="q" name="q" type="search" value="\(query)" autocomplete="off" spellcheck="false" \
        aria-describedby="q-hint\(fieldMessage.map { _ in " q-wrong\" aria-invalid=\"true" })">
        <button>Search</button>
        </div>
        </div>
        </form>
        """
    }

    /// The patients found, each with the action that the page gives it.
    func results(on today: CalendarDate, action: (PatientSummary) -> HTML) -> HTML? {
        switch outcome {
        case .none, .tooShort, .unavailable: nil
        case .nobody:
            """
            <div class="notice" role="status">
            <h2>Nobody found</h2>
            <p>No patient you may see matches <bdi>“\(query)”</bdi>. Check the spelling, \
            or try the birth date or the record number.</p>
            </div>
            """
        case .results(let patients, isCut: let isCut):
            """
            <section aria-labelledby="found">
            <h2 id="found">\(heading(patients.count, isCut: isCut))</h2>
            \("<p>There are more. Add a first name or a birth date to narrow the search.</p>", if: isCut)
            <ul class="plain patients">
            \(patients.map { entry($0, on: today, action: action($0)) })
            </ul>
            </section>
            """
        }
    }

    private var fieldMessage: HTML? {
        guard outcome == .tooShort else { return nil }
        return "<p class=\"wrong\" id=\"q-wrong\">At least three letters, a date or a whole number</p>"
    }

    private func heading(_ count: Int, isCut: Bool) -> HTML {
        if isCut { return "The first \(count) patients found" }
        return count == 1 ? "1 patient found" : "\(count) patients found"
    }

    private func entry(_ patient: PatientSummary, on today: CalendarDate, action: HTML) -> HTML {
        """
        <li>
        <div>
        <h3><bdi>\(patient.displayName)</bdi>\(patient.deceasedMark)</h3>
        \(patient.particulars(on: today))
        </div>
        \(action)
        </li>
        """
    }
}
