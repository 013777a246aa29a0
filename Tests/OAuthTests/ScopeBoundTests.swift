import OAuth
import SMART
import Testing

/// The property behind every grant: it is never more than what was asked for, what is registered and what was allowed.
///
/// Scopes are judged by what they permit, act by act, and not by the code that narrows them.
@Suite(
    "No grant is wider than any of its bounds (SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources)")
struct ScopeBoundTests {
    /// One thing that somebody may do to one kind of resource, or one scope that is no permission to do anything.
    private enum Act: Hashable {
        case clinical(ClinicalScope.Context, type: String, UInt8, category: String)
        case word(String)
    }

    private static let types = ["Patient", "Observation", "Condition"]
    private static let categories = ["laboratory", "vital-signs"]

    /// Everything that a set of scopes permits, in this small world.
    private static func acts(_ set: ScopeSet) -> Set<Act> {
        var acts: Set<Act> = []
        for scope in set.scopes {
            guard let clinical = scope.clinical else {
                acts.insert(.word(scope.spelling))
                continue
            }
            for type in types where clinical.resourceType ?? type == type {
                for category in categories where matches(clinical.constraints, category) {
                    for bit: UInt8 in [1, 2, 4, 8, 16] where clinical.permissions.rawValue & bit != 0 {
                        acts.insert(.clinical(clinical.context, type: type, bit, category: category))
                    }
                }
            }
        }
        return acts
    }

    /// All constraints must hold, of each some value (SMART scopes-and-launch-context#finer-grained-resource-constraints-using-search-parameters).
    private static func matches(_ constraints: [ScopeConstraint], _ category: String) -> Bool {
        constraints.allSatisfy { $0.parameter == "category" && $0.values.contains { $0.code == category } }
    }

    /// A few scopes by chance, the same in every run: each seed is a case of its own.
    private struct Chance {
        private var state: UInt64

        init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

        mutating func scopes(_ contexts: [String]) -> String {
            (0...below(6)).map { _ in scope(contexts) }.joined(separator: " ")
        }

        private mutating func scope(_ contexts: [String]) -> String {
            if below(4) == 0 {
                return pick([
                    "openid", "fhirUser", "offline_access", "online_access", "launch/patient", "__own", "__other",
                ])
            }
            let type = pick(["*", "Patient", "Observation", "Condition"])
            let suffix = pick(["r", "rs", "cruds", "cud", "s", "read", "write", "*"])
            let scope = "\(pick(contexts))/\(type).\(suffix)"
            // Version 1 knows no constraints, and neither do all types at once.
            guard ["Observation", "Condition"].contains(type), !["read", "write", "*"].contains(suffix), below(2) == 0
            else {
                return scope
            }
            return "\(scope)?category=\(pick(["laboratory", "vital-signs", "laboratory,vital-signs"]))"
        }
    }

    @Test("what a person allows, within what the app asked for, within what it is registered for", arguments: 0..<3)
    func people(_ block: Int) throws {
        var issued = 0
        for seed in block * 100..<(block + 1) * 100 {
            var chance = Chance(seed)
            let asked = chance.scopes(["patient", "user", "system"])
            let registered = chance.scopes(["patient", "user", "system"])
            let allowed = chance.scopes(["patient", "user", "system"])
            let shrunk = chance.scopes(["patient", "user"])
            let client = Fixture.client(trusted: true, scope: registered)
            guard let request = try? Fixture.valid(["scope": asked], client: client) else { continue }
            let bounds = Self.acts(ScopeSet(asked)).intersection(Self.acts(ScopeSet(registered)))
            #expect(Self.acts(request.scopes).isSubset(of: bounds), "\(asked) | \(registered)")
            #expect(request.scopes.clinical.allSatisfy { $0.context != .system })

            // By a decision, and by trust.
            for decision in [Interaction.Decision.allowed(ScopeSet(allowed), consent: "c"), nil] {
                let launch = Launch(
                    handle: SecretDigest(of: "h"), clientID: "app", account: "u1",
                    context: LaunchContext(patient: "p1"), expiresAt: Fixture.now + 300)
                let interaction = Interaction(
                    id: SecretDigest(of: "i"), request: request, launch: launch, startedAt: Fixture.now,
                    expiresAt: Fixture.now + 600, browser: nil,
                    progress: decision.map { Interaction.Progress(account: "u1", decision: $0) })
                let session = Session(
                    id: SecretDigest(of: "s"), user: Fixture.user(), authenticatedAt: Fixture.now,
                    lastSeenAt: Fixture.now)
                let step = AuthorizationStep.next(
                    for: client, presence: .session(session), interaction: interaction, denied: .none, at: Fixture.now)
                guard case .issue(let granted, _) = step else {
                    Issue.record("nothing was issued: \(step)")
                    continue
                }
                let mine = decision == nil ? bounds : bounds.intersection(Self.acts(ScopeSet(allowed)))
                #expect(Self.acts(granted).isSubset(of: mine), "\(asked) | \(registered) | \(allowed)")
                issued += granted.isEmpty ? 0 : 1
                try refresh(granted, asking: chance.scopes(["patient", "user"]), shrunkTo: shrunk)
            }
        }
        #expect(issued > 30)
    }

    /// A refresh is bound by the grant, by what is still registered, and by what it asks for itself.
    private func refresh(_ granted: ScopeSet, asking asked: String, shrunkTo registered: String) throws {
        let client = Fixture.client(scope: registered)
        let token = RefreshToken(
            digest: SecretDigest(of: "r"), authorization: Fixture.authorization(scopes: granted.description),
            expiresAt: Fixture.now + 60)
        let grantedActs = Self.acts(granted).intersection(Self.acts(ScopeSet(registered)))
        for asked in [nil, asked] {
            let request = RefreshRequest(refreshToken: Secret(received: "r"), scope: asked)
            guard
                case .fresh(let scopes)? = try? token.refreshed(
                    by: Fixture.proven(client), with: request, policy: SessionPolicy(), at: Fixture.now)
            else { continue }
            let bounds = asked.map { grantedActs.intersection(Self.acts(ScopeSet($0))) } ?? grantedActs
            #expect(Self.acts(scopes).isSubset(of: bounds), "\(granted) | \(registered) | \(asked ?? "-")")
        }
    }

    @Test("what a backend asks for, within what was approved, and of system/ alone", arguments: 0..<2)
    func backends(_ block: Int) throws {
        let key = try Fixture.AsymmetricKey()
        var issued = 0
        for seed in block * 100..<(block + 1) * 100 {
            var chance = Chance(seed + 10_000)
            let contexts = chance.below(3) == 0 ? ["system", "user", "patient"] : ["system"]
            let asked = chance.scopes(contexts)
            let registered = chance.scopes(["system", "user"])
            let client = Fixture.client(
                scope: registered, authentication: key.method, grantTypes: [.clientCredentials])
            guard let granted = try? ClientCredentialsRequest(scope: asked).granted(to: key.proven(client)) else {
                continue
            }
            issued += 1
            let bounds = Self.acts(ScopeSet(asked)).intersection(Self.acts(ScopeSet(registered)))
            #expect(Self.acts(granted).isSubset(of: bounds), "\(asked) | \(registered)")
            #expect(granted.scopes.allSatisfy { $0.clinical?.context == .system || $0.kind == .other })
        }
        #expect(issued > 10)
    }

    @Test("the measure itself tells wider from narrower")
    func measure() {
        let pairs = [
            ("patient/Observation.rs?category=laboratory", "patient/Observation.rs"),
            ("patient/Observation.rs?category=laboratory", "patient/*.read"),
            ("patient/Patient.r", "patient/Patient.rs"),
            ("openid", "openid fhirUser"), ("user/Patient.r", "user/*.cruds"),
        ]
        for (narrow, wide) in pairs {
            #expect(Self.acts(ScopeSet(narrow)).isStrictSubset(of: Self.acts(ScopeSet(wide))))
        }
        #expect(Self.acts(ScopeSet("user/Patient.r")).isDisjoint(with: Self.acts(ScopeSet("patient/Patient.r"))))
    }
}
