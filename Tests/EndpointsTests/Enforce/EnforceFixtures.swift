import Endpoints
import HTTP
import HTTPClient
import JSON
import OAuth
import SMART
import Store
import Testing

/// A FHIR server that says what a test tells it to, and remembers what it was asked.
final class LyingServer: FHIRRelay {
    var answers: [Result<InboundAnswer, HTTPClientError>]
    private(set) var targets: [String] = []
    private(set) var fields: [[String: String]] = []
    private(set) var requests: [OutboundRequest] = []

    init(_ answers: [Result<InboundAnswer, HTTPClientError>]) {
        self.answers = answers
    }

    convenience init(_ body: String, status: Int = 200, _ fields: [(String, String)] = []) {
        self.init([.success(.fhir(body, status: status, fields))])
    }

    func send(_ request: OutboundRequest) throws(HTTPClientError) -> InboundAnswer {
        requests.append(request)
        targets.append(request.target)
        fields.append(Dictionary(request.fields.map { ($0.name, $0.value) }) { $1 })
        return try (answers.count > 1 ? answers.removeFirst() : answers[0]).get()
    }
}

extension InboundAnswer {
    static func fhir(_ body: String, status: Int = 200, _ fields: [(String, String)] = []) -> InboundAnswer {
        let type = fields.contains { $0.0 == "Content-Type" } ? [] : [("Content-Type", "application/fhir+json")]
        return InboundAnswer(
            status: status, fields: (type + fields).map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    }
}

/// A store of one token for each scope text: the token is the name it was given.
struct OneTokenStore: ClientStore, TokenStore {
    static let origin = "https://app.example.com"

    var tokens: [String: ActiveToken] = [:]
    var isDown = false
    let notes = Notes()

    /// The uses that were noted.
    final class Notes {
        var all: [(grant: String, session: SecretDigest?, at: Instant, policy: SessionPolicy)] = []
        var isFull = false
    }

    func isRegisteredOrigin(_ origin: String) throws(StoreError) -> Bool { origin == Self.origin }

    func accessToken(
        _ digest: SecretDigest, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) -> ActiveToken? {
        guard !isDown else { throw .busy("the test holds it") }
        return tokens.first { SecretDigest(of: $0.key) == digest }?.value
    }

    // Nothing else is the enforcer's business.
    func client(_ id: String) throws(StoreError) -> ClientRegistration? { throw .failed("unasked") }
    func clients() throws(StoreError) -> [ClientRegistration] { throw .failed("unasked") }
    func add(_ client: ClientRegistration, at now: Instant) throws(StoreError) { throw .failed("unasked") }
    func setDisabled(_ isDisabled: Bool, client id: String, at now: Instant) throws(StoreError) -> Bool {
        throw .failed("unasked")
    }
    func setKeys(
        _ keys: ClientPublicKeys, client id: String, at now: Instant
    ) throws(StoreError) -> Bool { throw .failed("unasked") }
    func rotateSecret(
        to digest: SecretDigest, client id: String, overlapEnd: Instant, at now: Instant
    ) throws(StoreError) -> Bool { throw .failed("unasked") }
    func issue(_ tokens: NewTokens, spending: Spending) throws(StoreError) -> IssueOutcome { throw .failed("unasked") }
    func issue(_ tokens: NewTokens, beginning grant: BackendGrant) throws(StoreError) { throw .failed("unasked") }
    func owner(of digest: SecretDigest) throws(StoreError) -> TokenOwner? { throw .failed("unasked") }
    func touch(
        grant: String, session: SecretDigest?, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) {
        guard !notes.isFull else { throw .busy("the test holds it") }
        notes.all.append((grant, session, now, policy))
    }
    func end(accessToken digest: SecretDigest, at now: Instant) throws(StoreError) { throw .failed("unasked") }
    func endGrants(
        ofLaunch handle: SecretDigest, notOf client: String, at now: Instant
    ) throws(StoreError) -> Bool { throw .failed("unasked") }
    func refreshToken(_ digest: SecretDigest) throws(StoreError) -> RefreshToken? { throw .failed("unasked") }
    func end(grant: String, reason: EndReason, at now: Instant) throws(StoreError) { throw .failed("unasked") }
}

/// The enforcer with a FHIR server, a few tokens and a clock of its own.
struct Site {
    static let base = "https://ehr.example.org/fhir"

    let server: LyingServer
    var writer: LyingServer?
    /// `nil` asks the server.
    var capabilities: ServerCapabilities? = .all
    var store = OneTokenStore()
    var now = 1_000
    var book: (any DisclosureBook)?

    init(_ server: LyingServer, scopes: String = "patient/*.rs") {
        self.server = server
        store.tokens = [
            "good": Self.token(scopes), "narrow": Self.token("patient/Condition.rs"),
            "other-grant": Self.token(scopes, grant: "g2"), "system": Self.token("system/*.cruds", patient: nil),
            "foreign": Self.token("system/*.cruds", patient: nil, client: "other"),
            "stale": Self.token(scopes, expiresAt: 1_000),
            "elsewhere": Self.token(scopes, base: "https://ehr.example.org/other"),
        ]
    }

    func answer(
        _ method: Request.Method? = .get, _ target: String, token: String? = "good", _ fields: [(String, String)] = [],
        body: String = "", isVersioned: Bool = true, site: SiteRules = SiteRules()
    ) throws -> Response {
        let base = try #require(FHIRBase(Self.base))
        let now = now
        var endpoint = EnforceEndpoint(
            fhirBase: base, upstreamBase: "http://10.0.0.5/hapi", stores: store, relay: server, writer: writer,
            pageKey: Array("a key of the pages alone".utf8), sessionPolicy: SessionPolicy(), isVersioned: isVersioned,
            site: site, capabilities: capabilities, book: book
        ) { Instant(now) }
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let authorization = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        var request = Request(
            method: method, path: String(halves.first ?? ""), query: halves.count == 2 ? String(halves[1]) : "",
            fields: Fields(authorization + fields), id: "abcdef0123456789abcdef0123456789")
        // As a program does it: a body that nobody wants is not there.
        if endpoint.wantsBody(of: request) { request.body = Array(body.utf8) }
        return endpoint.respond(to: request)
    }

    static func token(
        _ scopes: String, patient: String? = "kermit", grant: String = "g1", client: String = "app",
        base: String = base,
        expiresAt: Int = 2_000
    ) -> ActiveToken {
        ActiveToken(
            grantID: grant, clientID: client,
            user: User(id: "u", subject: "s", name: "K", fhirUser: nil, access: .patients(["kermit"])),
            context: LaunchContext(patient: patient), scopes: ScopeSet(scopes), fhirBase: base, issuedAt: Instant(0),
            expiresAt: Instant(expiresAt))
    }
}

extension ActiveToken {
    func living(until end: Int) -> ActiveToken {
        ActiveToken(
            grantID: grantID, clientID: clientID, user: user, context: context, scopes: scopes, fhirBase: fhirBase,
            issuedAt: issuedAt, expiresAt: Instant(end), session: session, lastUsedAt: lastUsedAt)
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The code of an OperationOutcome's one issue.
    var issue: String? {
        let root = (try? JSONDocument(body))?.root
        guard root?["resourceType"]?.equals("OperationOutcome") == true else { return nil }
        return root?["issue"]?.elements.first { _ in true }?["code"]?.string
    }
}
