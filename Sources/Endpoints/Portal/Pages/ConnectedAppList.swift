import HTTP
import SMART

/// A page that lists apps which a person has let in: that person's own, and the help desk's.
package protocol ConnectedAppList: SpokenPage {
    var apps: [ConnectedApp] { get }
    /// Where the forms go, and what goes with each.
    var formAction: String { get }
    var formFields: HTML { get }
    /// Said before anybody ends anything.
    var consequenceWords: HTML { get }
    var emptyWords: HTML { get }
    var awayHeading: HTML { get }
    var hereHeading: HTML { get }
    /// What is said of an app that the site answers for.
    var policyWords: HTML { get }

    func endAllWords(_ count: Int) -> HTML
    /// Whose record an app is about; `nil` where there is nothing to say.
    func record(of app: ConnectedApp) -> HTML?
    /// Who reads what the app may do.
    func reader(of app: ConnectedApp) -> ConsentSentences.Reader
    /// The ways to change something.
    func actions(on app: ConnectedApp) -> HTML
}

extension ConnectedAppList {
    /// All of them, those that keep their access while the person is away first; and the way to end all.
    var list: HTML {
        """
        \(apps.isEmpty ? empty : "<p class=\"notice\">\(consequenceWords)</p>")
        \(section("away", awayHeading, apps.filter { $0.offlineUntil != nil }))
        \(section("here", hereHeading, apps.filter { $0.offlineUntil == nil }))
        \(endAll, if: apps.count > 1)
        """
    }

    func endForm(_ app: ConnectedApp) -> HTML {
        """
        <form method="post" action="\(formAction)">
        \(formFields)\(.hidden("app", app.id))
        <button class="quiet" name="end" value="yes">\(endAccess(of: app.name, record: record(of: app)))</button>
        </form>
        """
    }

    /// A step of its own, for nobody gets it back with one click.
    private var endAll: HTML {
        """
        <section aria-labelledby="all">
        <h2 id="all">\(endAllHeading)</h2>
        <details>
        <summary>\(endAllSummary)</summary>
        <p>\(endAllWords(apps.count))</p>
        <form method="post" action="\(formAction)">
        \(formFields)
        <button class="quiet" name="end" value="all">\(endAllButton)</button>
        </form>
        </details>
        </section>
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
        let lines = ConsentSentences(app.scopes, for: reader(of: app), in: language).lines
        return """
            <li class="card">
            <h3><bdi>\(app.name)</bdi></h3>
            <dl class="particulars">
            \(record(of: app).map { "<div><dt>\(recordTerm)</dt><dd>\($0)</dd></div>" })
            <div><dt>\(allowedTerm)</dt><dd>\(app.since.words(in: language))</dd></div>
            <div><dt>\(lastUsedTerm)</dt><dd>\(app.lastUsed?.words(in: language) ?? notYet)</dd></div>
            <div><dt>\(readsTerm)</dt><dd>\(app.reads.map(reads) ?? nothingYet)</dd></div>
            \(app.offlineUntil.map { "<div><dt>\(endsTerm)</dt><dd>\($0.words(in: language))</dd></div>" })
            </dl>
            <details>
            <summary>\(whatItMayDo(app.name))</summary>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            </details>
            \("<p class=\"aside\">\(policyWords)</p>", if: app.basis == .policy)
            <div class="row">
            \(actions(on: app))
            </div>
            </li>

            """
    }
}
