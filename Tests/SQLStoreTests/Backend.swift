import Foundation
import JOSE
import OAuth
import SMART
import SQL
import SQLStore
import Store
import StoreTesting
import Testing

/// A store engine that the conformance suite runs on: a new one is a case here, and then has to pass everything.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite
    case postgreSQL

    static let allCases: [Backend] = Cluster.isWanted ? [.sqlite, .postgreSQL] : [.sqlite]

    var testDescription: String { rawValue }

    /// A fresh, migrated database; it goes when the harness goes.
    func harness() throws -> Harness {
        let harness = try emptyHarness()
        let (from, to) = try Database.migrate(at: harness.location, create: true)
        #expect(from == 0 && to > 0)
        return harness
    }

    func emptyHarness() throws -> Harness {
        switch self {
        case .sqlite: try Harness()
        case .postgreSQL: try Harness(on: Cluster.shared.get())
        }
    }
}

/// One database and as many stores on it as a test wants, each with connections of its own.
final class Harness: Sendable {
    static let base: FHIRBase = {
        guard let base = FHIRBase("https://h.example/fhir") else { preconditionFailure("the fixture is broken") }
        return base
    }()

    let location: StoreLocation
    private let folder: URL?
    private let cluster: Cluster?

    /// A file in a folder of its own.
    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vestibule-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        location = .sqlite(path: folder.appendingPathComponent("test.db").path)
        self.folder = folder
        cluster = nil
    }

    /// A schema of its own in the tests' server.
    init(on cluster: Cluster) throws {
        location = .postgreSQL(url: try cluster.emptySchema())
        folder = nil
        self.cluster = cluster
    }

    deinit {
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    /// As another process would: with a writer of its own, and on PostgreSQL as a role that was granted these powers.
    func database(_ powers: Powers = .administration, base: FHIRBase = Harness.base) throws -> Database {
        var location = location
        if case .postgreSQL(let url) = location, let cluster, powers != .administration {
            let role = "vestibule_\(powers.rawValue)"
            location = .postgreSQL(url: try cluster.url(url, as: role))
            let schema = try #require(try administrator.row("SELECT current_schema()") { $0.text(0) })
            try administrator.execute(powers.grants(for: role, in: schema))
        }
        return try Database(at: location, fhirBase: base, powers: powers)
    }

    func store(_ powers: Powers = .administration) throws -> SQLStore { try database(powers).store() }

    /// The file, where the store is one.
    var path: String {
        get throws {
            let path: String? = if case .sqlite(let path) = location { path } else { nil }
            return try #require(path)
        }
    }

    /// A connection of the server's administrator to the same tables, where there is a server.
    var administrator: any Connection {
        get throws {
            let url: String? = if case .postgreSQL(let url) = location { url } else { nil }
            let found = try #require(url)
            return try #require(cluster).administrator(found)
        }
    }
}

/// Rows that are in order; each test changes what it is about.
enum Sample {
    static let now = Instant(1_800_000_000)
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    static func digest(_ text: String) -> SecretDigest { SecretDigest(of: text) }

    static func client(_ id: String = "app", secret: String? = nil) throws -> ClientRegistration {
        ClientRegistration(
            id: id, name: "App \(id)",
            authentication: secret.map { .secret([.init(digest: digest($0))]) } ?? .none,
            redirectURIs: [try RedirectURI(registering: "https://\(id).example/cb")],
            launchURLs: ["https://\(id).example/launch"], scopes: ScopeSet("openid offline_access patient/*.rs"),
            isTrusted: true, isNative: false, origins: ["https://extra.example"],
            lifetimes: .init(accessToken: 300, refreshToken: nil), access: .patients(["p1", "p2"]))
    }

    static func account(_ name: String = "amara", access: UserAccess = .all) throws -> Account {
        Account(
            user: User(
                id: "id-\(name)", subject: "sub-\(name)", name: "Dr. \(name)",
                fhirUser: FHIRUser("Practitioner/\(name)"),
                access: access),
            username: name, password: try PasswordHash(of: "a long password", parameters: cheap()))
    }

    private static func cheap() throws -> PasswordHash.Parameters {
        try #require(PasswordHash.Parameters(ln: 4, r: 8, p: 1))
    }

    static func request(launch: String? = nil) throws -> ValidAuthorizationRequest {
        let json = """
            {"client_id":"app","redirect_uri":"https://app.example/cb","state":"s","iss":"https://h.example/fhir",\
            "requested_scope":"openid patient/*.rs","scope":"openid patient/*.rs","code_challenge":"\(challenge)","prompt":[]}
            """
        return try #require(ValidAuthorizationRequest(stored: Array(json.utf8), launch: launch.map(digest)))
    }

    static func launch(_ handle: String = "handle") -> Launch {
        Launch(
            handle: digest(handle), clientID: "app", account: "id-amara",
            context: LaunchContext(patient: "p1", encounter: "e1", needPatientBanner: true), expiresAt: now + 300)
    }

    static func interaction(_ id: String = "i", launch: Launch? = nil, browser: String? = "b") throws -> Interaction {
        Interaction(
            id: digest(id), request: try request(launch: launch == nil ? nil : "handle"), launch: launch,
            startedAt: now, expiresAt: now + 600, browser: browser.map(digest))
    }

    static func consent(_ id: String = "consent-1", allowed: String = "openid patient/*.rs") -> Consent {
        Consent(
            id: id, account: "id-amara", clientID: "app", patient: "p1", requested: ScopeSet("openid patient/*.rs"),
            allowed: ScopeSet(allowed), decidedAt: now,
            wording: ConsentWording(language: "de", text: "App, \u{201E}Ja\u{201C}\n[x] Laborwerte"),
            purpose: .treatment)
    }

    static func code(_ code: String = "code", grant: String = "grant-1", consent: String? = nil) throws
        -> AuthorizationCode
    {
        AuthorizationCode(
            digest: digest(code),
            authorization: Authorization(
                grant: grant, clientID: "app", user: try account().user,
                scopes: ScopeSet("openid offline_access patient/*.rs"),
                context: LaunchContext(patient: "p1"), basis: consent.map { .consent($0) } ?? .trustedApp, nonce: "n",
                authenticatedAt: now, requestedScope: "openid offline_access patient/*.cruds"),
            redirectURI: "https://app.example/cb", codeChallenge: try #require(CodeChallenge(challenge)),
            expiresAt: now + 60)
    }

    static func tokens(_ name: String, grant: String = "grant-1", refresh: Bool = true, at instant: Instant = now)
        -> NewTokens
    {
        NewTokens(
            grant: grant, accessToken: digest("at-\(name)"), scopes: ScopeSet("patient/*.rs"),
            accessTokenExpiresAt: instant + 900, refreshToken: refresh ? digest("rt-\(name)") : nil,
            refreshTokenExpiresAt: instant + 10_000, issuedAt: instant)
    }
}

extension SQLStore {
    /// An app, a person and a code that waits to be redeemed.
    func begin(_ code: AuthorizationCode) throws {
        try add(Sample.client(), at: Sample.now)
        try add(Sample.account(), at: Sample.now)
        #expect(try begin(Sample.interaction()) == .begun)
        #expect(try issue(code, finishing: Sample.digest("i"), at: Sample.now))
    }
}
