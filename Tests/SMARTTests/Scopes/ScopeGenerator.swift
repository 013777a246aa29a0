import SMART

/// Random scopes and accesses, the same for the same seed.
struct ScopeGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
    mutating func chance(_ percent: Int) -> Bool { next() % 100 < UInt64(percent) }

    static let types = ["Observation", "Condition", "Patient", "Practitioner", "Task"]
    static let systems = ["http://terminology.hl7.org/CodeSystem/observation-category", "s"]
    static let codes = ["laboratory", "vital-signs", "x"]

    private mutating func suffix() -> String {
        guard chance(70) else { return pick(["read", "write", "*"]) }
        let letters = "cruds".filter { _ in chance(50) }
        return letters.isEmpty ? "rs" : letters
    }

    private mutating func token() -> String {
        let code = pick(Self.codes)
        return pick(["\(pick(Self.systems))|\(code)", code, "|\(code)"])
    }

    private mutating func constraint() -> String {
        let name = pick(["category", "category", "code"])
        let value = (0...Int(next() % 2)).map { _ in token() }.joined(separator: ",")
        guard chance(30) else { return "\(name)=\(value)" }
        let encoded = value.map { $0 == "/" ? "%2F" : $0 == "|" ? "%7C" : $0 == ":" ? "%3a" : String($0) }.joined()
        return "\(name)=\(encoded)"
    }

    mutating func clinical() -> String {
        let context = pick(["patient", "patient", "user"])
        if chance(25) { return "\(context)/*.\(suffix())" }
        if chance(40) {
            let query = (0...Int(next() % 2)).map { _ in constraint() }.joined(separator: "&")
            return "\(context)/\(pick(["Observation", "Condition"])).\(pick(["rs", "r", "cruds", "cu"]))?\(query)"
        }
        return "\(context)/\(pick(Self.types)).\(suffix())"
    }

    mutating func scopes(upTo count: Int) -> ScopeSet {
        let others = [
            "openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access", "online_access", "__own",
            "https://own.example/scope",
        ]
        let words = (0...Int(next() % UInt64(count))).map { _ in chance(75) ? clinical() : pick(others) }
        return ScopeSet(words.joined(separator: " "))
    }

    mutating func access() -> ConcreteAccess {
        ConcreteAccess(
            context: pick([.patient, .user]), type: pick(Self.types + ["Goal", "AuditEvent", "Medication"]),
            letter: pick([.create, .read, .update, .delete, .search]),
            categories: (0..<Int(next() % 3)).map { _ in (pick([nil] + Self.systems), pick(Self.codes)) },
            codes: (0..<Int(next() % 2)).map { _ in (pick([nil] + Self.systems), pick(Self.codes)) })
    }
}

/// One thing done to one resource, and a reading of scopes that shares no code with the one under test.
struct ConcreteAccess: CustomStringConvertible {
    typealias Coding = (system: String?, code: String)

    let context: ClinicalScope.Context
    let type: String
    let letter: Permissions
    let categories: [Coding]
    let codes: [Coding]

    var description: String { "\(context)/\(type).\(letter.suffix) \(categories) \(codes)" }

    func isAllowed(by set: ScopeSet) -> Bool { set.clinical.contains(where: isAllowed) }

    func isAllowed(by scope: ClinicalScope) -> Bool {
        scope.context == context && (scope.resourceType ?? type) == type
            && !scope.permissions.isDisjoint(with: letter)
            && scope.constraints.allSatisfy { constraint in
                let codings = constraint.parameter == "category" ? categories : codes
                return constraint.values.contains { value in
                    codings.contains { coding in
                        guard coding.code == value.code else { return false }
                        guard let system = value.system else { return true }
                        return system.isEmpty ? coding.system == nil : coding.system == system
                    }
                }
            }
    }

    /// The narrowest scope for it, where it has any codings at all.
    var scope: ClinicalScope? {
        let query =
            categories.map { "category=\($0.system ?? "")|\($0.code)" }
            + codes.map { "code=\($0.system ?? "")|\($0.code)" }
        let suffix = query.isEmpty ? "" : "?\(query.joined(separator: "&"))"
        return ClinicalScope("\(context)/\(type).\(letter.suffix)\(suffix)")
    }
}
