import HTTP
import SMART

/// May this app have what it asks for? Everything that it gets is on this page, in words, and each thing has its tick.
package struct ConsentPage: SpokenPage {
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
        choices = Self.choices(offered, isOwnRecord: isOwnRecord, in: site.language)
        self.ticked = ticked
        self.requested = requested
        self.offlineLifetime = offlineLifetime
        self.today = today
    }

    /// The choices of the page, for whoever reads its form.
    package static func choices(
        _ offered: ScopeSet, isOwnRecord: Bool, in language: Language = .english
    ) -> ConsentChoices {
        ConsentChoices(offered, for: isOwnRecord ? .patient : .other, in: language)
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, interaction: interaction, title: title).render(
            """
            <h1>\(question)</h1>
            \(patient?.banner(label: isOwnRecord ? yourRecord : patientLabel, on: today, in: language))
            <p class="lead">\(origin)</p>
            \(caution, if: !isVerified)
            <form class="stack" method="post" action="/portal/consent">
            \(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))
            \(guidance, if: !choices.all.isEmpty)
            \(everything, if: choices.hasWildcard)
            \(ticks.fieldsets)
            \(offline)
            \(withheld)
            <section aria-labelledby="answer">
            <h2 id="answer">\(answerTitle)</h2>
            <p>\(destination)</p>
            <div class="answers">
            <button name="decision" value="allow">\(allow)</button>
            <button name="decision" value="deny">\(deny)</button>
            </div>
            </section>
            </form>
            """)
    }
}

extension ConsentPage {
    var reader: ConsentSentences.Reader { isOwnRecord ? .patient : .other }
    private var ticks: ConsentTicks { ConsentTicks(choices, ticked: ticked, in: language) }

    /// The name that an app gives itself is no reason to trust it (RFC 7591 §5).
    private var caution: HTML {
        """
        <p class="caution">\(cautionWords)</p>
        """
    }

    private var guidance: HTML {
        """
        <section aria-labelledby="choose">
        <h2 id="choose">\(chooseTitle)</h2>
        <p>\(advice)\(neverMore, if: !choices.groups.isEmpty)</p>
        \(untick, if: choices.all.count > 1)
        </section>
        """
    }

    /// Another form of the same page: without a script nothing else unticks many boxes at once.
    private var untick: HTML {
        let address = Form([("interaction", interaction)]).encoded
        return ticked == nil
            ? "<p><a class=\"button quiet\" href=\"/portal/consent?\(address)&amp;tick=none\">\(untickAll)</a></p>"
            : "<p><a class=\"button quiet\" href=\"/portal/consent?\(address)\">\(tickAll)</a></p>"
    }

    private var everything: HTML {
        """
        <section class="caution" aria-labelledby="everything">
        <h2 id="everything">\(everythingTitle)</h2>
        <p>\(everythingWords)</p>
        </section>
        """
    }

    private var offline: HTML? {
        guard let choice = choices.offline else { return nil }
        return """
            <section class="caution" aria-labelledby="offline">
            <h2 id="offline">\(offlineTitle)</h2>
            <ul class="plain ticks">\(ticks.row(choice))</ul>
            <p>\(offlineWords)</p>
            </section>
            """
    }

    /// What was asked for and is not to be had: the app may work less well without it, whatever the answer.
    private var withheld: HTML? {
        let offered = ConsentSentences(choices.offered, for: reader, in: language)
        let known = ConsentSentences(ScopeSet(requested), for: reader, in: language).lines(beyond: offered)
        let refused = ScopeSet.refusals(of: requested)
        let lines = known + refused.map { unknown($0.spelling) }
        guard !lines.isEmpty else { return nil }
        return """
            <section class="notice" aria-labelledby="withheld">
            <h2 id="withheld">\(withheldTitle)</h2>
            <p>\(withheldWords)</p>
            <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
            \(refused.isEmpty ? nil : explanation(of: refused))
            </section>
            """
    }

    private func explanation(of refused: [RefusedScope]) -> HTML {
        """
        <details>
        <summary>\(forDeveloper)</summary>
        <dl>
        \(refused.map { scope -> HTML in
            "<dt><code>\(scope.spelling)</code></dt><dd lang=\"en\" dir=\"ltr\">\(scope.reason.description)</dd>"
        })
        </dl>
        </details>
        """
    }
}
