import OAuth
import SQLStore
import Store
import Testing

@Suite("Every store: what a read costs")
struct ReadCostTests {
    @Test("one indexed read, printed and not judged: machines differ", arguments: Backend.allCases)
    func accessToken(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        let count = 300
        let time = try ContinuousClock().measure {
            for _ in 0..<count { _ = try store.accessToken(Sample.digest("at-1"), at: Sample.now) }
        }
        print("one access token read on \(backend.rawValue): \(time / count)")
    }
}
