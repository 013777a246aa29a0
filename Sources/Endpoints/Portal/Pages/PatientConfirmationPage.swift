import HTTP

/// Is this the right patient? Asked once before anything is opened, for two people may have one name.
package struct PatientConfirmationPage: SpokenPage {
    package let site: Site
    package let visitor: Visitor
    package let appName: String
    package let interaction: String
    package let patient: PatientSummary
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, appName: String, interaction: String, patient: PatientSummary,
        today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.appName = appName
        self.interaction = interaction
        self.patient = patient
        self.today = today
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, interaction: interaction, title: title).render(
            """
            <h1>\(title)</h1>
            \(patient.banner(label: patientLabel, on: today, in: language))
            <p class="lead">\(lead)</p>
            <form method="post" action="/portal/patient">
            \(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))\(.hidden("patient", patient.id))
            <div class="answers">
            <button name="confirm" value="yes">\(right)</button>
            <a class="button quiet" href="/portal/patient?\(Form([("interaction", interaction)]).encoded)">\(other)</a>
            </div>
            </form>
            """)
    }
}
