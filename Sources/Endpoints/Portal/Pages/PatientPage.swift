import HTTP

/// Which patient is the app to open? The step of an authorization that puts a patient in context.
package struct PatientPage: SpokenPage {
    package let site: Site
    package let visitor: Visitor
    package let appName: String
    package let interaction: String
    package let search: PatientSearch
    /// Among whom a person chooses who acts for others; empty for everybody else, who searches.
    package let people: [ActingChoice]
    /// Whether somebody may be missing among them.
    package let isDirectoryDown: Bool
    package let today: CalendarDate
    /// Whether the person may open a record in an emergency.
    package let offersEmergency: Bool

    package init(
        site: Site, visitor: Visitor, appName: String, interaction: String, search: PatientSearch,
        people: [ActingChoice] = [], isDirectoryDown: Bool = false, today: CalendarDate,
        offersEmergency: Bool = false
    ) {
        self.offersEmergency = offersEmergency
        self.people = people
        self.isDirectoryDown = isDirectoryDown
        self.site = site
        self.visitor = visitor
        self.appName = appName
        self.interaction = interaction
        self.search = search
        self.today = today
    }

    package func render() -> HTML {
        people.isEmpty && !isDirectoryDown ? searching : choosing
    }
}

extension PatientPage {
    private var choosing: HTML {
        PageFrame(
            site: site, visitor: visitor, interaction: interaction, title: forWhom, hasProblem: isDirectoryDown
        ).render(
            """
            \(isDirectoryDown ? PatientSearch(outcome: .unavailable).problem(in: language) : nil)
            <h1>\(forWhom)</h1>
            <p class="lead">\(lead)</p>
            <ul class="plain patients">
            \(people.map { $0.entry(on: today, in: language, isWhole: true, action: choice($0.patient)) })
            </ul>
            \(cancellation)
            """)
    }

    private var searching: HTML {
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
            \(emergencyDoor(interaction: interaction), if: offersEmergency && search.outcome == .nobody)
            \(cancellation)
            """)
    }

    private var cancellation: HTML {
        """
        <form method="post" action="/portal/patient">
        \(hiddenFields)
        <button class="quiet" name="cancel" value="yes">\(cancel)</button>
        </form>
        """
    }

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
