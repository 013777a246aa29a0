import HTTP

/// What becomes of a request and why, in words for an administrator. It is read off the very decision.
package struct AccessExplanation: Sendable, Equatable {
    /// The row of the decision table: `S1`.
    package let row: String
    /// What the request asks for.
    package let asked: String
    /// What is done with it.
    package let outcome: String
    /// What the FHIR server is asked, where that is known before anything was looked at.
    package let upstream: String?
    /// Why it is refused.
    package let reason: String?
    /// A scope that would do, where one is missing.
    package let needed: String?

    package init(row: String, asked: String, outcome: String, upstream: String?, reason: String?, needed: String?) {
        self.row = row
        self.asked = asked
        self.outcome = outcome
        self.upstream = upstream
        self.reason = reason
        self.needed = needed
    }
}

extension DecisionTable {
    package func explanation(of request: FHIRRequest) -> AccessExplanation {
        let decision = decision(on: request)
        let (outcome, upstream) = Self.words(decision)
        var refusal: FHIRRefusal?
        if case .deny(let denied) = decision { refusal = denied }
        return AccessExplanation(
            row: Self.row(of: request), asked: Self.words(request.interaction), outcome: outcome, upstream: upstream,
            reason: refusal?.text, needed: refusal?.neededScope)
    }

    /// The name of the row that decides about a request.
    package static func row(of request: FHIRRequest) -> String {
        switch request.interaction {
        case .capabilities: "open"
        case .read("Binary", _): "R6"
        case .read: "R1"
        case .versionRead: "R2"
        case .instanceHistory: "R3"
        case .typeHistory, .systemHistory: "R4"
        case .search: request.method == .post ? "S2" : "S1"
        case .compartmentSearch(let path): path.owner == "Patient" && path.type != nil ? "S3" : "S4"
        case .systemSearch: "S5"
        case .page: "S6"
        case .create: request.ifNoneExist == nil ? "W1" : "W2"
        case .update: "W3"
        case .patch: "W4"
        case .delete: "W5"
        case .conditionalChange: "W6"
        case .bundle: "B"
        case .export: "X2"
        case .operation(let operation): row(of: operation)
        case nil: "Z"
        }
    }

    private static func row(of operation: FHIROperation) -> String {
        switch operation.name {
        case "everything": "O1"
        case "docref": "O2"
        case "lastn": "O3"
        case "expand", "lookup", "validate-code", "translate", "subsumes": "O4"
        case "validate": "O5"
        case "summary": "O6"
        case "export": "X1"
        default: "O7"
        }
    }

    private static func words(_ decision: AccessDecision) -> (outcome: String, upstream: String?) {
        switch decision {
        case .deny(let refusal): ("refused with \(refusal.status)", nil)
        case .needsBody: ("decided by the body, which is not given here", nil)
        case .handOff(let handOff): ("handed to the FHIR server", handOff.target)
        case .relay(.read(let type, let id, let version)):
            (
                "fetched, and given out if the token may see it",
                "/\(type)/\(id)\(version.map { "/_history/\($0)" } ?? "")"
            )
        case .relay(.search(let narrowing, let target)):
            ("searched, and every entry looked at", target.with(query: narrowing.query).text)
        case .relay(.history(_, _, let target)), .relay(.collection(let target)):
            ("fetched, and every entry looked at", target.text)
        case .relay(.create(let narrowing, let handOff)):
            ("handed on unless the token finds one already: \(narrowing.query.encoded)", handOff.target)
        case .relay(.page(let link)): ("fetched, and every entry looked at", link.target)
        case .relay(.document(let target)): ("fetched, and given out if the token may see all of it", target.text)
        case .relay(.binary(_, let target, _)): ("handed on if it belongs to something the token may see", target.text)
        case .relay(.change(let change)):
            ("handed on if the token may change what is there now", change.handOff.target)
        case .relay(.export(let target, _)): ("begun, and followed by links of ours", target.text)
        case .relay(.exportStatus(let link)): ("asked for, with links of ours", link.target.text)
        case .relay(.batch(let entries)): ("carried out entry by entry: \(entries.count)", nil)
        case .relay(.transaction(let entries, _, _)): ("carried out as a whole: \(entries.count) entries", nil)
        }
    }

    private static func words(_ interaction: FHIRInteraction?) -> String {
        switch interaction {
        case .capabilities: "what the server can do"
        case .read(let type, _): "a \(type)"
        case .versionRead(let type, _, _): "a version of a \(type)"
        case .instanceHistory(let type, _): "the history of a \(type)"
        case .typeHistory(let type): "the history of every \(type)"
        case .systemHistory: "the history of everything"
        case .search(let type): "a search of \(type)"
        case .compartmentSearch(let path): "a search of \(path.type ?? "everything") in a compartment of \(path.owner)"
        case .systemSearch: "a search of several types"
        case .page: "a page of an earlier answer"
        case .create(let type): "the creation of a \(type)"
        case .update(let type, _): "the update of a \(type)"
        case .patch(let type, _): "a patch of a \(type)"
        case .delete(let type, _): "the end of a \(type)"
        case .conditionalChange(let type): "a change of whatever \(type) a search finds"
        case .bundle: "a batch or a transaction"
        case .export: "how far an export is, or what came of it"
        case .operation(let operation): "the operation \(operation.spelling)"
        case nil: "something that has no rule here"
        }
    }
}

extension FHIRRefusal {
    /// A scope that would do, where that is what is missing.
    package var neededScope: String? {
        if case .insufficientScope(let scope) = challenge { scope } else { nil }
    }
}
