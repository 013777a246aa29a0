import Foundation
import HTTPClient
import OAuth
import Synchronization
import Testing

@testable import ClientKeys

/// Hosts of which some answer only when the test lets them.
private final class SlowHosts: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let asked = Mutex<[String]>([])

    var requests: [String] { asked.withLock { $0 } }

    /// With more patience than a busy machine takes away, unless a test says otherwise.
    func cache(
        workers: Int = 48, clients: Int = 1_000, patience: Duration = .seconds(60), pause: Duration = .seconds(5)
    ) -> ClientKeyCache {
        var limits = ClientKeyLimits(workers: workers)
        limits.clients = clients
        limits.patience = patience
        limits.pause = pause
        let clock = TestClock()
        return ClientKeyCache(limits: limits, wall: { clock.wall }, steady: { clock.steady }) {
            [self] (url, _) throws(FetchError) in
            asked.withLock { $0.append(url) }
            if url.hasPrefix("https://slow") { gate.wait() }
            if url.hasPrefix("https://slow-dead") { throw FetchError(.timedOut) }
            return Keys.answer(Keys.set(0), ("Cache-Control", "no-store"))
        }
    }

    /// Lets so many of those who wait here go on.
    func open(_ count: Int = 1) {
        for _ in 0..<count { gate.signal() }
    }
}

/// Threads that each ask once for the keys at a URL.
private final class Crowd: Sendable {
    private let cache: ClientKeyCache
    private let results = Mutex<[Result<PreparedKeys, ClientKeysError>]>([])

    init(_ cache: ClientKeyCache) {
        self.cache = cache
    }

    func send(_ count: Int, to url: String) {
        for _ in 0..<count {
            Thread.detachNewThread { [self] in
                let result = Result { () throws(ClientKeysError) in try cache.keys(.uri(url)) }
                results.withLock { $0.append(result) }
            }
        }
    }

    var done: [Result<PreparedKeys, ClientKeysError>] { results.withLock { $0 } }
    var served: Int { done.filter { (try? $0.get()) != nil }.count }
    var refusals: [ClientKeysError] {
        done.compactMap { result in
            if case .failure(let error) = result { return error }
            return nil
        }
    }
}

/// Waits for what other threads do; a test that waits too long has failed. It keeps its own thread: were it to give it up,
/// a busy machine might bring it back when those it waits for have lost their patience.
private func eventually(_ condition: () -> Bool) throws {
    for _ in 0..<4_000 where !condition() { usleep(5_000) }
    try #require(condition())
}

@Suite("A host that is slow or down is nobody else's trouble")
struct CrowdTests {
    private let hosts = SlowHosts()

    @Test("those who need the same set wait for one fetch, and share even what may not be kept")
    func together() throws {
        let cache = hosts.cache()
        let crowd = Crowd(cache)
        crowd.send(6, to: "https://slow.example/jwks")
        try eventually { cache.load.fetching == 1 && cache.load.waiting == 5 }
        hosts.open()
        try eventually { crowd.done.count == 6 }
        #expect(crowd.served == 6)
        #expect(Set(crowd.done.compactMap { try? ObjectIdentifier($0.get()) }).count == 1)
        #expect(hosts.requests.count == 1)
        #expect(cache.load.fetching == 0 && cache.load.waiting == 0)
    }

    @Test("eight threads at a slow client: one asks, five wait, two are refused; another client is served meanwhile")
    func another() throws {
        let cache = hosts.cache()
        let crowd = Crowd(cache)
        crowd.send(8, to: "https://slow.example/jwks")
        try eventually { cache.load.fetching == 1 && cache.load.waiting == 5 && crowd.done.count == 2 }
        #expect(crowd.refusals == [.busy, .busy])
        // All of this happens while the slow host is silent: nothing has opened its gate.
        for number in 0..<20 { _ = try cache.keys(.uri("https://fast-\(number).example/jwks")) }
        #expect(crowd.done.count == 2 && cache.load.fetching == 1)
        hosts.open()
        try eventually { crowd.done.count == 8 }
        #expect(crowd.served == 6)
        #expect(hosts.requests.filter { $0.hasPrefix("https://slow") }.count == 1)
    }

    @Test("hosts that were down before take half of the places, however many ask, and all others are served")
    func knownToBeDown() throws {
        let cache = hosts.cache(pause: .zero)
        let crowd = Crowd(cache)
        let down = (0..<12).map { "https://slow-dead-\($0).example/jwks" }
        hosts.open(down.count)
        for url in down { #expect(throws: ClientKeysError.self) { try cache.keys(.uri(url)) } }

        for url in down { crowd.send(4, to: url) }
        try eventually { cache.load.fetching + cache.load.waiting == 6 && crowd.done.count == 42 }
        #expect(crowd.refusals.allSatisfy { $0 == .busy })
        for number in 0..<20 { _ = try cache.keys(.uri("https://fast-\(number).example/jwks")) }
        // Two who need the same new set, whose host takes its time: one asks, the other waits.
        crowd.send(2, to: "https://slow.example/jwks")
        try eventually { cache.load.fetching + cache.load.waiting == 8 }
        hosts.open(cache.load.fetching)
        try eventually { crowd.done.count == 50 }
        #expect(crowd.served == 2 && cache.load.fetching == 0 && cache.load.waiting == 0)
    }

    @Test("no more than a quarter of the threads wait, and whoever needs nobody is served all the same")
    func quarter() throws {
        let cache = hosts.cache(workers: 16)
        let crowd = Crowd(cache)
        for number in 0..<4 { crowd.send(1, to: "https://slow-\(number).example/jwks") }
        try eventually { cache.load.fetching == 4 }
        let refused = try refusal { try cache.keys(.uri("https://fast.example/jwks")) }
        #expect(refused == .busy && refused.description.contains("try again in a moment"))
        #expect(try refusal { try cache.keys(.uri("https://slow-0.example/jwks")) } == .busy)
        _ = try cache.keys(.given(jwks: Keys.set(0)))
        hosts.open(4)
        try eventually { crowd.served == 4 }
        _ = try cache.keys(.uri("https://fast.example/jwks"))
        #expect(hosts.requests.count == 5)
    }

    @Test("however many clients come, a fetch that is under way is not forgotten")
    func underWay() throws {
        let cache = hosts.cache(workers: 8, clients: 1)
        let crowd = Crowd(cache)
        crowd.send(1, to: "https://slow.example/jwks")
        try eventually { cache.load.fetching == 1 }
        for number in 0..<10 { _ = try cache.keys(.uri("https://fast-\(number).example/jwks")) }
        crowd.send(1, to: "https://slow.example/jwks")
        try eventually { cache.load.waiting == 1 }
        hosts.open()
        try eventually { crowd.served == 2 }
        #expect(hosts.requests.count == 11)
    }

    @Test("when a host fails, all who wait hear of it, and those who come after at once")
    func failure() throws {
        let cache = hosts.cache()
        let crowd = Crowd(cache)
        crowd.send(4, to: "https://slow-dead.example/jwks")
        try eventually { cache.load.waiting == 3 }
        hosts.open()
        try eventually { crowd.done.count == 4 }
        #expect(crowd.refusals.count == 4 && crowd.refusals.allSatisfy { $0.description.contains("in time") })
        #expect(
            try refusal { try cache.keys(.uri("https://slow-dead.example/jwks")) }.description.hasSuffix(
                "tried 0 s ago"))
        #expect(hosts.requests.count == 1)
    }

    @Test("nobody waits longer than a fetch may take")
    func patience() throws {
        let cache = hosts.cache(patience: .milliseconds(50))
        let crowd = Crowd(cache)
        crowd.send(3, to: "https://slow.example/jwks")
        try eventually { crowd.done.count == 2 }
        #expect(crowd.refusals == [.late, .late] && cache.load.waiting == 0 && cache.load.fetching == 1)
        hosts.open()
        try eventually { crowd.served == 1 && cache.load.fetching == 0 }
    }

    @Test("a forced fetch is one for all who name an unknown key at the same time")
    func forced() throws {
        let cache = hosts.cache()
        let uri = RegisteredKeys.uri("https://slow.example/jwks")
        hosts.open()
        let known = try cache.keys(uri)
        let results = Mutex<[PreparedKeys?]>([])
        for _ in 0..<5 {
            Thread.detachNewThread {
                let keys = try? cache.newerKeys(uri, than: known)
                results.withLock { $0.append(keys) }
            }
        }
        try eventually { cache.load.fetching == 1 && cache.load.waiting == 4 }
        hosts.open()
        try eventually { results.withLock { $0.count } == 5 }
        #expect(results.withLock { $0 }.allSatisfy { $0 != nil && $0 !== known })
        #expect(hosts.requests.count == 2)
        #expect(try cache.newerKeys(uri, than: known) == nil)
    }
}
