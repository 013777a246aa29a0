import HTTP
import JSON
import OAuth
import SMART
import Store

/// Every request under the FHIR base: refused here, handed to the web server, or fetched and checked
/// (SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources).
package struct EnforceEndpoint: Endpoint {
    /// How long a link to another page is good, in seconds.
    private static let pageLifetime = 3600

    private let fhirBase: FHIRBase
    private let references: FHIRReferenceReader
    private let links: FHIRLinkReader
    private let tokens: any TokenStore
    private let clients: any ClientStore
    private let relay: any FHIRRelay
    /// The way for changes in batches and transactions; `nil` refuses those.
    private let writer: (any FHIRRelay)?
    private let seal: LinkSeal
    private let site: SiteRules
    private let clock: Clock
    /// Where it is counted what is given out; `nil` counts nothing.
    private let book: (any DisclosureBook)?
    private let sessionPolicy: SessionPolicy
    /// Whether the FHIR server keeps versions, so that a change can depend on what was looked at.
    private let isVersioned: Bool
    /// What the FHIR server says it can search by, and until when that is not asked for again; `nil` before it was asked.
    private var server: (capabilities: ServerCapabilities, until: Instant?)?
    /// What is written into the FHIR server's CapabilityStatement; `nil` leaves that as it is.
    private let security: SMARTSecurity?

    /// `upstreamBase` is how the FHIR server writes its own base, where that is not the public one.
    package init(
        fhirBase: FHIRBase, upstreamBase: String?, stores: any ClientStore & TokenStore, relay: any FHIRRelay,
        writer: (any FHIRRelay)? = nil, pageKey: [UInt8], sessionPolicy: SessionPolicy, isVersioned: Bool = true,
        site: SiteRules = SiteRules(), capabilities: ServerCapabilities? = nil,
        security: SMARTSecurity? = nil, book: (any DisclosureBook)? = nil, clock: @escaping Clock
    ) {
        self.fhirBase = fhirBase
        references = FHIRReferenceReader(base: fhirBase, upstreamBase: upstreamBase)
        links = FHIRLinkReader(base: fhirBase, upstreamBase: upstreamBase)
        tokens = stores
        clients = stores
        self.relay = relay
        self.writer = writer
        seal = LinkSeal(key: pageKey)
        self.site = site
        server = capabilities.map { ($0, nil) }
        self.book = book
        self.clock = clock
        self.sessionPolicy = sessionPolicy
        self.isVersioned = isVersioned
        self.security = security
    }

    /// A body is read only where the row of the request decides by it: the web server has it, and sends it on by itself.
    package mutating func wantsBody(of request: Request) -> Bool {
        let carriesBody = request.method == .post || request.method == .put || request.method == .patch
        guard carriesBody, let asked = try? FHIRRequest(request, under: fhirBase, hasBody: false),
            let caller = try? caller(of: request, at: clock()), let server = try? capabilities(for: caller, at: clock())
        else { return false }
        return if case .needsBody = table(for: caller, server, at: clock()).decision(on: asked) { true } else { false }
    }

    package mutating func respond(to request: Request) -> Response {
        let cors = FHIRCORS(request, isPublic: request.path == "\(fhirBase.path)/metadata", clients: clients)
        guard !request.isPreflight else { return cors.preflight(request) }
        do throws(FHIRRefusal) {
            let response = try answer(request)
            return cors.allowing(response.isHandOff ? response : response.inert)
        } catch {
            return cors.allowing(.fhir(error, for: request, realm: fhirBase).inert)
        }
    }

    private mutating func answer(_ request: Request) throws(FHIRRefusal) -> Response {
        let now = clock()
        let asked = try FHIRRequest(request, under: fhirBase)
        switch DecisionTable.open(asked) {
        case .handOff(let open)?: return described(open, request) ?? .handOff(open, under: fhirBase)
        case .deny(let refusal)?: throw refusal
        default: break
        }
        let caller = try caller(of: request, at: now)
        do throws(FHIRRefusal) {
            return try answer(request, asking: asked, by: caller, at: now)
        } catch {
            return .fhir(error, for: request, realm: fhirBase).explaining(error, asked, caller.token)
        }
    }

    private mutating func answer(
        _ request: Request, asking asked: FHIRRequest, by caller: Caller, at now: Instant
    ) throws(FHIRRefusal) -> Response {
        let server = try capabilities(for: caller, at: now)
        let decision = table(for: caller, server, at: now).decision(on: asked)

        if case .deny(let refusal) = decision { throw refusal }
        noteUse(of: caller.token, at: now)
        switch decision {
        case .deny(let refusal): throw refusal
        case .handOff(let handOff):
            // What comes of it is not seen here: what was asked for counts.
            count(asked, [asked.namedType], patient: asked.namedPatient, caller.token, at: now)
            return .handOff(handOff, under: fhirBase)
        case .relay(let what):
            let given = GivenTypes()
            let response = try checked(what, request, caller, server, given, at: now)
            count(
                asked, given.types, patient: caller.access.solePatient ?? asked.namedPatient, caller.token, at: now)
            return response
        // Asked for before, and given.
        case .needsBody: throw .malformed("The body is missing.")
        }
    }

    /// A token that is good now, and what it allows.
    private struct Caller {
        let token: ActiveToken
        let access: TokenAccess
    }

    private func caller(of request: Request, at now: Instant) throws(FHIRRefusal) -> Caller {
        let token = try token(of: request, at: now)
        return Caller(token: token, access: TokenAccess(token, at: now))
    }

    private func table(for caller: Caller, _ server: ServerCapabilities, at now: Instant) -> DecisionTable {
        let (grant, client) = (caller.token.grantID, caller.token.clientID)
        return DecisionTable(
            caller.access, references: references, server: server, site: site,
            page: { [seal] in seal.open($0, for: grant, at: now) },
            export: { [seal] in seal.openExport($0, for: client, at: now) })
    }

    /// How long the FHIR server's word of itself is believed, in seconds.
    private static let capabilityMemory = 600

    /// What the FHIR server can search by; a token that sees everything does not depend on it.
    private mutating func capabilities(
        for caller: Caller, at now: Instant
    ) throws(FHIRRefusal) -> ServerCapabilities {
        guard !caller.access.isUnlimited([.read, .search]) else { return .all }
        if let server, server.until.map({ now < $0 }) != false { return server.capabilities }
        guard let answer = try? relay.get("/metadata", fields: [("Accept", "application/fhir+json")]),
            answer.status == 200
        else {
            throw .unavailable
        }
        guard let statement = try? JSONDocument(answer.body).root, let capabilities = ServerCapabilities(statement)
        else {
            throw .unusableAnswer
        }
        server = (capabilities, now + Self.capabilityMemory)
        return capabilities
    }
}

extension EnforceEndpoint {
    /// RFC 6750 §2.1: from the header alone.
    private func token(of request: Request, at now: Instant) throws(FHIRRefusal) -> ActiveToken {
        switch request.credentials {
        case nil, .basic: throw .noToken
        case .other: throw .invalidToken
        case .bearer(let text):
            let active: ActiveToken?
            do throws(StoreError) {
                active = try tokens.accessToken(SecretDigest(of: text), at: now, policy: sessionPolicy)
            } catch {
                throw FHIRRefusal(503, .transient, "The token could not be looked up now.")
            }
            guard let active else { throw .invalidToken }
            guard active.expiresAt > now else { throw .expiredToken }
            // SMART app-launch: a token is for the FHIR server it was asked for.
            guard active.fhirBase == fhirBase.description else { throw .invalidToken }
            return active
        }
    }

    /// The CapabilityStatement with the way to a token in it, where that is switched on and the statement is JSON; otherwise
    /// the FHIR server's own goes out as it is.
    private func described(_ open: AccessDecision.HandOff, _ request: Request) -> Response? {
        guard let security, request.method == .get,
            !(request.fields["accept"] ?? "").lowercased().contains("xml"), !open.target.lowercased().contains("xml"),
            let answer = try? relay.get(open.target, fields: [("Accept", "application/fhir+json")]),
            answer.status == 200, let statement = security.described(in: answer.body)
        else { return nil }
        return .fhir(statement)
    }

    /// Keeps a session awake under which somebody reads, and tells the page of connected apps when an app was here. That a
    /// note cannot be kept just now refuses nobody.
    private func noteUse(of token: ActiveToken, at now: Instant) {
        guard token.wantsTouch(at: now) else { return }
        try? tokens.touch(grant: token.grantID, session: token.session?.id, at: now, policy: sessionPolicy)
    }

    /// Counts once for each type that was given out. What is nobody's (organizations, definitions) is no patient's.
    private func count(
        _ asked: FHIRRequest, _ types: Set<String?>, patient: String?, _ token: ActiveToken, at now: Instant
    ) {
        guard let book, let reading = asked.reading else { return }
        for type in types {
            let isImpersonal = type.flatMap { Compartment.of($0) }?.isImpersonal == true
            book.note(
                Disclosure(
                    grant: token.grantID, client: token.clientID, account: token.user?.id,
                    patient: isImpersonal ? nil : patient, resourceType: type, interaction: .init(reading)), at: now)
        }
    }

    private func checked(
        _ what: AccessDecision.Relay, _ request: Request, _ caller: Caller, _ server: ServerCapabilities,
        _ given: GivenTypes, at now: Instant
    ) throws(FHIRRefusal) -> Response {
        let relay = CheckedRelay(
            relay: relay, access: caller.access, references: references, links: links, server: server,
            given: given, isLate: { clock() - now > Self.relayTime }
        ) {
            content, target in
            let link = PageLink(content, target: target.text, expiry: (now + Self.pageLifetime).seconds)
            return "\(fhirBase)?_page=\(seal.sealed(link, for: caller.token.grantID))"
        }
        let exports = ExportRelay(relay: relay) { kind, types, target in
            let link = ExportLink(kind, of: types, at: target, expiry: (now + Self.exportLifetime).seconds)
            return "\(fhirBase)?_export=\(seal.sealed(link, for: caller.token.clientID))"
        }
        switch what {
        case .export(let target, let types):
            given.insert(nil)
            return try exports.begin(target, types)
        case .exportStatus(let link): return try exports.status(link)
        default: return try answer(what, request, relay, at: now)
        }
    }

    /// How long an export's links are good, in seconds: the FHIR server forgets its files earlier.
    private static let exportLifetime = 7 * 86_400

    private func answer(
        _ what: AccessDecision.Relay, _ request: Request, _ relay: CheckedRelay, at now: Instant
    ) throws(FHIRRefusal) -> Response {
        switch what {
        // Never part of anything else, and answered before.
        case .export, .exportStatus: throw .malformed("An export is asked for by itself.")
        case .batch(let entries): return bundles(request, relay, at: now).batch(entries)
        case .transaction(let entries, let document, let prefer):
            return try bundles(request, relay, at: now).transaction(entries, document, prefer: prefer)
        case .read(let type, let id, let version):
            return try relay.read(type, id, version: version, ifNoneMatch: request.fields["if-none-match"])
        case .history(let type, let id, let target): return try relay.history(type, id, target)
        case .binary(let id, let target, let content):
            try relay.requireOwned(binary: id, content)
            relay.given.insert("Binary")
            return .handOff(.init(target), under: fhirBase)
        case .search(let narrowing, let target): return try relay.search(narrowing, target)
        case .page(let link): return try relay.later(link)
        case .collection(let target): return try relay.collection(target)
        case .document(let target): return try relay.document(target)
        case .create(let narrowing, let handOff):
            return try relay.existing(narrowing) ?? .handOff(handOff, under: fhirBase)
        case .change(let change) where change.isBlind:
            guard let method = request.method else { throw .noWriter }
            return try bundles(request, relay, at: now).blind(change, method, request.body)
        case .change(let change):
            return .handOff(try relay.guarded(change, isVersioned: isVersioned), under: fhirBase)
        }
    }

    /// How long further pages are asked for, in seconds.
    private static let relayTime = 20

    /// How long entries of a batch are begun, in seconds: the web server waits a minute for all of them.
    private static let batchTime = 40

    private func bundles(_ request: Request, _ relay: CheckedRelay, at now: Instant) -> BundleRelay {
        // An entry has no conditions of the whole request.
        let alone = Request(method: .get, path: request.path, id: request.id)
        return BundleRelay(
            relay: relay, writer: writer, isVersioned: isVersioned,
            checked: { what throws(FHIRRefusal) in try answer(what, alone, relay, at: now) },
            outcome: { .fhir($0, for: request, realm: fhirBase) },
            isLate: { clock() - now > Self.batchTime })
    }
}

extension Disclosure.Interaction {
    fileprivate init(_ reading: FHIRRequest.Reading) {
        self =
            switch reading {
            case .read: .read
            case .search: .search
            case .history: .history
            case .operation: .operation
            case .export: .export
            }
    }
}
