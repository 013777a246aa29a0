import OAuth
import Testing

@testable import ClientKeys

@Suite("Who finds a place to wait for a host, and who does not")
struct KeyShelfTests {
    private static let keys = Result { try PreparedKeys(json: Keys.set(0), called: "a set") }
    private let start = ContinuousClock.now
    /// Twelve places, six of them for hosts that were slow or down.
    private var shelf = KeyShelf(ClientKeyLimits(workers: 48))

    /// Asks for the keys at a URL and says in a word what there is to do.
    private mutating func ask(_ url: String, after: Duration = .zero) -> String {
        switch shelf.plan(for: url, at: start + after) {
        case .use: "use"
        case .join: "join"
        case .fetch: "fetch"
        case .refuse(.busy): "busy"
        case .refuse: "refuse"
        case .nothingNewer: "nothing newer"
        }
    }

    /// One fetch of its keys, from asking to landing.
    private mutating func fetch(_ url: String, taking seconds: Duration, fails: Bool = false) throws {
        #expect(ask(url) == "fetch")
        let keys = try Self.keys.get()
        shelf.landed(url, fails ? .failure(.late) : .success((keys, nil)), at: start + seconds)
    }

    /// Long enough after a failure for its host to be asked again.
    private static let later = Duration.seconds(60)

    @Test(
        "slow is a host that took longer than a second, or failed, the last time",
        arguments: [(0, false, 12), (1000, false, 12), (1001, false, 6), (5000, false, 6), (0, true, 6)])
    mutating func slow(_ milliseconds: Int, _ fails: Bool, _ places: Int) throws {
        let urls = (0..<20).map { "https://host-\($0).example/jwks" }
        for url in urls { try fetch(url, taking: .milliseconds(milliseconds), fails: fails) }
        let words = urls.map { ask($0, after: Self.later) }
        #expect(words == Array(repeating: "fetch", count: places) + Array(repeating: "busy", count: 20 - places))
        #expect(shelf.fetching == places && shelf.slow == (places == 6 ? 6 : 0))
    }

    @Test("the others find a place among the rest, and slow ones none among theirs")
    mutating func others() throws {
        for number in 0..<8 { try fetch("slow-\(number)", taking: .seconds(2)) }
        #expect((0..<8).map { ask("slow-\($0)", after: Self.later) }.filter { $0 == "fetch" }.count == 6)
        #expect((0..<7).map { ask("new-\($0)", after: Self.later) } == Array(repeating: "fetch", count: 6) + ["busy"])
        shelf.landed("new-0", .failure(.late), at: start + Self.later)
        #expect(ask("slow-7", after: Self.later) == "busy")
        #expect(ask("new-7", after: Self.later) == "fetch")
        shelf.landed("slow-0", .failure(.late), at: start + Self.later)
        #expect(ask("slow-7", after: Self.later) == "fetch")
    }

    @Test("those who wait for a slow host take its places, and give them back")
    mutating func waiting() throws {
        for url in ["a", "b"] { try fetch(url, taking: .seconds(2)) }
        #expect(ask("a", after: Self.later) == "fetch")
        guard case .join(let flight) = shelf.plan(for: "a", at: start + Self.later) else {
            return #expect(Bool(false))
        }
        #expect((0..<5).map { _ in ask("a", after: Self.later) } == Array(repeating: "join", count: 4) + ["busy"])
        #expect(ask("b", after: Self.later) == "busy" && shelf.slow == 6)
        shelf.left(flight)
        #expect(ask("b", after: Self.later) == "fetch" && shelf.slow == 6)
        // Those who waited are counted until they have left, whatever is known of the host now.
        shelf.landed("a", .success((try Self.keys.get(), nil)), at: start + Self.later)
        #expect(shelf.slow == 5)
        for _ in 0..<4 { shelf.left(flight) }
        shelf.landed("b", .success((try Self.keys.get(), nil)), at: start + Self.later)
        #expect(shelf.slow == 0 && shelf.waiting == 0 && shelf.fetching == 0)
    }

    @Test("a host that was quick once more is none of them any more")
    mutating func quickAgain() throws {
        try fetch("a", taking: .seconds(2))
        #expect(ask("a", after: Self.later) == "fetch" && shelf.slow == 1)
        shelf.landed("a", .success((try Self.keys.get(), nil)), at: start + Self.later)
        #expect(ask("a", after: Self.later) == "fetch" && shelf.slow == 0)
    }

    @Test("of no host, known or not, wait more than half")
    mutating func half() {
        #expect(ask("a") == "fetch")
        #expect((0..<6).map { _ in ask("a") } == Array(repeating: "join", count: 5) + ["busy"])
        #expect(ask("b") == "fetch" && ask("b") == "join")
    }
}
