import HTTP
import SMART

/// The connected apps of somebody who called the help desk, and the way to end their access for that person.
package struct HelpedPersonPage: ConnectedAppList {
    package enum Notice: Sendable, Equatable {
        case ended(String)
        case allEnded
        /// It had ended already.
        case noSuchApp
    }

    package let site: Site
    package let visitor: Visitor
    package let caller: FoundCaller
    /// What it is about; goes into the trail with everything that is done here.
    package let reason: String
    package let apps: [ConnectedApp]
    package let notice: Notice?
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, caller: FoundCaller, reason: String, apps: [ConnectedApp], notice: Notice? = nil,
        today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.caller = caller
        self.reason = reason
        self.apps = apps
        self.notice = notice
        self.today = today
    }

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, title: title(caller.name), hasProblem: notice == .noSuchApp
        ).render(
            """
            \(notice.map(markup))
            <h1>\(heading(caller.name))</h1>
            <section class="patient" aria-label="\(callerLabel)">
            <p class="who"><bdi>\(caller.name)</bdi></p>
            <dl class="particulars">
            <div><dt>\(kindTerm)</dt><dd>\(words(for: caller.kind))</dd></div>
            <div><dt>\(userNameLabel)</dt><dd><bdi>\(caller.username)</bdi></dd></div>
            </dl>
            \(caller.patient?.particulars(on: today, in: language))
            </section>
            <p class="aside">\(onRecord(reason))</p>
            \(list)
            <p><a href="\(HelpDeskPage.path)">\(anotherPerson)</a></p>
            """)
    }

    package var formAction: String { HelpDeskPage.personPath }
    package var formFields: HTML {
        "\(.hidden("csrf", visitor.csrf))\(.hidden("person", caller.id))\(.hidden("reason", reason))"
    }

    package func record(of app: ConnectedApp) -> HTML? {
        if app.isOwnRecord { return ownRecord }
        return app.patient.map { "\($0)" }
    }

    package func reader(of app: ConnectedApp) -> ConsentSentences.Reader { .other }

    package func actions(on app: ConnectedApp) -> HTML { endForm(app) }
}
