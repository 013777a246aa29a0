import HTTP
import SMART

/// One grant of the person to an app, as the person sees it.
package struct ConnectedApp: Sendable {
    /// Names the grant in the form that ends it; never shown.
    package let id: String
    package let name: String
    package let since: CalendarDate
    /// `nil` where it was not used yet.
    package let lastUsed: CalendarDate?
    package let scopes: ScopeSet
    /// Whose record it is about; `nil` for none, or for many.
    package let patient: String?
    /// Whether the person is that patient.
    package let isOwnRecord: Bool
    /// When its access while the person is away ends by itself if it is not used; `nil` where it has none.
    package let offlineUntil: CalendarDate?

    package init(
        id: String, name: String, since: CalendarDate, lastUsed: CalendarDate?, scopes: ScopeSet, patient: String?,
        isOwnRecord: Bool, offlineUntil: CalendarDate?
    ) {
        self.id = id
        self.name = name
        self.since = since
        self.lastUsed = lastUsed
        self.scopes = scopes
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        self.offlineUntil = offlineUntil
    }
}

/// The apps that the person has let in, and the way to end each one's access: the `management_endpoint`
/// (SMART conformance#using-well-known).
package struct ConnectedAppsPage: Sendable {
    package enum Notice: Sendable, Equatable {
        /// The access of this app has ended.
        case ended(String)
        /// What the form named is not there, or not this person's: the same words for both.
        case noSuchApp
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    package let apps: [ConnectedApp]
    package let notice: Notice?

    package init(site: Site, visitor: Visitor, apps: [ConnectedApp], notice: Notice? = nil) {
        self.site = site
        self.visitor = visitor
        self.apps = apps
        self.notice = notice
    }

    /// The page, and where its forms go.
    package static let path = "/portal/apps"

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, title: "Connected apps", hasProblem: notice?.isProblem ?? false
        ).render(
            """
            \(notice.map { $0.markup })
            <h1>Connected apps</h1>
            <p class="lead">Apps that you have allowed to use information at \(site.name).</p>
            \(apps.isEmpty ? empty : nil)
            \(section("away", "They keep their access while you are away", lasting))
            \(section("here", "They have access while you use them", passing))
            \(consequence, if: !apps.isEmpty)
            """)
    }
}

extension ConnectedAppsPage {
    private var lasting: [ConnectedApp] { apps.filter { $0.offlineUntil != nil } }
    private var passing: [ConnectedApp] { apps.filter { $0.offlineUntil == nil } }

    private var consequence: HTML {
        """
        <p class="aside">An app whose access you end can read nothing more from that moment on. What it has read \
        before stays with it.</p>
        """
    }

    private var empty: HTML {
        """
        <div class="card">
        <h2>No app has access</h2>
        <p>When you allow an app to use information, it stands here until its access ends.</p>
        </div>
        """
    }

    private func section(_ id: String, _ heading: HTML, _ apps: [ConnectedApp]) -> HTML? {
        guard !apps.isEmpty else { return nil }
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(heading)</h2>
            <ul class="plain apps">
            \(apps.map(entry))
            </ul>
            </section>
            """
    }

    private func entry(_ app: ConnectedApp) -> HTML {
        let lines = ConsentSentences(app.scopes, for: app.isOwnRecord ? .patient : .other).lines
        return """
            <li class="card">
            <h3><bdi>\(app.name)</bdi></h3>
            <dl class="particulars">
            \(about(app).map { "<div><dt>Record</dt><dd>\($0)</dd></div>" })
            <div><dt>Allowed on</dt><dd>\(app.since.words)</dd></div>
            <div><dt>Last used</dt><dd>\(app.lastUsed?.words ?? "Not yet")</dd></div>
            \(app.offlineUntil.map { "<div><dt>Ends by itself, if not used, on</dt><dd>\($0.words)</dd></div>" })
            </dl>
            <details>
            <summary>What it may do<span class="unseen"> (\(app.name))</span></summary>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            </details>
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))\(.hidden("app", app.id))
            <button class="quiet" name="end" value="yes">End access<span class="unseen"> of \(app.name)\
            \(about(app).map { ", record: \($0)" })</span></button>
            </form>
            </li>

            """
    }

    private func about(_ app: ConnectedApp) -> HTML? {
        if app.isOwnRecord { return "Yours" }
        return app.patient.map { "<bdi>\($0)</bdi>" }
    }
}

extension ConnectedAppsPage.Notice {
    fileprivate var isProblem: Bool {
        if case .ended = self { false } else { true }
    }

    fileprivate var markup: HTML {
        switch self {
        case .ended(let name):
            .notice("The access of <strong><bdi>\(name)</bdi></strong> has ended. It can read nothing more.")
        case .noSuchApp:
            .problem("This access is not there any more", "It has ended already. The list below is up to date.")
        case .formExpired:
            .problem("Please try once more", "This page was open for a long time, so it has been renewed.")
        }
    }
}
