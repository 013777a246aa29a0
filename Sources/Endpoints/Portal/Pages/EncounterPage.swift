import HTTP

/// Which visit is the app opened for? The step of an authorization that puts an encounter in context.
package struct EncounterPage: SpokenPage {
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
            site: site, visitor: visitor, interaction: interaction, title: title,
            hasProblem: outcome == .unavailable
        ).render(
            """
            \(problem)
            <h1>\(title)</h1>
            \(patient.banner(label: isOwnRecord ? yourRecord : patientLabel, on: today, in: language))
            <p class="lead">\(lead)</p>
            \(visits)
            <form class="row" method="post" action="/portal/encounter">
            \(hiddenFields)
            <button class="quiet" name="none" value="yes">\(without)</button>
            <button class="quiet" name="cancel" value="yes">\(cancel)</button>
            </form>
            """)
    }
}

extension EncounterPage {
    private var hiddenFields: HTML {
        "\(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))"
    }

    private var problem: HTML? {
        guard outcome == .unavailable else { return nil }
        return .problem(silentTitle, silent)
    }

    private var visits: HTML? {
        guard case .found(let encounters, let isCut) = outcome else { return nil }
        guard !encounters.isEmpty else { return .notice(none) }
        return """
            <section aria-labelledby="visits">
            <h2 id="visits">\(heading(encounters.count, isCut: isCut))</h2>
            <ul class="plain patients">
            \(encounters.map(entry))
            </ul>
            </section>
            """
    }

    private func entry(_ encounter: EncounterSummary) -> HTML {
        """
        <li>
        <div>
        <h3>\(encounter.title(in: language))\(" <span class=\"mark\">\(now)</span>", if: encounter.isGoingOn)</h3>
        \(encounter.particulars(in: language))
        </div>
        <form method="post" action="/portal/encounter">
        \(hiddenFields)\(.hidden("encounter", encounter.id))
        <button>\(choose)<span class="unseen"> \(encounter.distinction(in: language))</span></button>
        </form>
        </li>
        """
    }
}
