import HTTP
import SMART

/// May this app have what it asks for? Everything that it gets is on this page, in words.
package struct ConsentPage: Sendable {
    package let site: Site
    package let visitor: Visitor
    package let interaction: String
    package let appName: String
    /// The host that the answer goes to.
    package let appHost: String
    package let isLaunchFromEHR: Bool
    /// The patient in context.
    package let patient: PatientSummary?
    /// Whether the person is that patient.
    package let isOwnRecord: Bool
    /// What the app gets if the person allows it.
    package let offered: ScopeSet
    /// The `scope` parameter as the app sent it.
    package let requested: String
    /// Seconds that the app's access lives on after each use, where it may go on offline.
    package let offlineLifetime: Int
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, interaction: String, appName: String, appHost: String, isLaunchFromEHR: Bool,
        patient: PatientSummary?, isOwnRecord: Bool, offered: ScopeSet, requested: String, offlineLifetime: Int,
        today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.interaction = interaction
        self.appName = appName
        self.appHost = appHost
        self.isLaunchFromEHR = isLaunchFromEHR
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        self.offered = offered
        self.requested = requested
        self.offlineLifetime = offlineLifetime
        self.today = today
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, interaction: interaction, title: "Allow \(appName)?").render(
            """
            <h1>\(question)</h1>
            \(patient?.banner(label: isOwnRecord ? "Your record" : "Patient", on: today))
            <p class="lead">\(origin) Nothing is shared before you answer.</p>
            <section class="card" aria-labelledby="may">
            <h2 id="may">If you allow it, the app may</h2>
            \(accesses.map(list))
            \(further)
            \("<p class=\"aside\">It never gets more than you may see yourself.</p>", if: !accesses.isEmpty)
            </section>
            \(everything, if: sentences.wildcard)
            \(offline, if: sentences.offline)
            \(withheld)
            <section aria-labelledby="answer">
            <h2 id="answer">Your answer</h2>
            <p>\(destination)</p>
            <form class="answers" method="post" action="/portal/consent">
            \(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Don’t allow</button>
            </form>
            </section>
            """)
    }
}

extension ConsentPage {
    private var reader: ConsentSentences.Reader { isOwnRecord ? .patient : .other }
    private var sentences: ConsentSentences { ConsentSentences(offered, for: reader) }

    private var accesses: [ConsentSentences.Access] { sentences.read + sentences.change + sentences.delete }

    private var question: HTML {
        let records = ConsentSentences.records(offered, for: reader)
        guard !records.isEmpty else {
            return "Allow <bdi>\(appName)</bdi>\(" to know who you are", if: sentences.identity != nil)?"
        }
        return "Allow <bdi>\(appName)</bdi> to use \(records.joined(separator: " and "))?"
    }

    private var origin: HTML {
        isLaunchFromEHR
            ? "You started <strong><bdi>\(appName)</bdi></strong> from \(site.name)."
            : "<strong><bdi>\(appName)</bdi></strong> asks \(site.name) for access."
    }

    /// Host and patient stand once more beside the buttons, where a long page has left them far above.
    private var destination: HTML {
        guard !isOwnRecord else {
            return """
                It goes to <strong>\(appHost)</strong>. What the app then does with your information is up to the \
                people who run it; their privacy policy tells you more.
                """
        }
        guard let patient else { return "It goes to <strong>\(appHost)</strong>." }
        return """
            It is about <strong><bdi>\(patient.displayName)</bdi></strong>, \(patient.distinction(on: today)), \
            and goes to <strong>\(appHost)</strong>.
            """
    }

    private func list(_ access: ConsentSentences.Access) -> HTML {
        """
        <h3>\(access.heading)</h3>
        <ul>\(access.kinds.map { kind -> HTML in "<li>\(Self.sentence(kind))</li>" })</ul>

        """
    }

    private var further: HTML? {
        let lines = (sentences.identity.map { [$0] } ?? []) + sentences.also
        guard !lines.isEmpty else { return nil }
        return "\("<h3>Also</h3>", if: !accesses.isEmpty)<ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>"
    }

    private var everything: HTML {
        """
        <section class="caution" aria-labelledby="everything">
        <h2 id="everything">This is everything</h2>
        <p>The app asks for all kinds of information: what is recorded now, and what will be recorded later, \
        sensitive matters included.</p>
        </section>
        """
    }

    private var offline: HTML {
        """
        <section class="caution" aria-labelledby="offline">
        <h2 id="offline">It keeps its access while you are away</h2>
        <p>The app can go on \(doing) without you being here, for up to \
        \(TimeInWords.span(offlineLifetime)) after its last use, or until you ask \(site.name) to end it.</p>
        </section>
        """
    }

    private var doing: HTML {
        if accesses.isEmpty { return "using what you allow" }
        return sentences.change.isEmpty && sentences.delete.isEmpty ? "reading" : "reading and changing"
    }

    /// What was asked for and is not to be had: the app may work less well without it, whatever the answer.
    private var withheld: HTML? {
        let words = requested.split(separator: " ").map(String.init)
        let asked = ConsentSentences(ScopeSet(words.compactMap { Scope($0) }), for: reader)
        let unknown = words.filter { Scope($0) == nil }.map { "“\($0)”, which \(site.name) does not know" }
        let lines = asked.lines(beyond: sentences) + unknown
        guard !lines.isEmpty else { return nil }
        return """
            <section class="notice" aria-labelledby="withheld">
            <h2 id="withheld">Asked for, and not offered</h2>
            <p>The app does not get this, whatever you answer:</p>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            </section>
            """
    }

    private static func sentence(_ phrase: String) -> String {
        phrase.prefix(1).uppercased() + phrase.dropFirst()
    }
}
