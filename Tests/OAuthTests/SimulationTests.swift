import OAuth
import Testing

@Suite("Failures that developers ask for")
struct SimulationTests {
    // RFC 6749 §4.1.2.1, §5.2
    @Test("each kind does one thing, at one point, by the protocol's own errors", arguments: Simulation.Kind.allCases)
    func kinds(_ kind: Simulation.Kind) throws {
        let effects = [kind.error != nil, kind.delay > 0, kind.accessTokenLifetime != nil]
        #expect(effects.count { $0 } == 1)
        if let error = kind.error {
            #expect(error.description.contains("simulated"))
            let codes: [OAuthError.Code] =
                kind.point == .authorization
                ? [.accessDenied, .invalidScope, .temporarilyUnavailable]
                : [.invalidGrant, .invalidClient, .temporarilyUnavailable]
            #expect(codes.contains(error.code))
        }
    }
}
