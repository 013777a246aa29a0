import HTTP

/// Which patient is the app to open? The step of an authorization that puts a patient in context.
package struct PatientPage: Sendable {
    package let site: Site
    package let visitor: Visitor
    package let appName: String
    package let interaction: String
    package let search: PatientSearch
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, appName: String, interaction: String, search: PatientSearch, today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.appName = appName
        self.interaction = interaction
        self.search = search
        self.today = today
    }

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, interaction: interaction, title: "Choose a patient\(search.titleSuffix)",
            hasProblem: search.hasProblem
        ).render(
            """
            \(search.problem)
            <h1>Choose a patient</h1>
            <p class="lead"><strong><bdi>\(appName)</bdi></strong> needs to know whose record to open.</p>
            <div class="card">\(search.form(action: "/portal/patient", csrf: visitor.csrf, interaction: interaction))</div>
            \(search.results(on: today, action: choice))
            <form method="post" action="/portal/patient">
            \(hiddenFields)
            <button class="quiet" name="cancel" value="yes">Cancel and return to the app</button>
            </form>
            """)
    }
}

extension PatientPage {
    private var hiddenFields: HTML {
        "\(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))"
    }

    private func choice(_ patient: PatientSummary) -> HTML {
        """
        <form method="post" action="/portal/patient">
        \(hiddenFields)\(.hidden("patient", patient.id))
        <button>Choose<span class="unseen"> \(patient.displayName), \(patient.distinction(on: today))</span></button>
        </form>
        """
    }
}
