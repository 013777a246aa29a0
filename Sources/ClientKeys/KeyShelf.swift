import OAuth

/// The sets that were fetched, by URL, and who is fetching: a value that decides, so that the lock around it is held no
/// longer than a decision takes.
struct KeyShelf {
    /// What a thread that needs the keys of a URL has to do.
    enum Plan {
        case use(PreparedKeys)
        /// Wait for the one who fetches, and say when done.
        case join(Flight)
        /// Fetch, and land.
        case fetch(Flight, KeyDownload)
        case refuse(ClientKeysError)
        /// There are no newer keys than those known.
        case nothingNewer
    }

    private struct Entry {
        var kept: KeptKeys?
        var flight: Flight?
        /// How many wait for it.
        var waiting = 0
        var failure: (error: ClientKeysError, at: ContinuousClock.Instant)?
        var refetchedAt: ContinuousClock.Instant?
        /// Its last fetch failed or took long.
        var isSlow = false
    }

    private let limits: ClientKeyLimits
    private var entries: RecentlyUsed<String, Entry>
    private(set) var fetching = 0
    private(set) var waiting = 0
    /// How many of both have to do with a host that was slow or down before.
    private(set) var slow = 0

    init(_ limits: ClientKeyLimits) {
        self.limits = limits
        // Those under way are never sent away, so there must be room for more than them.
        entries = RecentlyUsed(limit: max(limits.clients, limits.places + 1))
    }

    var count: Int { entries.count }

    /// - Parameter known: keys among which the one needed is not.
    mutating func plan(for url: String, unlike known: PreparedKeys? = nil, at now: ContinuousClock.Instant) -> Plan {
        var entry = entries.value(url) ?? Entry()
        if let kept = entry.kept, now < kept.freshUntil, kept.keys !== known { return .use(kept.keys) }
        if known != nil, entry.flight == nil, let last = entry.refetchedAt, now - last < limits.refetch {
            return .nothingNewer
        }
        if let failure = entry.failure, now - failure.at < limits.pause {
            return .refuse(failure.error.again(afterSeconds: Int((now - failure.at).components.seconds)))
        }
        // Who joins a flight is of its kind, whatever has become known of the host since.
        let isSlow = entry.flight?.isSlow ?? entry.isSlow
        guard fetching + waiting < limits.places, !isSlow || slow < limits.slowPlaces else { return .refuse(.busy) }
        if let flight = entry.flight {
            guard entry.waiting < limits.waiting else { return .refuse(.busy) }
            entry.waiting += 1
            waiting += 1
            if isSlow { slow += 1 }
            keep(entry, url)
            return .join(flight)
        }
        let flight = Flight(isSlow: isSlow, at: now)
        entry.flight = flight
        if known != nil { entry.refetchedAt = now }
        fetching += 1
        if isSlow { slow += 1 }
        keep(entry, url)
        return .fetch(flight, KeyDownload(url: url, known: entry.kept, isForced: known != nil))
    }

    /// One who waited for a flight waits no more.
    mutating func left(_ flight: Flight) {
        waiting -= 1
        if flight.isSlow { slow -= 1 }
    }

    /// The one who fetched is back.
    mutating func landed(
        _ url: String, _ outcome: Result<KeyDownload.Outcome, ClientKeysError>, at now: ContinuousClock.Instant
    ) {
        fetching -= 1
        var entry = entries.value(url) ?? Entry()
        if let flight = entry.flight {
            if flight.isSlow { slow -= 1 }
            entry.isSlow = now - flight.began > limits.quick
        }
        entry.flight = nil
        entry.waiting = 0
        switch outcome {
        case .success(let outcome):
            entry.kept = outcome.kept
            entry.failure = nil
        case .failure(let error):
            // A set that is still good stays: it is not the worse for its host being down.
            entry.failure = (error, now)
            entry.isSlow = true
        }
        keep(entry, url)
    }

    private mutating func keep(_ entry: Entry, _ url: String) {
        entries.set(url, to: entry) { $0.flight != nil }
    }
}
