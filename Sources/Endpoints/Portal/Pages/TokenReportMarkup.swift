import HTTP
import OAuth
import SMART

/// What the token inspector found.
struct TokenReportMarkup: SpokenPage {
    let site: Site
    let report: TokenReport
    /// What is wrong with the request that was typed beside it.
    let problem: String?
    let now: Instant

    var html: HTML {
        """
        <div class="notice" role="status">
        <h3>\(title)</h3>
        <p>\(beginsWith(report.beginning))</p>
        \(found)
        \(problem.map { "<p lang=\"en\" dir=\"ltr\">\($0)</p>" })
        </div>
        """
    }
}

extension TokenReportMarkup {
    private var found: HTML {
        switch report.finding {
        case .standing(let standing): Self.list(rows(standing))
        case .signed(let signed): Self.list(rows(signed))
        case .oneTime: "<p>\(oneTimeWords)</p>"
        case .unknown: "<p>\(unknownWords)</p>"
        }
    }

    private static func list(_ rows: [(HTML, HTML?)]) -> HTML {
        let shown = rows.compactMap { label, value in value.map { (label, $0) } }
        return "<dl>\(shown.map { label, value -> HTML in "<dt>\(label)</dt><dd>\(value)</dd>" })</dl>"
    }

    private func rows(_ standing: TokenReport.Standing) -> [(HTML, HTML?)] {
        let isOwn = standing.user?.fhirUser?.ownPatient != nil
        let sentences = ConsentSentences(standing.scopes, for: isOwn ? .patient : .other, in: language).lines
        return [
            (kindLabel, standing.isRefreshToken ? refreshToken : accessToken),
            (lifeLabel, words(standing.life)),
            (endsLabel, Self.code(standing.expiresAt.timestamp)),
            (appLabel, Self.code(standing.clientID)),
            (personLabel, standing.user.map { "<bdi>\($0.name)</bdi>" } ?? nobody),
            (fhirUserLabel, standing.user?.fhirUser.map { Self.code($0.description) }),
            (patientRow, standing.context.patient.map(Self.code)),
            (encounterLabel, standing.context.encounter.map(Self.code)),
            (mayLabel, "<ul>\(sentences.map { line -> HTML in "<li>\(line)</li>" })</ul>"),
            (scopesLabel, Self.code(standing.scopes.description)),
        ] + (standing.explanation.map(rows) ?? [])
    }

    private func rows(_ explanation: AccessExplanation) -> [(HTML, HTML?)] {
        func english(_ text: String?) -> HTML? { text.map { "<span lang=\"en\" dir=\"ltr\">\($0)</span>" } }
        return [
            (ruleLabel, Self.code(explanation.row)), (askedLabel, english(explanation.asked)),
            (outcomeLabel, english(explanation.outcome)), (upstreamLabel, explanation.upstream.map(Self.code)),
            (reasonLabel, english(explanation.reason)), (neededLabel, explanation.needed.map(Self.code)),
        ]
    }

    private func rows(_ signed: TokenReport.Signed) -> [(HTML, HTML?)] {
        var why: String?
        if case .wrong(let reason) = signed.verdict { why = reason }
        if case .notCurrent(let reason) = signed.verdict { why = reason }
        return [
            (kindLabel, signedToken), (lifeLabel, words(signed.verdict)),
            (reasonLabel, why.map { "<span lang=\"en\" dir=\"ltr\">\($0)</span>" }),
            (headerLabel, Self.code(signed.header)), (claimsLabel, Self.code(signed.claims)),
        ]
    }

    private static func code(_ text: String) -> HTML { "<code>\(text)</code>" }
}
