import HTTP
import OAuth
import SMART

/// What holds of one thing that a patient has said about apps.
package struct SharingLimit: Sendable {
    /// The apps by name; `nil` for every app.
    package let app: String?
    /// In everyday words.
    package let kinds: [String]
    package let since: CalendarDate
    /// The last whole day; `nil` until it is taken back.
    package let until: CalendarDate?
    /// Whether it begins on that day and not before.
    package let isToCome: Bool
    package let source: ConsentDirective.Source

    package init(
        app: String?, kinds: [String], since: CalendarDate, until: CalendarDate? = nil, isToCome: Bool = false,
        source: ConsentDirective.Source
    ) {
        self.app = app
        self.kinds = kinds
        self.since = since
        self.until = until
        self.isToCome = isToCome
        self.source = source
    }
}

/// What apps may not see of a patient's record, whoever said so; what is said here can be changed here.
package struct LimitsPage: SpokenPage {
    package enum Notice: Sendable, Equatable {
        case saved
        case lifted
        case unchanged
        /// Another window, or somebody who acts for the patient, was faster.
        case changedMeanwhile
        /// No patient for whom this person may speak.
        case noSuchPatient
        /// The record of a patient for whom the person acts cannot be named just now.
        case recordUnavailable
        case formExpired
    }

    /// Whose record it is about, and what is said of it.
    package struct Subject: Sendable {
        package let id: String
        /// `nil` while the own record cannot be shown.
        package let patient: PatientSummary?
        /// `nil` for the own record.
        package let acting: ActingFor?
        package let limits: [SharingLimit]
        package let ticked: Set<String>
        /// Of what is said here: 0 where nothing was yet.
        package let version: Int

        package init(
            id: String, patient: PatientSummary?, acting: ActingFor?, limits: [SharingLimit], ticked: Set<String>,
            version: Int
        ) {
            self.id = id
            self.patient = patient
            self.acting = acting
            self.limits = limits
            self.ticked = ticked
            self.version = version
        }
    }

    package let site: Site
    package let visitor: Visitor
    /// The person and those for whom the person acts; empty for who acts for nobody.
    package let people: [ActingChoice]
    /// `nil` where a choice is to be made first, and for who is no patient.
    package let subject: Subject?
    /// Whether more can be kept from apps here, and not only be seen and taken back.
    package let isOffered: Bool
    package let choices: DenialChoices
    package let notice: Notice?
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, people: [ActingChoice] = [], subject: Subject?, isOffered: Bool = true,
        notice: Notice? = nil, today: CalendarDate
    ) {
        self.isOffered = isOffered
        self.site = site
        self.visitor = visitor
        self.people = people
        self.subject = subject
        self.notice = notice
        self.today = today
        choices = DenialChoices(in: site.language)
    }

    /// The page, and where its forms go.
    package static let path = "/portal/sharing"

    /// Where it is about this patient.
    package static func path(about patient: String?) -> String {
        patient.map { "\(path)?\(Form([("patient", $0)]).encoded)" } ?? path
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: limitsTitle, hasProblem: notice?.isProblem ?? false).render(
            """
            \(notice.map(markup))
            <h1>\(limitsTitle)</h1>
            \(choices(among: people, chosen: subject?.id, on: today) { Self.path(about: $0) }, if: !people.isEmpty)
            \(subject.map(content) ?? withoutSubject)
            <p><a href="/portal">\(backToStart)</a></p>
            """)
    }
}

extension LimitsPage {
    var isOwnRecord: Bool { subject?.acting == nil }

    private var withoutSubject: HTML {
        people.isEmpty && notice != .recordUnavailable ? noRecord : .empty
    }

    private var noRecord: HTML {
        """
        <div class="card">
        <h2>\(noRecordTitle)</h2>
        <p>\(noRecordWords)</p>
        </div>
        """
    }

    private func content(_ subject: Subject) -> HTML {
        """
        \(subject.patient?.banner(label: isOwnRecord ? yourRecord : forWhomYouAct, on: today, in: language))
        <p class="lead">\(lead)</p>
        \(list(subject.limits))
        \(isOffered ? form(subject) : elsewhere)
        \(lifting(subject), if: subject.limits.contains { $0.source == .page })
        """
    }

    private func list(_ limits: [SharingLimit]) -> HTML {
        guard !limits.isEmpty else {
            return """
                <div class="card">
                <h2>\(emptyTitle)</h2>
                <p>\(emptyWords)</p>
                </div>
                """
        }
        return """
            <section aria-labelledby="limits">
            <h2 id="limits">\(listTitle)</h2>
            <ul class="plain apps">
            \(limits.map(entry))
            </ul>
            </section>
            """
    }

    private func entry(_ limit: SharingLimit) -> HTML {
        """
        <li class="card">
        <h3>\(limit.app.map { name -> HTML in "<bdi>\(name)</bdi>" } ?? everyApp)</h3>
        <p>\(doesNotSee)</p>
        <ul>\(limit.kinds.map { kind -> HTML in "<li>\(kind)</li>" })</ul>
        <dl class="particulars">
        <div><dt>\(limit.isToCome ? fromTerm : sinceTerm)</dt><dd>\(limit.since.words(in: language))</dd></div>
        <div><dt>\(untilTerm)</dt><dd>\(limit.until?.words(in: language) ?? untilTakenBack)</dd></div>
        <div><dt>\(saidTerm)</dt><dd>\(said(limit.source))</dd></div>
        </dl>
        \(whomToAsk(limit.source).map { "<p class=\"aside\">\($0)</p>" })
        </li>

        """
    }

    private var elsewhere: HTML {
        """
        <section aria-labelledby="keep">
        <h2 id="keep">\(keepTitle)</h2>
        <p>\(keepElsewhere)</p>
        </section>
        """
    }

    private func form(_ subject: Subject) -> HTML {
        """
        <section aria-labelledby="keep">
        <h2 id="keep">\(keepTitle)</h2>
        <p>\(keepLead)</p>
        </section>
        <form class="stack" method="post" action="\(Self.path)">
        \(fields(subject))
        <div class="card">
        <fieldset>
        <legend><h3>\(noAppSees)</h3></legend>
        <ul class="plain ticks">
        \(row(choices.everything, "d", subject.ticked))
        </ul>
        </fieldset>
        </div>
        <div class="card">
        <fieldset>
        <legend><h3>\(noAppSeesOf)</h3></legend>
        <ul class="plain ticks">
        \(rows(choices.kinds, "d", subject.ticked))
        </ul>
        </fieldset>
        </div>
        <section aria-labelledby="afterwards">
        <h2 id="afterwards">\(afterwardsTitle)</h2>
        <ul>\(consequences.map { line -> HTML in "<li>\(line)</li>" })</ul>
        <div class="answers">
        <button name="do" value="save">\(save)</button>
        <a class="button quiet" href="/portal">\(leave)</a>
        </div>
        </section>
        </form>
        """
    }

    private func fields(_ subject: Subject) -> HTML {
        """
        \(.hidden("csrf", visitor.csrf))\(.hidden("patient", subject.id))\(.hidden("version", String(subject.version)))
        """
    }

    private func rows(_ choices: [DenialChoices.Choice], _ prefix: String, _ ticked: Set<String>) -> [HTML] {
        choices.enumerated().map { index, choice in row(choice, "\(prefix)\(index)", ticked) }
    }

    private func row(_ choice: DenialChoices.Choice, _ name: String, _ ticked: Set<String>) -> HTML {
        """
        <li>
        <input type="checkbox" id="\(name)" name="\(DenialChoices.field)" value="\(choice.id)"\
        \(" checked", if: ticked.contains(choice.id))>
        <label for="\(name)">\(DenialChoices.sentence(choice.words))</label>
        \(choice.parts.isEmpty ? nil : parts(of: choice, name, ticked))
        </li>

        """
    }

    private func parts(of choice: DenialChoices.Choice, _ name: String, _ ticked: Set<String>) -> HTML {
        """
        <details class="within"\(" open", if: choice.parts.contains { ticked.contains($0.id) })>
        <summary>\(onlySome(of: choice.words))</summary>
        <ul class="plain ticks columns">
        \(rows(choice.parts, "\(name)-", ticked))
        </ul>
        <p class="hint">\(severalKinds)</p>
        </details>
        """
    }

    /// A step of its own, for it opens much at once.
    private func lifting(_ subject: Subject) -> HTML {
        """
        <section aria-labelledby="lift">
        <h2 id="lift">\(liftTitle)</h2>
        <details>
        <summary>\(liftSummary)</summary>
        <p>\(liftWords)</p>
        <form method="post" action="\(Self.path)">
        \(fields(subject))
        <button class="quiet" name="do" value="lift">\(liftButton)</button>
        </form>
        </details>
        </section>
        """
    }
}

extension LimitsPage.Notice {
    fileprivate var isProblem: Bool {
        switch self {
        case .saved, .lifted, .unchanged: false
        case .changedMeanwhile, .noSuchPatient, .recordUnavailable, .formExpired: true
        }
    }
}
