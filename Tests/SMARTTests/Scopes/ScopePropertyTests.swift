import SMART
import Testing

@Suite("Scopes asked for, registered and granted, at random")
struct ScopePropertyTests {
    // Requirements 103, 111
    @Test(
        "random scopes: what is granted is exactly what is both asked for and registered",
        arguments: 0..<60 as Range<UInt64>)
    func exactlyBoth(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<25 {
            let asked = random.scopes(upTo: 5)
            let registered = random.scopes(upTo: 6)
            let granted = asked.allowed(by: registered)
            for _ in 0..<60 {
                let access = random.access()
                #expect(
                    access.isAllowed(by: granted)
                        == (access.isAllowed(by: asked) && access.isAllowed(by: registered)),
                    "\(asked) / \(registered) → \(granted): \(access)")
            }
            for scope in granted.clinical {
                #expect(asked.covers(scope) && registered.covers(scope), "\(asked) / \(registered) → \(granted)")
            }
            for scope in granted.scopes where scope.clinical == nil {
                #expect(asked.scopes.contains(scope) && registered.scopes.contains(scope))
            }
            // What came back can be stored, read again and asked for again.
            #expect(ScopeSet(granted.description) == granted)
            #expect(granted.allowed(by: asked) == granted && granted.allowed(by: registered) == granted)
            #expect(granted.isSubset(of: asked) && granted.isSubset(of: registered))
        }
    }

    @Test("random scopes: one covers an access exactly when it allows it", arguments: 100..<130 as Range<UInt64>)
    func covers(seed: UInt64) throws {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<100 {
            let scope = try #require(ClinicalScope(random.clinical()))
            let access = random.access()
            // A type without categories has no scope that says them.
            guard let concrete = access.scope else { continue }
            #expect(scope.covers(concrete) == access.isAllowed(by: scope), "\(scope.spelling): \(access)")
            #expect(ScopeSet([Scope(scope)]).covers(concrete) == scope.covers(concrete))
        }
    }

    // SMART scopes-and-launch-context#scope-equivalence; Requirement 105
    @Test("what is wholly registered comes back byte for byte", arguments: 200..<230 as Range<UInt64>)
    func unchanged(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<50 {
            let asked = random.scopes(upTo: 5)
            let registered = ScopeSet(asked.scopes + random.scopes(upTo: 3).scopes)
            #expect(asked.allowed(by: registered).description == asked.description)
        }
    }
}
