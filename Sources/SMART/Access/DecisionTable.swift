import HTTP

/// What one token may do with one request: a row for each interaction, everything without a row refused.
package struct DecisionTable: Sendable {
    let access: TokenAccess
    let references: FHIRReferenceReader
    let server: ServerCapabilities
    let page: @Sendable (String) -> PageLink?
    let export: @Sendable (String) -> ExportLink?
    let site: SiteRules

    /// - Parameters:
    ///   - server: what the FHIR server can search by.
    ///   - page: opens a page link for the grant of the token, or gives `nil`.
    ///   - export: opens a link to an export for the client of the token, or gives `nil`.
    package init(
        _ access: TokenAccess, references: FHIRReferenceReader, server: ServerCapabilities,
        site: SiteRules = SiteRules(),
        page: @escaping @Sendable (String) -> PageLink?,
        export: @escaping @Sendable (String) -> ExportLink? = { _ in nil }
    ) {
        self.access = access
        self.references = references
        self.server = server
        self.site = site
        self.page = page
        self.export = export
    }

    /// A request that needs no token, or `nil`: the document by which an app may learn where to get one
    /// (SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support).
    package static func open(_ request: FHIRRequest) -> AccessDecision? {
        guard request.interaction == .capabilities else { return nil }
        // FHIR R4 http#capabilities: nothing else is asked without a token.
        guard request.target.query.pairs.allSatisfy({ capabilityParameters.contains($0.name) }) else {
            return .deny(.malformed("The capabilities have no such parameter."))
        }
        return .handOff(.init(request.target))
    }

    private static let capabilityParameters: Set<String> = ["mode", "_format", "_pretty", "_summary", "_elements"]

    package func decision(on request: FHIRRequest) -> AccessDecision {
        do throws(FHIRRefusal) {
            let prefer = request.preferences(allowsAsync: seesEverything)
            switch try row(request) {
            case .needsBody where request.bodyLength > bodyLimit(for: request):
                throw FHIRRefusal(413, .tooLong, "The body is larger than what is looked at for this token.")
            case .handOff(let handOff):
                return .handOff(handOff.with(prefer: prefer, contentType: request.outgoingContentType))
            case .relay(.create(let narrowing, let handOff)):
                return .relay(
                    .create(narrowing, handOff.with(prefer: prefer, contentType: request.outgoingContentType)))
            case .relay(.change(let change)):
                return .relay(.change(change.with(prefer: prefer, contentType: request.outgoingContentType)))
            case let decision: return decision
            }
        } catch {
            return .deny(error)
        }
    }

    /// What a body may cost: looking at JSON takes several times its size.
    private func bodyLimit(for request: FHIRRequest) -> Int {
        if request.contentType == "application/x-www-form-urlencoded" { return 256 << 10 }
        return access.isUnlimited(.all) ? 16 << 20 : 4 << 20
    }

    private func row(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        // Rows W7: what deletes more than it names.
        guard !request.target.query.pairs.contains(where: { Self.sweeping.contains($0.name) }) else {
            throw .forbidden("This is not available here.", scope: access.scope(.all, on: nil))
        }
        switch request.interaction {
        case .capabilities: return .handOff(.init(request.target))
        case .read("Binary", let id): return try binary(id, request)
        case .read(let type, let id): return try read(type, id, version: nil, request)
        case .versionRead(let type, let id, let version): return try read(type, id, version: version, request)
        case .instanceHistory(let type, let id): return try instanceHistory(type, id, request)
        case .typeHistory(let type): return try typeHistory(type, request)
        case .systemHistory: return try systemHistory(request)
        case .search(let type): return try search(type, request)
        case .compartmentSearch(let path): return try compartmentSearch(path, request)
        case .systemSearch: return try systemSearch(request)
        case .page(let text): return try laterPage(text)
        case .export(let text): return try continueExport(text, request)
        case .create(let type): return try create(type, request)
        case .update(let type, let id): return try update(type, id, request)
        case .patch(let type, let id): return try patch(type, id, request)
        case .delete(let type, let id): return try delete(type, id, request)
        case .conditionalChange(let type): return try conditionalChange(type, request)
        case .operation(let operation): return try perform(operation, request)
        case .bundle: return try bundle(request)
        case nil:
            throw .forbidden("This interaction is not available here.", scope: access.scope(.all, on: nil))
        }
    }

    private static let sweeping: Set<String> = ["_cascade", "_expunge"]
}

extension DecisionTable {
    /// The rule of a type for a letter; throws where nothing is granted, or only what a token of some patients never sees.
    func rule(_ letter: Permissions, on type: String) throws(FHIRRefusal) -> AccessRule {
        let rule = try openRule(letter, on: type)
        // Row R5
        guard case .restricted(let grants) = rule, let compartment = Compartment.of(type), compartment.isClosed else {
            return rule
        }
        let open = grants.filter { if case .patients = $0.reach { false } else { true } }
        guard !open.isEmpty else {
            throw .forbidden(
                "Resources of this type are not available to this token.", scope: access.scope(letter, on: type))
        }
        return .restricted(open)
    }

    /// The same, also for types that are closed to tokens of some patients.
    func openRule(_ letter: Permissions, on type: String) throws(FHIRRefusal) -> AccessRule {
        let rule = access.rule(letter, on: type)
        guard rule != .none else {
            throw .forbidden("The token's scopes do not cover this.", scope: access.scope(letter, on: type))
        }
        return rule
    }

    /// For rows that only a token without any restriction on the type passes.
    func requireUnrestricted(_ letter: Permissions, on type: String) throws(FHIRRefusal) {
        guard case .unrestricted = try rule(letter, on: type) else {
            throw .forbidden(
                "This interaction is not available to a token that is limited to some resources.",
                scope: access.scope(letter, on: type))
        }
    }

    /// Whether nothing that a query could draw in is beyond this token.
    var seesEverything: Bool { access.isUnlimited([.read, .search]) }

    /// Refuses parameters outside the list, for a token to which something is closed.
    func requireOnly(
        _ names: Set<String>, in query: Form, _ letter: Permissions, on type: String
    ) throws(FHIRRefusal) {
        guard query.pairs.allSatisfy({ names.contains($0.name) }) else {
            throw .forbidden(
                "A parameter of this request is not available to this token.", scope: access.scope(letter, on: type))
        }
    }

    /// What is checked is JSON, and so is what comes of it.
    func requireJSON(_ request: FHIRRequest) throws(FHIRRefusal) {
        guard request.takesJSON else {
            throw FHIRRefusal(406, .notSupported, "This token gets JSON: ask for application/fhir+json.")
        }
    }
}
