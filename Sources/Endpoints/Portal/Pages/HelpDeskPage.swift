import HTTP
import SMART

/// Somebody whom the help desk has found.
package struct FoundCaller: Sendable {
    /// Goes with the form that opens the page of this person; never shown.
    package let id: String
    package let username: String
    package let name: String
    package let kind: FHIRUser.Kind?
    /// Of a patient, as the record has it, so that the caller can be asked for two identifiers.
    package let patient: PatientSummary?
    package let isDisabled: Bool

    package init(
        id: String, username: String, name: String, kind: FHIRUser.Kind?, patient: PatientSummary? = nil,
        isDisabled: Bool = false
    ) {
        self.id = id
        self.username = username
        self.name = name
        self.kind = kind
        self.patient = patient
        self.isDisabled = isDisabled
    }
}

/// Where the help desk finds the person who calls, and says what it is about.
package struct HelpDeskPage: SpokenPage {
    package enum Outcome: Sendable {
        /// Nothing was asked yet.
        case none
        case found([FoundCaller], isCut: Bool)
    }

    package enum Notice: Sendable, Equatable {
        case reasonMissing
        case tooShort
        /// The FHIR server does not answer, so nobody is found by a record number, or described by one.
        case recordsSilent
        case noSuchPerson
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    package let query: String
    package let reason: String
    package let outcome: Outcome
    package let notice: Notice?
    package let today: CalendarDate

    package init(
        site: Site, visitor: Visitor, query: String = "", reason: String = "", outcome: Outcome = .none,
        notice: Notice? = nil, today: CalendarDate
    ) {
        self.site = site
        self.visitor = visitor
        self.query = query
        self.reason = reason
        self.outcome = outcome
        self.notice = notice
        self.today = today
    }

    package static let path = "/portal/help-desk"
    /// Where one person's apps are looked at, and ended.
    package static let personPath = "/portal/help-desk/person"

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: helpDeskTitle, hasProblem: notice != nil).render(
            """
            \(notice.map(markup))
            <h1>\(helpDeskTitle)</h1>
            <p class="lead">\(lead)</p>
            <div class="card">
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))
            \(.reasonField(reasonLabel, hint: reasonHint, reason, isMissing: notice == .reasonMissing))
            <div class="field">
            <label for="q">\(queryLabel)</label>
            <p class="hint" id="q-hint">\(queryHint)</p>
            <div class="row">
            <input id="q" name="q" type="search" value="\(query)" autocomplete="off" spellcheck="false" \
            aria-describedby="q-hint" required\(" aria-invalid=\"true\"", if: notice == .tooShort)>
            <button>\(PatientSearch.search(language))</button>
            </div>
            </div>
            </form>
            </div>
            \(results)
            <p><a href="/portal">\(backToStart)</a></p>
            """)
    }
}

extension HelpDeskPage {
    private var results: HTML? {
        switch outcome {
        case .none: nil
        case .found(let callers, isCut: _) where callers.isEmpty:
            """
            <div class="notice" role="status">
            <h2>\(nobodyTitle)</h2>
            <p>\(nobodyWords)</p>
            </div>
            """
        case .found(let callers, isCut: let isCut):
            """
            <section aria-labelledby="found">
            <h2 id="found">\(foundTitle(callers.count, isCut: isCut))</h2>
            <p>\(proveFirst)</p>
            <ul class="plain patients">
            \(callers.map(entry))
            </ul>
            </section>
            """
        }
    }

    private func entry(_ caller: FoundCaller) -> HTML {
        """
        <li>
        <div>
        <h3><bdi>\(caller.name)</bdi>\(" <span class=\"mark\">\(disabledMark)</span>", if: caller.isDisabled)</h3>
        <dl class="particulars">
        <div><dt>\(kindTerm)</dt><dd>\(words(for: caller.kind))</dd></div>
        <div><dt>\(userNameLabel)</dt><dd><bdi>\(caller.username)</bdi></dd></div>
        </dl>
        \(caller.patient?.particulars(on: today, in: language))
        </div>
        <form method="post" action="\(Self.personPath)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("person", caller.id))\(.hidden("reason", reason))
        <button>\(look(at: caller))</button>
        </form>
        </li>

        """
    }
}
