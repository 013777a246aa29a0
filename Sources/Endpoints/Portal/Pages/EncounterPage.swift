import HTTP

/// Which visit is the app opened for? The step of an authorization that puts an encounter in context.
package struct EncounterPage: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// `isCut` when there are more than are shown.
        case found([EncounterSummary], isCut: Bool)
        case unavailable
    }

    package let site: Site
    package let visitor: Visitor
    package let appName: String
    package let interaction: String
    package let patient: PatientSummary
    /// Whether the person is that patient.
    package let isOwnRecord: Bool
    package let outcome: Outcome
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, appName: String, interaction: String, patient: PatientSummary, isOwnRecord: Bool,
        outcome: Outcome, today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.appName = appName
        self.interaction = interaction
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        self.outcome = outcome
        self.today = today
    }

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, interaction: interaction, title: "Choose a visit",
            hasProblem: outcome == .unavailable
        ).render(
            """
            \(problem)
            <h1>Choose a visit</h1>
            \(patient.banner(label: isOwnRecord ? "Your record" : "Patient", on: today))
            <p class="lead"><strong><bdi>\(appName)</bdi></strong> asks which visit or stay of \(whose) it is opened for.</p>
            \(visits)
            <form class="row" method="post" action="/portal/encounter">
            \(hiddenFields)
            <button class="quiet" name="none" value="yes">Continue without a visit</button>
            <button class="quiet" name="cancel" value="yes">Cancel and return to the app</button>
            </form>
            """)
    }
}

extension EncounterPage {
    private var hiddenFields: HTML {
        "\(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))"
    }

    private var whose: HTML { isOwnRecord ? "yours" : "<bdi>\(patient.displayName)</bdi>" }

    private var problem: HTML? {
        guard outcome == .unavailable else { return nil }
        return .problem(
            "The visits are not answering",
            "They cannot be reached just now. Try again in a few minutes, or continue without a visit.")
    }

    private var visits: HTML? {
        guard case .found(let encounters, let isCut) = outcome else { return nil }
        guard !encounters.isEmpty else { return .notice("No visits or stays are recorded.") }
        return """
            <section aria-labelledby="visits">
            <h2 id="visits">\(heading(encounters.count, isCut: isCut))</h2>
            <ul class="plain patients">
            \(encounters.map(entry))
            </ul>
            </section>
            """
    }

    private func heading(_ count: Int, isCut: Bool) -> HTML {
        if isCut { return "The \(count) most recent visits" }
        return count == 1 ? "1 visit" : "\(count) visits"
    }

    private func entry(_ encounter: EncounterSummary) -> HTML {
        """
        <li>
        <div>
        <h3>\(encounter.title)\(" <span class=\"mark\">Now</span>", if: encounter.isGoingOn)</h3>
        \(encounter.particulars)
        </div>
        <form method="post" action="/portal/encounter">
        \(hiddenFields)\(.hidden("encounter", encounter.id))
        <button>Choose<span class="unseen"> \(encounter.distinction)</span></button>
        </form>
        </li>
        """
    }
}
