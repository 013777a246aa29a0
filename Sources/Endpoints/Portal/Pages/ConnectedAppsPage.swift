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
package struct ConnectedAppsPage: SpokenPage {
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
            site: site, visitor: visitor, title: connectedAppsTitle, hasProblem: notice?.isProblem ?? false
        ).render(
            """
            \(notice.map(markup))
            <h1>\(connectedAppsTitle)</h1>
            <p class="lead">\(lead)</p>
            \(apps.isEmpty ? empty : nil)
            \(section("away", awayHeading, lasting))
            \(section("here", hereHeading, passing))
            \(consequence, if: !apps.isEmpty)
            """)
    }
}

extension ConnectedAppsPage {
    private var lasting: [ConnectedApp] { apps.filter { $0.offlineUntil != nil } }
    private var passing: [ConnectedApp] { apps.filter { $0.offlineUntil == nil } }

    private var consequence: HTML {
        """
        <p class="aside">\(consequenceWords)</p>
        """
    }

    private var empty: HTML {
        """
        <div class="card">
        <h2>\(emptyTitle)</h2>
        <p>\(emptyWords)</p>
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
        let lines = ConsentSentences(app.scopes, for: app.isOwnRecord ? .patient : .other, in: language).lines
        return """
            <li class="card">
            <h3><bdi>\(app.name)</bdi></h3>
            <dl class="particulars">
            \(about(app).map { "<div><dt>\(recordTerm)</dt><dd>\($0)</dd></div>" })
            <div><dt>\(allowedTerm)</dt><dd>\(app.since.words(in: language))</dd></div>
            <div><dt>\(lastUsedTerm)</dt><dd>\(app.lastUsed?.words(in: language) ?? notYet)</dd></div>
            \(app.offlineUntil.map { "<div><dt>\(endsTerm)</dt><dd>\($0.words(in: language))</dd></div>" })
            </dl>
            <details>
            <summary>\(whatItMayDo(app.name))</summary>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            </details>
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))\(.hidden("app", app.id))
            <button class="quiet" name="end" value="yes">\(endAccess(of: app.name, record: about(app)))</button>
            </form>
            </li>

            """
    }

    private func about(_ app: ConnectedApp) -> HTML? {
        if app.isOwnRecord { return yours }
        return app.patient.map { "<bdi>\($0)</bdi>" }
    }
}

extension ConnectedAppsPage.Notice {
    fileprivate var isProblem: Bool {
        if case .ended = self { false } else { true }
    }
}
