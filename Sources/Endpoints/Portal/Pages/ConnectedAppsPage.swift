import HTTP
import SMART

/// An app that a person has let in, as the person sees it.
package struct ConnectedApp: Sendable {
    /// How often it has read, since it was allowed.
    package struct Reads: Sendable {
        package let times: Int
        package let last: CalendarDate

        package init(times: Int, last: CalendarDate) {
            self.times = times
            self.last = last
        }
    }

    /// What its access rests on.
    package enum Basis: Sendable {
        case consent
        /// The site answers for the app; nobody was asked.
        case policy
    }

    /// Names the app in the form that ends its access; never shown.
    package let id: String
    package let name: String
    package let since: CalendarDate
    /// `nil` where it was not used yet.
    package let lastUsed: CalendarDate?
    /// `nil` where it has read nothing yet.
    package let reads: Reads?
    package let scopes: ScopeSet
    /// Whose record it is about; `nil` for none, or for many.
    package let patient: String?
    /// Whether the person is that patient.
    package let isOwnRecord: Bool
    /// When its access while the person is away ends by itself if it is not used; `nil` where it has none.
    package let offlineUntil: CalendarDate?
    package let basis: Basis

    package init(
        id: String, name: String, since: CalendarDate, lastUsed: CalendarDate?, reads: Reads? = nil, scopes: ScopeSet,
        patient: String?, isOwnRecord: Bool, offlineUntil: CalendarDate?, basis: Basis = .consent
    ) {
        self.id = id
        self.name = name
        self.since = since
        self.lastUsed = lastUsed
        self.reads = reads
        self.scopes = scopes
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        self.offlineUntil = offlineUntil
        self.basis = basis
    }
}

/// The apps that the person has let in, and the way to end each one's access: the `management_endpoint`
/// (SMART conformance#using-well-known).
package struct ConnectedAppsPage: ConnectedAppList {
    package enum Notice: Sendable, Equatable {
        /// The access of this app has ended.
        case ended(String)
        case allEnded
        /// This app has less than before, or as much.
        case narrowed(String)
        case unchanged(String)
        /// Somebody, or another window, was faster.
        case changedMeanwhile
        /// What the form named is not there, or not this person's: the same words for both.
        case noSuchApp
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    package let apps: [ConnectedApp]
    package let notice: Notice?
    /// Whether there is a patient for whom the person may say what apps may not see.
    package let leadsToLimits: Bool

    package init(
        site: Site, visitor: Visitor, apps: [ConnectedApp], notice: Notice? = nil, leadsToLimits: Bool = false
    ) {
        self.leadsToLimits = leadsToLimits
        self.site = site
        self.visitor = visitor
        self.apps = apps
        self.notice = notice
    }

    /// The page, and where its forms go.
    package static let path = "/portal/apps"

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, title: connectedAppsTitle, hasProblem: notice?.isProblem ?? false
        ).render(
            """
            \(notice.map(markup))
            <h1>\(connectedAppsTitle)</h1>
            <p class="lead">\(lead)</p>
            \(list)
            \(limits, if: leadsToLimits)
            """)
    }
}

extension ConnectedAppsPage {
    package func actions(on app: ConnectedApp) -> HTML {
        """
        \(change(app), if: app.basis == .consent && !app.scopes.clinical.isEmpty)
        \(endForm(app))
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

    private func change(_ app: ConnectedApp) -> HTML {
        """
        <a class="button quiet" href="\(NarrowingPage.path)?\(Form([("app", app.id)]).encoded)">\(changeAccess(of: app.name))</a>
        """
    }

    package var formAction: String { Self.path }
    package var formFields: HTML { .hidden("csrf", visitor.csrf) }

    package func record(of app: ConnectedApp) -> HTML? {
        if app.isOwnRecord { return yours }
        return app.patient.map { "<bdi>\($0)</bdi>" }
    }

    package func reader(of app: ConnectedApp) -> ConsentSentences.Reader { app.isOwnRecord ? .patient : .other }
}

extension ConnectedAppsPage.Notice {
    fileprivate var isProblem: Bool {
        switch self {
        case .ended, .allEnded, .narrowed, .unchanged: false
        case .noSuchApp, .changedMeanwhile, .formExpired: true
        }
    }
}
