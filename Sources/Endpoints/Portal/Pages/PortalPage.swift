import HTTP

/// An app that the person can start from the portal.
package struct AppTile: Sendable {
    /// The client id.
    package let id: String
    package let name: String
    package let needsPatient: Bool

    package init(id: String, name: String, needsPatient: Bool) {
        self.id = id
        self.name = name
        self.needsPatient = needsPatient
    }
}

/// The portal's home: find a patient, then start an app with that record open.
package struct PortalPage: Sendable {
    /// Whose records the person can open here.
    package enum Reach: Sendable, Equatable {
        case patients
        /// A patient, who sees the own record and searches for nobody.
        case ownRecord
        case nobody
    }

    package enum Notice: Sendable, Equatable {
        /// No such patient, or none that this person may see: the same words for both.
        case noSuchPatient
        case recordUnavailable
        case appUnavailable
        case appNeedsPatient(String)
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    package let reach: Reach
    package let search: PatientSearch
    package let selected: PatientSummary?
    package let apps: [AppTile]
    package let notice: Notice?
    package let today: CalendarDate
    /// Whether the page of connected apps is there to lead to.
    package let leadsToConnectedApps: Bool

    package init(
        site: Site, visitor: Visitor, reach: Reach, search: PatientSearch = PatientSearch(),
        selected: PatientSummary? = nil, apps: [AppTile], notice: Notice? = nil, today: CalendarDate,
        leadsToConnectedApps: Bool = false
    ) {
        self.site = site
        self.visitor = visitor
        self.reach = reach
        self.search = search
        self.selected = selected
        self.apps = apps
        self.notice = notice
        self.today = today
        self.leadsToConnectedApps = leadsToConnectedApps
    }

    package func render() -> HTML {
        let searches = reach == .patients && selected == nil
        return PageFrame(
            site: site, visitor: visitor, title: searches ? "Start an app\(search.titleSuffix)" : "Start an app",
            hasProblem: notice != nil || searches && search.hasProblem
        ).render(
            """
            \(notice.map { $0.markup } ?? (searches ? search.problem : nil))
            <h1>Start an app</h1>
            \(record)
            \(appSection)
            \(connectedApps, if: leadsToConnectedApps)
            \(activity, if: reach == .ownRecord)
            """)
    }
}

extension PortalPage {
    private var activity: HTML {
        """
        <section aria-labelledby="activity">
        <h2 id="activity">Who used your record</h2>
        <p>See which apps read something from your record, and when.</p>
        <p><a class="button quiet" href="\(ActivityPage.path)">Who used your record</a></p>
        </section>
        """
    }

    private var connectedApps: HTML {
        """
        <section aria-labelledby="connected">
        <h2 id="connected">Connected apps</h2>
        <p>See which apps you have allowed to use information, and end their access.</p>
        <p><a class="button quiet" href="\(ConnectedAppsPage.path)">Connected apps</a></p>
        </section>
        """
    }

    /// Step 1: whose record.
    private var record: HTML {
        switch (reach, selected) {
        case (.ownRecord, let patient?):
            return patient.banner(label: "Your record", on: today)
        case (.ownRecord, nil):
            return .notice("Your record cannot be shown just now. Try again in a few minutes.")
        case (.patients, let patient?):
            return """
                <section aria-label="Step 1">
                <p class="step">Step 1 of 2: done</p>
                \(patient.banner(
                    label: "Chosen patient", on: today,
                    action: "<p class=\"change\"><a href=\"\(address(choosing: nil))\">Choose another patient</a></p>"))
                </section>
                """
        case (.patients, nil):
            return """
                <div class="card">
                <p class="step">Step 1 of 2</p>
                <h2>Find the patient</h2>
                \(search.form(action: "/portal", csrf: visitor.csrf))
                </div>
                \(search.results(on: today, action: choice))
                """
        case (.nobody, _):
            return """
                <div class="notice">
                <h2>No patients yet</h2>
                <p>Your account works, and no patients have been assigned to it yet. If you expected to find \
                somebody here, ask the help desk of \(site.name).</p>
                </div>
                """
        }
    }

    private func choice(_ patient: PatientSummary) -> HTML {
        """
        <a class="button" href="\(address(choosing: patient.id))">Choose<span class="unseen"> \
        \(patient.displayName), \(patient.distinction(on: today))</span></a>
        """
    }

    /// The portal with a patient chosen, or none.
    private func address(choosing patient: String?) -> String {
        patient.map { "/portal?\(Form([("patient", $0)]).encoded)" } ?? "/portal"
    }

    /// Step 2: which app.
    private var appSection: HTML {
        let ready = apps.filter { selected != nil || !$0.needsPatient }
        let waiting = apps.filter { selected == nil && $0.needsPatient }
        return """
            <section aria-labelledby="apps">
            \("<p class=\"step\">Step 2 of 2</p>", if: reach == .patients)
            <h2 id="apps">\(appHeading)</h2>
            \("<p>No app is set up for you yet. The help desk can tell you more.</p>", if: apps.isEmpty)
            \(waiting.isEmpty ? nil : waitingList(waiting))
            \("<h3>You can start without a patient</h3>", if: selected == nil && !ready.isEmpty)
            \(ready.isEmpty ? nil : "<ul class=\"plain tiles\">\(ready.map(tile))</ul>")
            </section>
            """
    }

    private var appHeading: HTML {
        switch (reach, selected) {
        case (.ownRecord, _?): "Open your record with"
        case (_, let patient?): "Open the record of <bdi>\(patient.displayName)</bdi> with"
        case (_, nil): "Choose the app"
        }
    }

    private func waitingList(_ waiting: [AppTile]) -> HTML {
        """
        <p>\(waitingReason)</p>
        <ul>\(waiting.map { app -> HTML in "<li><bdi>\(app.name)</bdi></li>" })</ul>
        """
    }

    private var waitingReason: HTML {
        switch reach {
        case .patients: "As soon as a patient is chosen, you can start:"
        case .ownRecord: "As soon as your record can be shown, you can start:"
        case .nobody: "As soon as a patient is assigned to you, you can start:"
        }
    }

    private func tile(_ app: AppTile) -> HTML {
        """
        <li>
        <form method="post" action="/portal/launch">
        \(.hidden("csrf", visitor.csrf))\(.hidden("client", app.id))\(selected.map { .hidden("patient", $0.id) })
        <button class="tile">Launch <strong><bdi>\(app.name)</bdi></strong>\
        \(selected.map { "<span class=\"unseen\"> with the record of \($0.displayName)</span>" })</button>
        </form>
        </li>
        """
    }
}

extension PortalPage.Notice {
    fileprivate var markup: HTML {
        switch self {
        case .noSuchPatient:
            .problem("No such patient", "The patient is not here, or not among those you may see.")
        case .recordUnavailable:
            .problem("The record is not answering", "It cannot be opened just now. Try again in a few minutes.")
        case .appUnavailable:
            .problem(
                "This app cannot be started", "It is switched off or not fully set up. The help desk can tell you more."
            )
        case .appNeedsPatient(let name):
            .problem("Choose a patient first", "<bdi>\(name)</bdi> opens with the record of a patient.")
        case .formExpired:
            .problem("Please try once more", "This page was open for a long time, so it has been renewed.")
        }
    }
}
