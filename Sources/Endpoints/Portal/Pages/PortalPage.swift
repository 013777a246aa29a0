import HTTP
import SMART

/// The portal's home: find a patient, then start an app with that record open.
package struct PortalPage: SpokenPage {
    /// Whose records the person can open here.
    package enum Reach: Sendable, Equatable {
        case patients
        /// A patient, who sees the own record and searches for nobody.
        case ownRecord
        /// Patients for whom the person acts.
        case represented
        case nobody
    }

    package enum Notice: Sendable, Equatable {
        /// No such patient, or none that this person may see: the same words for both.
        case noSuchPatient
        case recordUnavailable
        case appUnavailable
        case appNeedsPatient(String)
        /// The patient lets the app see nothing.
        case appDenied(String)
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
    /// The person and those for whom the person acts; empty for everybody else.
    package let people: [ActingChoice]
    /// The records that are open to the person by an emergency.
    package let emergencies: [OpenEmergency]
    /// Whether the person may open another.
    package let offersEmergency: Bool
    /// Whether there is a patient for whom the person may say what apps may not see.
    package let leadsToLimits: Bool
    /// Whether the person looks after the connected apps of others.
    package let leadsToHelpDesk: Bool

    package init(
        site: Site, visitor: Visitor, reach: Reach, search: PatientSearch = PatientSearch(),
        selected: PatientSummary? = nil, apps: [AppTile], notice: Notice? = nil, today: CalendarDate,
        leadsToConnectedApps: Bool = false, people: [ActingChoice] = [],
        emergencies: [OpenEmergency] = [], offersEmergency: Bool = false,
        leadsToLimits: Bool = false, leadsToHelpDesk: Bool = false
    ) {
        self.leadsToLimits = leadsToLimits
        self.leadsToHelpDesk = leadsToHelpDesk
        self.emergencies = emergencies
        self.offersEmergency = offersEmergency
        self.people = people
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
            site: site, visitor: visitor,
            title: searches ? title + search.titleSuffix(in: language) : title,
            hasProblem: notice != nil || searches && search.hasProblem
        ).render(
            """
            \(notice.map(markup) ?? (searches ? search.problem(in: language) : nil))
            <h1>\(title)</h1>
            \(openEmergencies, if: !emergencies.isEmpty)
            \(choices(among: people, chosen: selected?.id, on: today) { address(choosing: $0) }, if: !people.isEmpty)
            \(record)
            \(emergencyDoor(), if: offersEmergency && isDenied)
            \(appSection)
            \(helpDesk, if: leadsToHelpDesk)
            \(connectedApps, if: leadsToConnectedApps)
            \(activity, if: reach == .ownRecord)
            \(limits, if: leadsToLimits)
            \(sessions)
            \(secondFactor)
            """)
    }
}

extension PortalPage {
    private var activity: HTML {
        """
        <section aria-labelledby="activity">
        <h2 id="activity">\(activityTitle)</h2>
        <p>\(activityLead)</p>
        <p><a class="button quiet" href="\(ActivityPage.path)">\(activityTitle)</a></p>
        </section>
        """
    }

    private var limits: HTML {
        """
        <section aria-labelledby="kept">
        <h2 id="kept">\(limitsTitle)</h2>
        <p>\(limitsLead)</p>
        <p><a class="button quiet" href="\(LimitsPage.path)">\(limitsTitle)</a></p>
        </section>
        """
    }

    private var sessions: HTML {
        """
        <section aria-labelledby="sessions">
        <h2 id="sessions">\(SessionsPage.title(in: language))</h2>
        <p>\(sessionsLead)</p>
        <p><a class="button quiet" href="\(SessionsPage.path)">\(SessionsPage.title(in: language))</a></p>
        </section>
        """
    }

    private var secondFactor: HTML {
        """
        <section aria-labelledby="second-factor">
        <h2 id="second-factor">\(secondFactorTitle)</h2>
        <p>\(secondFactorLead)</p>
        <p><a class="button quiet" href="\(SecondFactorPage.path)">\(secondFactorTitle)</a></p>
        </section>
        """
    }

    private var helpDesk: HTML {
        """
        <section aria-labelledby="help-desk">
        <h2 id="help-desk">\(helpDeskTitle)</h2>
        <p>\(helpDeskLead)</p>
        <p><a class="button quiet" href="\(HelpDeskPage.path)">\(helpDeskTitle)</a></p>
        </section>
        """
    }

    private var connectedApps: HTML {
        """
        <section aria-labelledby="connected">
        <h2 id="connected">\(connectedAppsTitle)</h2>
        <p>\(connectedAppsLead)</p>
        <p><a class="button quiet" href="\(ConnectedAppsPage.path)">\(connectedAppsTitle)</a></p>
        </section>
        """
    }

    private var isDenied: Bool {
        reach == .nobody || notice == .noSuchPatient || reach == .patients && search.outcome == .nobody
    }

    private var openEmergencies: HTML {
        """
        <section class="caution" aria-labelledby="open-emergencies">
        <h2 id="open-emergencies">\(openEmergenciesTitle)</h2>
        <ul class="plain patients">
        \(emergencies.map(openEmergency))
        </ul>
        </section>
        """
    }

    private func openEmergency(_ emergency: OpenEmergency) -> HTML {
        """
        <li>
        <div>
        <h3><bdi>\(emergency.patient.displayName(in: language))</bdi></h3>
        <p>\(minutesLeft(emergency))</p>
        </div>
        \(choice(emergency.patient))
        <form method="post" action="\(EmergencyPage.endPath)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("patient", emergency.patient.id))
        <button class="quiet">\(endNow(emergency.patient.displayName(in: language)))</button>
        </form>
        </li>
        """
    }

    /// Step 1: whose record.
    private var record: HTML {
        switch (reach, selected) {
        case (.ownRecord, let patient?):
            return patient.banner(label: yourRecord, on: today, in: language)
        case (.ownRecord, nil):
            return .notice(recordSilent)
        case (.represented, let patient?):
            return patient.banner(label: forWhomYouAct, on: today, in: language)
        case (.represented, nil):
            return ""
        case (.patients, let patient?):
            return """
                <section aria-labelledby="step-1">
                <p class="step" id="step-1">\(stepOneDone)</p>
                \(patient.banner(
                    label: chosenPatient, on: today, in: language,
                    action: "<p class=\"change\"><a href=\"\(address(choosing: nil))\">\(chooseAnother)</a></p>"))
                </section>
                """
        case (.patients, nil):
            return """
                <div class="card">
                <p class="step">\(stepOne)</p>
                <h2>\(findPatient)</h2>
                \(search.form(action: "/portal", csrf: visitor.csrf, in: language))
                </div>
                \(search.results(on: today, in: language, action: choice))
                """
        case (.nobody, _):
            return """
                <div class="notice">
                <h2>\(noPatientsTitle)</h2>
                <p>\(noPatients)</p>
                </div>
                """
        }
    }

    private func choice(_ patient: PatientSummary) -> HTML {
        choice(patient, on: today, address(choosing: patient.id))
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
            \("<p class=\"step\">\(stepTwo)</p>", if: reach == .patients)
            <h2 id="apps">\(appHeading)</h2>
            \("<div class=\"notice\"><h3>\(noAppsTitle)</h3><p>\(noApps)</p></div>", if: apps.isEmpty)
            \(waiting.isEmpty ? nil : waitingList(waiting))
            \("<p>\(withoutPatient)</p>", if: selected == nil && !ready.isEmpty)
            \(ready.isEmpty ? nil : "<ul class=\"plain tiles\">\(ready.map(tile))</ul>")
            </section>
            """
    }

    private func waitingList(_ waiting: [AppTile]) -> HTML {
        """
        <p>\(waitingReason)</p>
        <ul>\(waiting.map { app -> HTML in "<li><bdi>\(app.name)</bdi></li>" })</ul>
        """
    }

    private func tile(_ app: AppTile) -> HTML {
        let reader: ConsentSentences.Reader = reach == .ownRecord ? .patient : .other
        let sentences = app.sentences(for: reader, in: language)
        return """
            <li class="app">
            <div class="head">
            <span class="monogram" data-letter="\(app.letter)"></span>
            <div>
            <h3><bdi>\(app.name)</bdi></h3>
            \(app.organization.map { "<p class=\"hint\"><bdi>\($0)</bdi></p>" })
            \(app.host.map { "<p class=\"hint\"><bdi>\($0)</bdi></p>" })
            \("<p class=\"wrong\">\(unverified)</p>", if: !app.isVerified)
            </div>
            </div>
            \(sentences.isEmpty ? "<p class=\"hint\">\(seesNoRecord)</p>" : Self.list(sentences))
            <form method="post" action="/portal/launch">
            \(.hidden("csrf", visitor.csrf))\(.hidden("client", app.id))\(selected.map { .hidden("patient", $0.id) })
            <button><span>\(launch(app.name))</span></button>
            </form>
            </li>
            """
    }

    private static func list(_ sentences: [String]) -> HTML {
        "<ul class=\"plain hint\">\(sentences.map { line -> HTML in "<li>\(line)</li>" })</ul>"
    }
}
