import HTTP
import HTTPClient
import JOSE
import JSON
import OAuth
import SMART
import SQLStore
import Service
import Store
import Synchronization
import Testing

@testable import Endpoints

@Suite("The courier")
struct CourierTests {
    /// Hosts that take what is sent to them, or do not, as long as a test says that it takes.
    private final class Hosts: Sendable {
        struct Behaviour {
            var status: Int? = 204
            var seconds = 0
        }

        let house: TestHouse
        private let behaviours = Mutex<[String: Behaviour]>([:])
        private let heard = Mutex<[(host: String, body: String, at: Int)]>([])

        init(_ house: TestHouse) { self.house = house }

        func set(_ host: String, status: Int? = 204, seconds: Int = 0) {
            behaviours.withLock { $0[host] = Behaviour(status: status, seconds: seconds) }
        }

        /// What a host was sent, each with the second of its arrival.
        func heard(by host: String) -> [(body: String, at: Int)] {
            heard.withLock { all in all.filter { $0.host == host }.map { ($0.body, $0.at) } }
        }

        func answer(_ host: String, _ body: [UInt8]?) -> InboundAnswer? {
            heard.withLock {
                $0.append((host, String(decoding: body ?? [], as: UTF8.self), house.instant.seconds))
            }
            let behaviour = behaviours.withLock { $0[host] ?? Behaviour() }
            house.advance(behaviour.seconds)
            return behaviour.status.map { InboundAnswer(status: $0) }
        }
    }

    private let house: TestHouse
    private let hosts: Hosts
    private let begun: Int

    init() throws {
        house = try TestHouse()
        hosts = Hosts(house)
        begun = house.instant.seconds
    }

    private func courier(hasKey: Bool = true) throws -> Courier {
        let hosts = hosts
        return Courier(
            fhirBase: house.urls.fhirBase, store: try house.store(),
            fhirServer: { (request) throws(HTTPClientError) in
                guard let answer = hosts.answer("fhir", request.body) else { throw .timedOut }
                return answer
            },
            platform: Courier.Platform(
                send: { (request) throws(HTTPClientError) in
                    guard let answer = hosts.answer("platform", request.body) else { throw .timedOut }
                    return answer
                }, target: "/hooks", key: [1]),
            owners: Courier.Owners(
                post: { (url, _, body) throws(FetchError) in
                    guard let answer = hosts.answer(url, body) else { throw FetchError(.timedOut) }
                    return answer
                },
                key: { () throws(ConfigurationError) in
                    guard hasKey else { throw ConfigurationError(path: "owner-webhooks.key", reason: "not there") }
                    return [2]
                }), clock: house.clock)
    }

    private func addApps(_ ids: String...) throws {
        for id in ids {
            try house.addClient(id)
            #expect(
                try house.store().setWebhook("https://\(id).example/", salt: "s", of: id, at: house.instant))
        }
    }

    /// Maja allows an app so many times.
    @discardableResult
    private func allow(_ client: String, _ count: Int = 1) throws -> [String] {
        let store = try house.store()
        let json = """
            {"client_id":"\(client)","redirect_uri":"https://\(client).example/cb","state":"s",\
            "iss":"https://h.example/fhir","requested_scope":"patient/*.rs","scope":"patient/*.rs",\
            "code_challenge":"\(TestHouse.challenge)","prompt":[]}
            """
        let request = try #require(ValidAuthorizationRequest(stored: Array(json.utf8), launch: nil))
        var ids: [String] = []
        for _ in 0..<count {
            let id = SecretSource.system.identifier()
            let interaction = Interaction(
                id: SecretDigest(of: id), request: request, launch: nil, startedAt: house.instant,
                expiresAt: house.instant + 600, browser: SecretDigest(of: "b"))
            #expect(try store.begin(interaction) == .begun)
            let consent = Consent(
                id: id, account: "id-maja", clientID: client, patient: "p1", requested: request.scopes,
                allowed: request.scopes, decidedAt: house.instant)
            #expect(try store.decide(consent, in: SecretDigest(of: id)))
            ids.append(id)
        }
        return ids
    }

    private func go(_ courier: Courier) throws -> Courier.Round { try courier.round { false } }

    private func types(_ host: String) throws -> [String] {
        try hosts.heard(by: host).map { try JSONDocument(Array($0.body.utf8)).root["type"]?.string ?? "" }
    }

    @Test("each hears what is for it, once")
    func everybody() throws {
        try addApps("one")
        let courier = try courier()
        try courier.begin()
        let id = try #require(try allow("one").first)
        try allow("app")
        #expect(try go(courier) == Courier.Round(delivered: 5, failed: 0))
        #expect(try house.store().withdraw(consent: id, at: house.instant))
        #expect(try go(courier).delivered == 3)
        #expect(try go(courier) == Courier.Round())
        #expect(try types("https://one.example/") == ["consent.given", "consent.withdrawn"])
        #expect(try types("platform").sorted() == ["consent.given", "consent.given", "consent.withdrawn"])
        #expect(hosts.heard(by: "fhir").count == 3)
    }

    @Test("an owner that does not answer, with much that waits, costs the others one request")
    func silence() throws {
        try addApps("dead", "well")
        let dead = "https://dead.example/"
        hosts.set(dead, status: nil, seconds: 10)
        let courier = try courier()
        try courier.begin()
        try allow("dead", 20)
        try allow("well", 3)
        #expect(try go(courier).failed == 1)
        #expect(hosts.heard(by: dead).map(\.at) == [begun])
        let told = ["platform", "fhir", "https://well.example/"].map { hosts.heard(by: $0) }
        #expect(told.map(\.count) == [23, 23, 3])
        #expect(told[0].allSatisfy { $0.at == begun } && told[2].allSatisfy { $0.at <= begun + 10 })
        // While it rests nobody waits for it, whatever more there is.
        try allow("dead", 5)
        #expect(try go(courier) == Courier.Round(delivered: 10, failed: 0))
        let waiting = try house.store().deliveries(undeliveredOnly: true, limit: 99)
        #expect(waiting.count == 25 && waiting.allSatisfy { $0.destination == "app:dead" })
        // Why, for each that waits, tried or not.
        #expect(Set(waiting.map(\.error)) == ["it did not answer in time"])
        house.advance(10)
        #expect(try go(courier).failed == 1 && hosts.heard(by: dead).count == 2)
    }

    @Test("days later, everything arrives, in its order, and it was asked once an hour")
    func days() throws {
        try addApps("one")
        let owner = "https://one.example/"
        hosts.set(owner, status: nil)
        let courier = try courier()
        try courier.begin()
        let ids = try allow("one", 30)
        #expect(try house.store().withdraw(consent: ids[0], at: house.instant))
        for _ in 0..<(3 * 24 * 60) {
            house.advance(60)
            _ = try go(courier)
        }
        #expect((72...85).contains(hosts.heard(by: owner).count))
        hosts.set(owner)
        house.advance(3600)
        let earlier = hosts.heard(by: owner).count
        #expect(try go(courier).delivered == 31)
        let about = try hosts.heard(by: owner)[earlier...].map { try JSONDocument(Array($0.body.utf8)).root }
            .filter { $0["data"]?["consent"]?.string?.hasSuffix(Consent.resourceID(of: ids[0])) == true }
        #expect(about.map { $0["type"]?.string } == ["consent.given", "consent.withdrawn"])
        #expect(try house.store().deliveries(undeliveredOnly: true, limit: 99).isEmpty)
    }

    @Test("who is slow rests as long as it took, and the others go on")
    func slowness() throws {
        try addApps("slow", "well")
        hosts.set("https://slow.example/", seconds: 4)
        let courier = try courier()
        try courier.begin()
        try allow("slow", 3)
        try allow("well", 3)
        #expect(try go(courier).failed == 0)
        #expect(hosts.heard(by: "https://slow.example/").count == 1)
        #expect(hosts.heard(by: "https://well.example/").map(\.at) == [begun + 4, begun + 4, begun + 4])
        house.advance(4)
        #expect(try go(courier).delivered == 1)
        hosts.set("https://slow.example/")
        house.advance(4)
        #expect(try go(courier).delivered == 1)
        #expect(try house.store().deliveries(undeliveredOnly: true, limit: 99).isEmpty)
    }

    @Test("what one does not take keeps back nothing else; who takes nothing is left alone for a while")
    func statuses() throws {
        try addApps("one")
        let owner = "https://one.example/"
        hosts.set(owner, status: 500)
        let courier = try courier()
        try courier.begin()
        try allow("one", 4)
        #expect(try go(courier).failed == 4)
        for status in [429, 503] {
            hosts.set(owner, status: status)
            house.advance(3600)
            let earlier = hosts.heard(by: owner).count
            #expect(try go(courier).reason == "status \(status)")
            #expect(hosts.heard(by: owner).count == earlier + 1)
        }
    }

    @Test("without its key the owners wait, and nobody else does")
    func key() throws {
        try addApps("one")
        let courier = try courier(hasKey: false)
        try courier.begin()
        try allow("one")
        #expect(try go(courier) == Courier.Round(delivered: 2, failed: 1, reason: "owner-webhooks.key: not there"))
    }
}
