import Foundation

/// Does something many times at the same moment, each on a thread of its own, and answers what came of each.
///
/// Tasks would not do: they run on as many threads as there are processors, and what blocks one takes it from all.
package func atOnce<Value: Sendable>(_ count: Int, _ act: @escaping @Sendable (Int) throws -> Value) throws -> [Value] {
    let race = Race<Value>(count)
    for number in 0..<count {
        Thread.detachNewThread {
            race.waitForAll()
            race.finish(number, Result { try act(number) })
        }
    }
    return try race.results().map { try $0.get() }
}

/// `@unchecked Sendable`: everything under `condition`.
private final class Race<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var missing: Int
    private var finished: [Result<Value, any Error>?]

    init(_ count: Int) {
        missing = count
        finished = Array(repeating: nil, count: count)
    }

    func waitForAll() {
        condition.withLock {
            missing -= 1
            condition.broadcast()
            while missing > 0 { condition.wait() }
        }
    }

    func finish(_ number: Int, _ result: Result<Value, any Error>) {
        condition.withLock {
            finished[number] = result
            condition.broadcast()
        }
    }

    func results() -> [Result<Value, any Error>] {
        condition.withLock {
            while finished.contains(where: { $0 == nil }) { condition.wait() }
            return finished.compactMap { $0 }
        }
    }
}
