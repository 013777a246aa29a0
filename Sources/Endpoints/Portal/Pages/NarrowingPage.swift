import HTTP
import SMART

/// Taking single things away from an app that has them. It is never given more here: that is a question for the consent
/// page.
package struct NarrowingPage: SpokenPage {
    package let site: Site
    package let visitor: Visitor
    package let appID: String
    package let appName: String
    /// What it has now: each thing has its tick.
    package let choices: ConsentChoices
    /// Whose record it is about, by name; `nil` for the person's own, for none or for many.
    package let patient: String?

    package init(
        site: Site, visitor: Visitor, appID: String, appName: String, choices: ConsentChoices, patient: String?
    ) {
        self.site = site
        self.visitor = visitor
        self.appID = appID
        self.appName = appName
        self.choices = choices
        self.patient = patient
    }

    /// The page, and where its form goes.
    package static let path = "/portal/apps/change"

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: title).render(
            """
            <h1>\(heading)</h1>
            \(patient.map { "<p>\(recordOf($0))</p>" })
            <section aria-labelledby="choose">
            <h2 id="choose">\(chooseTitle)</h2>
            <p>\(lead)</p>
            </section>
            <form class="stack" method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))\(.hidden("app", appID))
            \(ticks.fieldsets)
            \(offline)
            <section aria-labelledby="answer">
            <h2 id="answer">\(afterwardsTitle)</h2>
            <p>\(afterwards)</p>
            <div class="answers">
            <button>\(save)</button>
            <a class="button quiet" href="\(ConnectedAppsPage.path)">\(leave)</a>
            </div>
            </section>
            </form>
            """)
    }

    private var ticks: ConsentTicks { ConsentTicks(choices, ticked: nil, in: language) }

    private var offline: HTML? {
        choices.offline.map { choice in
            """
            <div class="card">
            <ul class="plain ticks">\(ticks.row(choice))</ul>
            </div>
            """
        }
    }
}
