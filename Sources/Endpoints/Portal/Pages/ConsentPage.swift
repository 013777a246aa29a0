import HTTP
import OAuth
import SMART

/// May this app have what it asks for? Everything that it gets is on this page, in words, and each thing has its tick.
package struct ConsentPage: SpokenPage {
    package let site: Site
    package let visitor: Visitor
    package let interaction: String
    package let appName: String
    /// Whose app it says it is.
    package let organization: String?
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
    /// What it asked for and cannot have.
    package let withheld: WithheldScopes
    /// Seconds that the app's access lives on after each use, where it may go on offline.
    package let offlineLifetime: Int
    package let today: CalendarDate
    /// As what the person answers for the patient; `nil` where the person does not.
    package let acting: ActingFor?

    package init(
        site: Site, visitor: Visitor, interaction: String, appName: String, organization: String? = nil,
        appHost: String,
        isVerified: Bool, isLaunchFromEHR: Bool,
        patient: PatientSummary?, isOwnRecord: Bool, withheld: WithheldScopes, offlineLifetime: Int,
        today: CalendarDate, ticked: Set<ChoiceID>? = nil, acting: ActingFor? = nil
    ) {
        self.acting = acting
        self.site = site
        self.visitor = visitor
        self.interaction = interaction
        self.appName = appName
        self.organization = organization
        self.appHost = appHost
        self.isVerified = isVerified
        self.isLaunchFromEHR = isLaunchFromEHR
        self.patient = patient
        self.isOwnRecord = isOwnRecord
        choices = Self.choices(withheld.offered, isOwnRecord: isOwnRecord, in: site.language)
        self.ticked = ticked
        self.withheld = withheld
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
            \(patient?.banner(label: bannerLabel, on: today, in: language))
            \(acting.map { "<p class=\"notice\">\(actingWords($0))</p>" })
            <p class="lead">\(origin)</p>
            \(isVerified ? "<p>\(whoseWords)</p>" : caution)
            <form class="stack" method="post" action="/portal/consent">
            \(.hidden("csrf", visitor.csrf))\(.hidden("interaction", interaction))
            \(guidance, if: !choices.all.isEmpty)
            \(everything, if: choices.hasWildcard)
            \(ticks.fieldsets)
            \(offline)
            \(whatIsWithheld)
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
    private var bannerLabel: String {
        if isOwnRecord { return yourRecord }
        return acting == nil ? patientLabel : forWhomYouAct
    }
    private var ticks: ConsentTicks { ConsentTicks(choices, ticked: ticked, in: language) }

    /// The name that an app gives itself is no reason to trust it (RFC 7591 §5).
    private var caution: HTML {
        """
        <p class="caution">\(cautionWords)\(organization.map(claimWords))</p>
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

    /// What was asked for and is not to be had, whatever the answer; folded, for it changes nothing of the question.
    private var whatIsWithheld: HTML? {
        guard !withheld.isEmpty else { return nil }
        let reasons: [(HTML, [String])] = [
            (notRegisteredWords, sentences(of: withheld.notRegistered)),
            (beyondYouWords, sentences(of: withheld.beyondThePerson)),
            (deniedElsewhereWords, sentences(of: withheld.denied.parts)),
            (forServicesWords, sentences(of: withheld.forServices)),
            (unknownWords, withheld.unknown.map { quoted($0.spelling) }),
        ]
        return """
            <details class="notice">
            <summary>\(withheldTitle)</summary>
            <p>\(withheldWords)</p>
            \(reasons.map { reason, lines -> HTML in lines.isEmpty ? .empty : Self.list(reason, lines) })
            \(whereToChange)
            \(explanations)
            </details>
            """
    }

    /// For who may say what apps do not see of this patient, and is signed in here, so that the page opens.
    private var whereToChange: HTML? {
        guard !withheld.denied.parts.isEmpty, isOwnRecord || acting != nil, visitor.canSignOut else { return nil }
        let address = LimitsPage.path(about: isOwnRecord ? nil : patient?.id)
        return "<p>\(changeItAt("<a href=\"\(address)\">\(limitsTitle)</a>"))</p>"
    }

    private static func list(_ reason: HTML, _ lines: [String]) -> HTML {
        """
        <p><strong>\(reason)</strong></p>
        <ul>\(lines.map { line -> HTML in "<li>\(line)</li>" })</ul>
        """
    }

    /// What these scopes would let the app do beyond what it can have.
    private func sentences(of scopes: ScopeSet) -> [String] {
        ConsentSentences(scopes, for: reader, in: language).lines(
            beyond: ConsentSentences(choices.offered, for: reader, in: language))
    }

    private var explanations: HTML {
        """
        <details>
        <summary>\(forDeveloper)</summary>
        <dl>
        \(withheld.explanations.map { scope, why -> HTML in
            "<dt><code>\(scope)</code></dt><dd lang=\"en\" dir=\"ltr\">\(why)</dd>"
        })
        </dl>
        </details>
        """
    }
}
