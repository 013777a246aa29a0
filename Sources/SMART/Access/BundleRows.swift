import HTTP
import JSON

// Rows B1 to B3: batches and transactions, whose entries are judged like requests of their own
// (SMART scopes-and-launch-context#batches-and-transactions).
extension DecisionTable {
    func bundle(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard request.target.query.pairs.allSatisfy({ $0.name == "_format" || $0.name == "_pretty" }) else {
            throw .forbidden("A Bundle has no parameters here.", scope: access.scope(.all, on: nil))
        }
        let isUnlimited = access.isUnlimited(.all)
        if !isUnlimited { try requireJSON(request) }
        guard !request.lacksBody else { return .needsBody }
        let sent = try BundleRequest(request.document(), longest: isUnlimited ? 20_000 : 200)
        let entries = sent.entries.map { entry in self.entry(entry, of: sent.kind) }
        let isAllHandedOn = entries.allSatisfy { if case .handOff = $0.decision { true } else { false } }
        if isUnlimited, isAllHandedOn { return .handOff(.init(request.target)) }
        switch sent.kind {
        case .batch: return .relay(.batch(entries))
        case .transaction:
            for (index, entry) in entries.enumerated() {
                if case .deny(let refusal) = entry.decision { throw refusal.of(entry: index + 1) }
            }
            return .relay(
                .transaction(entries, sent.document, prefer: request.preferences(allowsAsync: false)))
        }
    }

    private func entry(_ entry: JSONValue, of kind: BundleRequest.Kind) -> BundleEntry {
        do throws(FHIRRefusal) {
            let request = try BundleRequest.request(of: entry)
            return BundleEntry(
                method: request.method ?? .get, target: request.target, body: request.body ?? [],
                decision: try decision(on: request, in: kind))
        } catch {
            return BundleEntry(method: .get, target: FHIRTarget([]), body: [], decision: .deny(error))
        }
    }

    private func decision(on request: FHIRRequest, in kind: BundleRequest.Kind) throws(FHIRRefusal) -> AccessDecision {
        let isAllowed =
            switch request.interaction {
            case .bundle, .page, .export, nil: false
            case .patch, .conditionalChange: access.isUnlimited(.all)
            case .operation(let operation):
                operation.name == "everything" || site.operations.contains(operation.spelling)
            default: true
            }
        guard isAllowed else {
            throw .forbidden(
                "This is not available inside of a batch or a transaction.", scope: access.scope(.all, on: nil))
        }
        let decision = decision(on: request)
        guard kind == .transaction, case .relay(let relay) = decision else { return decision }
        switch relay {
        case .read(_, _, nil), .change: return decision
        case .search(let narrowing, _) where !narrowing.isForm: return decision
        default:
            throw .forbidden(
                "Inside of a transaction this token reads and searches; ask for the rest by itself.",
                scope: access.scope(.read, on: nil))
        }
    }
}
