import OAuth

/// What clients' key sets may cost a process.
package struct ClientKeyLimits: Sendable {
    static let keysInSet = RegisteredKeys.keyLimit

    /// How many clients' sets are kept; the longest unused goes first.
    package var clients = 1_000

    /// How many threads may wait for foreign hosts at a time, those that fetch and those that wait for another's fetch.
    package var places: Int

    /// How many of them may wait for one fetch of another's: so no host takes more than half of the places.
    package var waiting: Int

    /// How many of them hosts may take that were slow or down the last time: the others find a place among the rest.
    package var slowPlaces: Int

    /// A host that takes longer is slow.
    package var quick = Duration.seconds(1)

    /// A set is kept no longer, whatever its host says.
    package var longest = Duration.seconds(86_400)

    /// How long a set serves those who come at the same time, when its host says nothing at all of caching.
    package var window = Duration.seconds(3)

    /// After a failure nobody is asked for so long.
    package var pause = Duration.seconds(5)

    /// A set that should still be good is fetched again no more often, however many unknown keys are named.
    package var refetch = Duration.seconds(60)

    /// No fetch takes longer, so nobody waits longer for one.
    package var patience = Duration.seconds(6)

    /// A quarter of the program's threads may wait.
    package init(workers: Int) {
        places = max(2, workers / 4)
        slowPlaces = places / 2
        waiting = max(1, places / 2 - 1)
    }
}
