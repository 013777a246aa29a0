import HTTPClient
import JOSE
import OAuth
import Synchronization

/// The clients' keys of a process, shared by all of its workers: the one thing here that needs locks.
///
/// A lock is held for as long as a decision takes, never while somebody is asked or a file is read. A set that was
/// fetched is kept as long as its host's Cache-Control allows and no longer. Each URL is asked by one thread at a time;
/// those who need the same set wait for it, and when too many wait already, or the host has just failed, the answer is
/// no at once. A host that was slow or down finds a place among half of them alone. So it costs its own client, and a
/// bounded number of threads, and nobody else.
package final class ClientKeyCache: ClientKeySource {
    package typealias Fetch =
        @Sendable (_ url: String, _ fields: [(name: String, value: String)]) throws(FetchError) -> InboundAnswer

    private let limits: ClientKeyLimits
    private let fetch: Fetch
    private let wall: @Sendable () -> Instant
    private let steady: @Sendable () -> ContinuousClock.Instant

    private let shelf: Mutex<KeyShelf>
    private let files: Mutex<RecentlyUsed<String, KeyFile>>
    private let given: Mutex<RecentlyUsed<[UInt8], PreparedKeys>>

    /// - Parameters:
    ///   - wall: the time of day, which dates in answers are compared with.
    ///   - steady: the clock by which sets grow old; nobody sets it.
    package init(
        limits: ClientKeyLimits, wall: @escaping @Sendable () -> Instant,
        steady: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, fetch: @escaping Fetch
    ) {
        self.limits = limits
        self.fetch = fetch
        self.wall = wall
        self.steady = steady
        shelf = Mutex(KeyShelf(limits))
        files = Mutex(RecentlyUsed(limit: limits.clients))
        given = Mutex(RecentlyUsed(limit: limits.clients))
    }

    package convenience init(
        workers: Int, policy: FetchPolicy, wall: @escaping @Sendable () -> Instant
    ) {
        var limits = ClientKeyLimits(workers: workers)
        limits.patience = .milliseconds(policy.totalMilliseconds + 1_000)
        let fetcher = Fetcher(policy)
        self.init(limits: limits, wall: wall) { (url, fields) throws(FetchError) in
            try fetcher.get(url, fields: fields)
        }
    }

    package func keys(_ registered: RegisteredKeys) throws(ClientKeysError) -> PreparedKeys {
        switch registered {
        case .given(let jwks): return try keys(givenAs: jwks)
        case .file(let path, _): return try keys(inFile: path)
        case .uri(let uri, let mirror):
            guard let keys = try keys(at: mirror ?? uri, unlike: nil) else { throw .late }
            return keys
        }
    }

    package func newerKeys(
        _ registered: RegisteredKeys, than known: PreparedKeys
    ) throws(ClientKeysError) -> PreparedKeys? {
        // The others are looked at each time anyway.
        guard case .uri(let uri, let mirror) = registered else { return nil }
        return try keys(at: mirror ?? uri, unlike: known)
    }

    /// How many threads wait for foreign hosts just now, and how many sets are kept.
    var load: (fetching: Int, waiting: Int, kept: Int) {
        shelf.withLock { ($0.fetching, $0.waiting, $0.count) }
    }
}

extension ClientKeyCache {
    private func keys(at url: String, unlike known: PreparedKeys?) throws(ClientKeysError) -> PreparedKeys? {
        let now = steady()
        let keys: PreparedKeys
        switch shelf.withLock({ $0.plan(for: url, unlike: known, at: now) }) {
        case .use(let kept): return kept
        case .nothingNewer: return nil
        case .refuse(let error): throw error
        case .join(let flight):
            let landing = flight.wait(atMost: limits.patience)
            shelf.withLock { $0.left(flight) }
            guard let landing else { throw .late }
            keys = try landing.get()
        case .fetch(let flight, let download):
            let outcome = outcome(of: download)
            let landed = steady()
            shelf.withLock { $0.landed(url, outcome, at: landed) }
            // Those who wait share what came even if it may not be kept: they asked before it was there.
            flight.land(outcome.map(\.keys))
            keys = try outcome.get().keys
        }
        return keys === known ? nil : keys
    }

    private func outcome(of download: KeyDownload) -> Result<KeyDownload.Outcome, ClientKeysError> {
        let start = steady()
        do throws(FetchError) {
            let answer = try fetch(download.url, download.fields)
            let end = steady()
            return Result { () throws(ClientKeysError) in
                try download.outcome(of: answer, delay: end - start, wall: wall(), now: end, limits: limits)
            }
        } catch {
            return .failure(.notFetched(error))
        }
    }

    private func keys(givenAs jwks: [UInt8]) throws(ClientKeysError) -> PreparedKeys {
        let digest = Digest.sha256(jwks)
        if let keys = given.withLock({ $0.value(digest) }) { return keys }
        let keys = try PreparedKeys(json: jwks, called: "the key set registered for the client")
        given.withLock { $0.set(digest, to: keys) }
        return keys
    }

    private func keys(inFile path: String) throws(ClientKeysError) -> PreparedKeys {
        if let file = files.withLock({ $0.value(path) }), file.isCurrent(path: path) { return file.keys }
        let file = try KeyFile(path: path)
        files.withLock { $0.set(path, to: file) }
        return file.keys
    }
}
