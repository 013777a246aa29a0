import Dispatch
import Synchronization

/// Blocking work side by side, each on a thread of its own.
enum Threads {
    static func run<Result: Sendable>(_ count: Int, _ work: @escaping @Sendable (Int) -> Result) -> [Result] {
        let results = Results<Result>()
        start(count) { results.add(work($0)) }.wait()
        return results.all
    }

    /// Wait for the group to wait for the work.
    static func start(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) -> DispatchGroup {
        let group = DispatchGroup()
        for index in 0..<count {
            DispatchQueue(label: "test \(index)").async(group: group) { work(index) }
        }
        return group
    }

    private final class Results<Result: Sendable>: Sendable {
        private let results = Mutex<[Result]>([])
        func add(_ result: Result) { results.withLock { $0.append(result) } }
        var all: [Result] { results.withLock { $0 } }
    }
}
