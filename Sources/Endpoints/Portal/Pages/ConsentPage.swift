import HTTP
import SMART

/// May this app have what it asks for? Everything that it gets is on this page, in words, and each thing has its tick.
package struct ConsentPage: Sendable {
    package let site: Site
    package let visitor: Visitor
    package let interaction: String
    package let appName: String
    /// The host that the answer goes to.
    package let appHost: String
    /// Whether somebody at the site has looked at the app, and not only a policy of it.
    package let isVerified: Bool
    package let isLaunchFromEHR: Bool
    /// The patient in context.
    package let patient: PatientSummary?
    /// Whether the person is that patient.
    package let isOwnRecord: Bool
    /// What the app gets if the person allows all of it.
    package let choices: ConsentChoices
    /// What is ticked when the page opens; `nil` for everything.
    package let ticked: Set<ChoiceID>?
    /// The `scope` parameter as the app sent it.
    package let requested: String
    /// Seconds that the app's access lives on after each use, where it may go on offline.
    package let offlineLifetime: Int
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, interaction: String, appName: String, appHost: String, isVerified: Bool,
        isLaunchFromEHR: Bool,
        patient: PatientSummary?, isOwnRecord: Bool, offered: ScopeSet, requested: String, offlineLifetime: Int,
        today: CalendarDate, ticked: Set<ChoiceID>? = nil
    ) {
        self.site = site
        self.visitor = visitor
        self.interaction = interaction
        self.appName = appName
        self.appHost = appHost
        self.isVerified = isVerified
        self.isLaunchFromEHR = isLaunchFromEHR
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        choices = Self.choices(offered, isOwnRecord: isOwnRecord)
        self.ticked = ticked
        self.requested = requested
        self.offlineLifetime = offlineLifetime
        self.today = today
    }

    /// The choices of the page, for whoever reads its form.
    package static func choices(_ offered: ScopeSet, isOwnRecord: Bool) -> ConsentChoices {
        ConsentChoices(offered, for: isOwnRecord ? .patient : .other)
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, interaction: interaction, title: "Allow \(appName)?").render(
            """
            <h1>\(question)</h1>
            \(patient?.banner(label: isOwnRecord ? "Your record" : "Patient", on: today))
            <p class="lead">\(origin) Nothing is shared before you answer.</p>
            \(caution, if: !isVerified)
            <form class="stack" method="post" action="/portal/consent">
            \(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))
            \(guidance, if: !choices.all.isEmpty)
            \(everything, if: choices.hasWildcard)
            \(ticks.fieldsets)
            \(offline)
            \(withheld)
            <section aria-labelledby="answer">
            <h2 id="answer">Your answer</h2>
            <p>\(destination)</p>
            <div class="answers">
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Don’t allow</button>
            </div>
            </section>
            </form>
            """)
    }
}

extension ConsentPage {
    private var reader: ConsentSentences.Reader { isOwnRecord ? .patient : .other }
    private var ticks: ConsentTicks { ConsentTicks(choices, ticked: ticked) }

    private var question: HTML {
        let records = ConsentSentences.records(choices.offered, for: reader)
        guard !records.isEmpty else {
            return "Allow <bdi>\(appName)</bdi>\(" to know who you are", if: choices.identity != nil)?"
        }
        return "Allow <bdi>\(appName)</bdi> to use \(records.joined(separator: " and "))?"
    }

    private var origin: HTML {
        isLaunchFromEHR
            ? "You started <strong><bdi>\(appName)</bdi></strong> from \(site.name)."
            : "<strong><bdi>\(appName)</bdi></strong> asks \(site.name) for access."
    }

    /// The name that an app gives itself is no reason to trust it (RFC 7591 §5).
    private var caution: HTML {
        """
        <p class="caution"><strong>This app is unverified:</strong> nobody at \(site.name) has looked at it, and it chose \
        its name itself. Allow it only if you know it and expected this question.</p>
        """
    }

    private var guidance: HTML {
        """
        <section aria-labelledby="choose">
        <h2 id="choose">Choose what it gets</h2>
        <p>\(advice)\(" It never gets more than you may see yourself.", if: !choices.groups.isEmpty)</p>
        \(untick, if: choices.all.count > 1)
        </section>
        """
    }

    private var advice: HTML {
        ticked == nil
            ? "All that the app asks for is ticked. Untick what it shall not get; it may be able to do less then."
            : "Tick what it may get; without the rest it may be able to do less."
    }

    /// Another form of the same page: without a script nothing else unticks many boxes at once.
    private var untick: HTML {
        let address = Form([("interaction", interaction)]).encoded
        return ticked == nil
            ? "<p><a class=\"button quiet\" href=\"/portal/consent?\(address)&amp;tick=none\">Untick everything</a></p>"
            : "<p><a class=\"button quiet\" href=\"/portal/consent?\(address)\">Tick everything</a></p>"
    }

    private var everything: HTML {
        """
        <section class="caution" aria-labelledby="everything">
        <h2 id="everything">This is everything</h2>
        <p>The app asks for all kinds of information: what is recorded now, and what will be recorded later, \
        sensitive matters included. As soon as you untick one kind, it gets nothing but what you leave ticked, \
        and no kinds that are new later.</p>
        </section>
        """
    }

    private var offline: HTML? {
        guard let choice = choices.offline else { return nil }
        return """
            <section class="caution" aria-labelledby="offline">
            <h2 id="offline">While you are away</h2>
            <ul class="plain ticks">\(ticks.row(choice))</ul>
            <p>It keeps its access while you are away only if this is ticked. It can then go on \(doing) without you \
            being here, for up to \(TimeInWords.span(offlineLifetime)) after its last use, or until you ask \
            \(site.name) to end it.</p>
            </section>
            """
    }

    private var doing: HTML {
        let permissions = choices.offered.clinical.reduce(into: Permissions()) { $0.formUnion($1.permissions) }
        if permissions.isEmpty { return "using what you allow" }
        return permissions.isSubset(of: [.read, .search]) ? "reading" : "reading and changing"
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

    /// What was asked for and is not to be had: the app may work less well without it, whatever the answer.
    private var withheld: HTML? {
        let offered = ConsentSentences(choices.offered, for: reader)
        let known = ConsentSentences(ScopeSet(requested), for: reader).lines(beyond: offered)
        let refused = ScopeSet.refusals(of: requested)
        let lines = known + refused.map { "“\($0.spelling)”, which \(site.name) does not know" }
        guard !lines.isEmpty else { return nil }
        return """
            <section class="notice" aria-labelledby="withheld">
            <h2 id="withheld">Asked for, and not offered</h2>
            <p>The app does not get this, whatever you answer:</p>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            \(refused.isEmpty ? nil : Self.explanation(of: refused))
            </section>
            """
    }

    private static func explanation(of refused: [RefusedScope]) -> HTML {
        """
        <details>
        <summary>For the developer of the app</summary>
        <dl>
        \(refused.map { scope -> HTML in
            "<dt><code>\(scope.spelling)</code></dt><dd>\(scope.reason.description)</dd>"
        })
        </dl>
        </details>
        """
    }
}
