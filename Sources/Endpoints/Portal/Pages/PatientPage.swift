import HTTP

/// Which patient is the app to open? The step of an authorization that puts a patient in context.
package struct PatientPage: SpokenPage {
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
            site: site, visitor: visitor, interaction: interaction,
            title: title + search.titleSuffix(in: language),
            hasProblem: search.hasProblem
        ).render(
            """
            \(search.problem(in: language))
            <h1>\(title)</h1>
            <p class="lead">\(lead)</p>
            <div class="card">\(search.form(
                action: "/portal/patient", csrf: visitor.csrf, interaction: interaction, in: language))</div>
            \(search.results(on: today, in: language, action: choice))
            <form method="post" action="/portal/patient">
            \(hiddenFields)
            <button class="quiet" name="cancel" value="yes">\(cancel)</button>
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
        <button>\(choose)<span class="unseen"> \(patient.displayName(in: language)), \
        \(patient.distinction(on: today, in: language))</span></button>
        </form>
        """
    }
}
