import Synchronization

/// What a program still has to do when its last request is answered.
package enum Farewell {
    private static let works = Mutex<[@Sendable () -> Void]>([])

    /// Is run once, when the program stops in good order.
    package static func add(_ work: @escaping @Sendable () -> Void) {
        works.withLock { $0.append(work) }
    }

    static func run() {
        let all = works.withLock { works in
            defer { works = [] }
            return works
        }
        for work in all { work() }
    }
}
