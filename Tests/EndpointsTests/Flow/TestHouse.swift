import ClientKeys
import Endpoints
import Foundation
import HTTP
import HTTPClient
import JOSE
import OAuth
import SMART
import SQL
import SQLStore
import Service
import Store
import Synchronization
import Testing

/// The endpoints of a whole house on one real store, without sockets, at a clock that a test moves.
final class TestHouse: Sendable {
    static let authBase = "https://h.example"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let password = "a long password"
    static let style = "https://h.example/portal/style/1.json"

    let location: StoreLocation
    let database: Database
    let urls: ServerURLs
    /// Who may show pages in a frame.
    let frames: [FrameOrigin]
    private let longestEmergency: Int?
    private let limits = Atomic(true)
    private let isDemo: Bool
    private let paused = Atomic<Int>(0)
    let secondFactorPolicy: SecondFactorPolicy
    let hasSecondFactorKey: Bool
    private let folder: URL?
    private let now = Atomic<Int>(1_800_000_000)
    /// No key set is anywhere else than in its registration.
    private let keys: ClientKeyCache
    private let sealing = TestHouse.sealing
    private static let sealing = KeySealing(masterKey: [UInt8](repeating: 9, count: 32))
    /// One key for all houses: making it takes longer than most tests.
    private static let signingKey = try? sealing.generate(.rs256, state: .active, at: Instant(1_800_000_000))

    var instant: Instant { Instant(now.load(ordering: .relaxed)) }
    func advance(_ seconds: Int) { now.add(seconds, ordering: .relaxed) }

    /// - Parameter location: an empty database; a file of the house's own otherwise.
    init(
        at location: StoreLocation? = nil, frames: [String] = [], isDemo: Bool = false, longestEmergency: Int? = nil,
        secondFactorPolicy: SecondFactorPolicy = .optional, hasSecondFactorKey: Bool = true
    ) throws {
        self.isDemo = isDemo
        self.longestEmergency = longestEmergency
        self.frames = try frames.map { try #require(FrameOrigin($0, allowsLoopback: false)) }
        self.secondFactorPolicy = secondFactorPolicy
        self.hasSecondFactorKey = hasSecondFactorKey
        let base = try #require(FHIRBase("https://h.example/fhir"))
        urls = ServerURLs(fhirBase: base, authBase: Self.authBase)
        keys = ClientKeyCache(limits: ClientKeyLimits(workers: 1), wall: { Instant(0) }) { (_, _) throws(FetchError) in
            throw FetchError(.unreachable)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vestibule-\(UUID().uuidString)")
        if location == nil { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        self.folder = location == nil ? folder : nil
        self.location = location ?? .sqlite(path: folder.appendingPathComponent("test.db").path)
        _ = try Database.migrate(at: self.location, create: true)
        database = try Database(at: self.location, fhirBase: base, powers: .administration)
        let store = try database.store()
        try store.add(try #require(Self.signingKey))
        try addClient("app")
        try addClient("trusted", trusted: true)
        try addClient("secretive", secret: "s3cret")
        try addUser("amara", "Practitioner/amara", access: .all)
        try addUser("bela", "Practitioner/bela", access: .patients(["p1"]))
        try addUser("maja", "Patient/p1", access: .none)
    }

    deinit {
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    func store() throws -> SQLStore { try database.store() }

    func addClient(_ id: String, trusted: Bool = false, secret: String? = nil) throws {
        try addClient(
            id, by: secret.map { .secret([ClientSecret(digest: SecretDigest(of: $0))]) } ?? .none, trusted: trusted)
    }

    func addClient(
        _ id: String, by authentication: ClientAuthenticationMethod,
        for grantTypes: Set<ClientRegistration.GrantType> = [.authorizationCode, .refreshToken],
        roles: Set<ClientRegistration.Role> = [], scopes: String = TestHouse.scopes, trusted: Bool = false,
        verified: Bool = true, lifetimes: ClientRegistration.Lifetimes = .init()
    ) throws {
        try store().add(
            ClientRegistration(
                id: id, name: "App \(id)", authentication: authentication, grantTypes: grantTypes, roles: roles,
                redirectURIs: [try RedirectURI(registering: "https://\(id).example/cb")],
                launchURLs: ["https://\(id).example/launch"], scopes: ScopeSet(scopes), isTrusted: trusted,
                isVerified: verified, lifetimes: lifetimes), at: instant)
    }

    /// What an app is registered for unless a test says otherwise.
    static let scopes = """
        openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.rs user/*.rs
        """

    func addUser(_ name: String, _ fhirUser: String, access: UserAccess) throws {
        let cheap = try #require(PasswordHash.Parameters(ln: 4, r: 8, p: 1))
        try store().add(
            Account(
                user: User(
                    id: "id-\(name)", subject: "sub-\(name)", name: "Dr. \(name)", fhirUser: FHIRUser(fhirUser),
                    access: access), username: name, password: try PasswordHash(of: Self.password, parameters: cheap)),
            at: instant)
    }

    /// A launch of the app for Amara, as an EHR prepares it.
    func launch() throws -> String {
        let handle = Secret(received: "vst_lh_test")
        try store().add(
            Launch(
                handle: handle.digest, clientID: "app", account: "id-amara", context: LaunchContext(patient: "p1"),
                expiresAt: instant + 300), at: instant)
        return handle.text
    }

    var clock: Clock { { self.instant } }

    func authorize() throws -> AuthorizeEndpoint {
        AuthorizeEndpoint(
            urls: urls, site: Endpoints.Site(name: "Test"), policy: TokenPolicy(), sessionPolicy: SessionPolicy(),
            stores: try store(), frames: frames, simulator: try simulator(), clock: clock)
    }

    /// What a demonstration waits on purpose.
    var secondsPaused: Int { paused.load(ordering: .relaxed) }

    private func simulator() throws -> Simulator? {
        isDemo ? Simulator(try store()) { self.paused.add($0, ordering: .relaxed) } : nil
    }

    /// From now on patients say nothing here of what no app may see.
    func offerNoLimits() { limits.store(false, ordering: .relaxed) }

    func portal() throws -> PortalEndpoint {
        let hasKey = hasSecondFactorKey
        return PortalEndpoint(
            urls: urls, site: Endpoints.Site(name: "Test"), policy: TokenPolicy(), sessionPolicy: SessionPolicy(),
            stores: try store(), directory: FakeDirectory(), hashing: Turnstile(places: 2),
            secondFactorPolicy: secondFactorPolicy,
            totpKey: { () throws(ConfigurationError) -> [UInt8] in
                guard hasKey else { throw ConfigurationError(path: "totp.key", reason: "it is not there") }
                return [UInt8](repeating: 9, count: 32)
            }, frames: frames, longestEmergency: longestEmergency,
            offersLimits: limits.load(ordering: .relaxed),
            desk: isDemo ? DeveloperDesk(urls: urls, policy: SessionPolicy(), stores: try store()) : nil, clock: clock)
    }

    func token() throws -> TokenEndpoint {
        TokenEndpoint(
            urls: urls, policy: TokenPolicy(), sessionPolicy: SessionPolicy(), stores: try store(), keys: keys,
            sealing: sealing, derivationKey: [UInt8](repeating: 3, count: 32), simulator: try simulator(),
            clock: clock)
    }

    func introspect() throws -> IntrospectEndpoint {
        IntrospectEndpoint(urls: urls, policy: SessionPolicy(), stores: try store(), keys: keys, clock: clock)
    }

    func revoke() throws -> RevokeEndpoint {
        RevokeEndpoint(urls: urls, stores: try store(), keys: keys, clock: clock)
    }

    /// What the guard in front of a FHIR server answers.
    func enforced(by server: LyingServer, to request: Request) throws -> Response {
        var endpoint = EnforceEndpoint(
            fhirBase: urls.fhirBase, upstreamBase: nil, stores: try store(), relay: server,
            pageKey: Array("pages".utf8), sessionPolicy: SessionPolicy(), capabilities: .all, clock: clock)
        return endpoint.respond(to: request)
    }

    func launches() throws -> LaunchEndpoint {
        LaunchEndpoint(
            urls: urls, styleURL: Self.style, policy: TokenPolicy(), stores: try store(), keys: keys, clock: clock)
    }

    /// A POST to one of the endpoints of OAuth.
    static func post(
        _ pairs: [(String, String)], fields: [(name: String, value: String)] = [], from address: String = "192.0.2.1"
    ) -> Request {
        Request(
            method: .post, path: "/oauth2/token",
            fields: Fields([("content-type", "application/x-www-form-urlencoded")] + fields),
            body: Array(Form(pairs.map { (name: $0.0, value: $0.1) }).encoded.utf8), remoteAddress: address)
    }

    static func basic(_ id: String, _ secret: String) -> (name: String, value: String) {
        ("authorization", "Basic \(Base64.encode(Array("\(id):\(secret)".utf8)))")
    }
}

/// Two patients and an encounter, as a FHIR server would have them.
struct FakeDirectory: PatientDirectory {
    private static let known = [
        PatientSummary(id: "p1", name: "Maja O'Connor", birthDate: "1968-04-12", recordNumber: "MRN-1"),
        PatientSummary(id: "p2", name: "Liam Murphy", birthDate: "1958-06-30", recordNumber: "MRN-2"),
    ]

    func patients(
        matching text: String, within access: UserAccess, limit: Int
    ) throws(PatientDirectoryError) -> (patients: [PatientSummary], isCut: Bool)? {
        guard text.count >= 3 else { return nil }
        return (
            Self.known.filter {
                access.includes(patient: $0.id) && ($0.name.contains(text) || $0.recordNumber == text)
            }, false
        )
    }

    func patient(_ id: String) throws(PatientDirectoryError) -> PatientSummary? {
        if id == "broken" { throw PatientDirectoryError(reason: "down") }
        return Self.known.first { $0.id == id }
    }

    func patients(_ ids: [String]) throws(PatientDirectoryError) -> [PatientSummary] {
        ids.compactMap { id in Self.known.first { $0.id == id } }
    }

    func encounters(
        of patient: String, limit: Int
    ) throws(PatientDirectoryError) -> (encounters: [EncounterSummary], isCut: Bool) {
        (patient == "p1" ? [EncounterSummary(id: "e1", status: "in-progress", classCode: "AMB")] : [], false)
    }

    func currentEncounter(of patient: String) throws(PatientDirectoryError) -> String? {
        patient == "p1" ? "e1" : nil
    }
}
