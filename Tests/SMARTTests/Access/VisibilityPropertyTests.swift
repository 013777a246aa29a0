import JSON
import SMART
import Testing

@Suite("Visibility as a set")
struct VisibilityPropertyTests {
    /// A small repeatable source.
    private struct Dice {
        var state: UInt64 = 88_172_645_463_325_252

        mutating func roll<Element>(_ choices: [Element]) -> Element {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return choices[Int(state % UInt64(choices.count))]
        }
    }

    private static let types = [
        "Observation", "Condition", "Patient", "Practitioner", "Appointment", "Group", "Device",
    ]

    private func resources(_ dice: inout Dice) throws -> [JSONValue] {
        try (0..<60).map { number in
            let patient = dice.roll(["kermit", "eboni", "louis"])
            let reference = #"{"reference":"Patient/\#(patient)"}"#
            let about = dice.roll([
                #""subject":\#(reference)"#, #""patient":\#(reference)"#, #""participant":[{"actor":\#(reference)}]"#,
                #""performer":[\#(reference)]"#, #""member":[{"entity":\#(reference)}]"#,
            ])
            let category = dice.roll(["a", "b", "c"])
            let status = dice.roll(["final", "amended"])
            return try Case.resource(
                """
                {"resourceType":"\(dice.roll(Self.types))","id":"\(dice.roll([patient, String(number)]))",\(about),
                "category":[{"coding":[{"system":"s","code":"\(category)"}]}],"status":"\(status)"}
                """)
        }
    }

    private func scope(_ dice: inout Dice) -> String {
        let context = dice.roll(["patient", "patient", "user"])
        let type = dice.roll(Self.types + ["*"])
        let letters = dice.roll(["r", "rs", "cruds", "s"])
        let constraints =
            type == "Observation" || type == "Condition"
            ? dice.roll(["", "?category=a", "?category=s|b", "?category=a,b"]) : ""
        return "\(context)/\(type).\(letters)\(constraints)"
    }

    private func shown(_ scopes: [String], _ resources: [JSONValue], _ access: UserAccess) throws -> Set<Int> {
        let visibility = Visibility(
            Case.access(scopes.joined(separator: " "), access: access), references: try Case.references())
        return Set(resources.indices.filter { visibility.shows(resources[$0], by: .read) })
    }

    @Test("two scopes show what each shows, so dropping one never adds anything")
    func union() throws {
        var dice = Dice()
        for _ in 0..<200 {
            let resources = try resources(&dice)
            let one = scope(&dice)
            let two = scope(&dice)
            let access = dice.roll([
                UserAccess.none, .patients(["kermit"]), .patients(["louis"]), .patients(["louis", "kermit"]),
            ])
            let both = try shown([one, two], resources, access)
            let apart = try shown([one], resources, access).union(shown([two], resources, access))
            #expect(both == apart, "\(one) \(two) \(access)")
        }
    }

    @Test("a further constraint never adds anything")
    func constraint() throws {
        var dice = Dice()
        for _ in 0..<100 {
            let resources = try resources(&dice)
            let base = "patient/Observation.rs"
            let one = "\(base)?category=\(dice.roll(["a", "s|b", "a,b", "|a"]))"
            let two = "\(one)&status=\(dice.roll(["final", "amended"]))"
            #expect(
                try shown([one], resources, .patients(["kermit"])).isSubset(
                    of: shown([base], resources, .patients(["kermit"]))))
            #expect(
                try shown([two], resources, .patients(["kermit"])).isSubset(
                    of: shown([one], resources, .patients(["kermit"]))))
        }
    }

    @Test("nothing of another patient is ever shown, whatever the scopes")
    func others() throws {
        var dice = Dice()
        for _ in 0..<100 {
            let resources = try resources(&dice)
            let scopes = (0..<3).map { _ in scope(&dice) }
            for index in try shown(scopes, resources, .patients(["kermit"])) {
                let text = String(decoding: resources[index].bytes, as: UTF8.self)
                #expect(text.contains("Patient/kermit") || text.contains("Practitioner") || text.contains("Device"))
            }
        }
    }
}
