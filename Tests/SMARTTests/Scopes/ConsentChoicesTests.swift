import HTTP
import Testing

@testable import SMART

@Suite("Choices of a consent")
struct ConsentChoicesTests {
    private static let observation = "http://terminology.hl7.org/CodeSystem/observation-category"
    private static let condition = "http://terminology.hl7.org/CodeSystem/condition-category"

    private func choices(_ scopes: String, for reader: ConsentSentences.Reader = .other) -> ConsentChoices {
        ConsentChoices(ScopeSet(scopes), for: reader)
    }

    /// What is granted when these are not ticked.
    private func granted(
        _ scopes: String, without unticked: String..., for reader: ConsentSentences.Reader = .other
    ) throws -> String {
        let choices = choices(scopes, for: reader)
        let ids = choices.all.map(\.id)
        for text in unticked { try #require(ids.contains { $0.description == text }, "\(text): \(ids)") }
        return choices.granted(ticked: Set(ids.filter { !unticked.contains($0.description) })).description
    }

    private func granted(_ scopes: String, only ticked: String..., for reader: ConsentSentences.Reader = .other) throws
        -> String
    {
        let choices = choices(scopes, for: reader)
        let ids = choices.all.map(\.id)
        for text in ticked { try #require(ids.contains { $0.description == text }, "\(text): \(ids)") }
        return choices.granted(ticked: Set(ids.filter { ticked.contains($0.description) })).description
    }

    @Test("there is one tick for each type in each place, with what the app may do, and one for whatever stands apart")
    func list() {
        let choices = choices(
            "launch launch/patient openid fhirUser offline_access online_access __export patient/Task.c patient/Task.rs "
                + "patient/Condition.rs user/Condition.s user/Practitioner.r patient/Practitioner.s system/Group.rs")
        #expect(
            choices.groups.map(\.place) == [
                "this patient’s record", "the records of all patients you may see",
                "the records of all patients, even when nobody is signed in", "the hospital’s directories and catalogs",
            ])
        #expect(
            choices.groups.map { $0.choices.map { "\($0.id): \($0.words): \($0.permissions.words)" } } == [
                ["patient/Condition: health problems and diagnoses: see", "patient/Task: tasks in care: see and add"],
                ["user/Condition: health problems and diagnoses: see"], ["system/Group: groups of patients: see"],
                ["directories/Practitioner: doctors, nurses and other staff: see"],
            ])
        #expect(choices.identity?.words == "Know who you are: your name and your own entry in the hospital’s records")
        #expect(choices.offline?.words == "Keep its access while you are away")
        #expect(choices.online?.words == "Keep its access for as long as you stay signed in")
        #expect(choices.own.map(\.words) == ["Use the hospital’s own permission “__export”"])
        #expect(choices.besides == ["Know what you had open when you started it", "Know which patient is chosen"])
        #expect(!choices.hasWildcard)
    }

    // Requirements 98, 99, 214
    @Test("Condition and Observation have their categories, with exact codes, and one tick for all others")
    func categories() throws {
        let parts = choices("patient/Condition.rs patient/Observation.read").groups.first?.choices.map {
            $0.parts.map(\.id.description)
        }
        #expect(
            parts == [
                [
                    "patient/Condition?category=\(Self.condition)|problem-list-item",
                    "patient/Condition?category=\(Self.condition)|encounter-diagnosis",
                    "patient/Condition?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern",
                    "patient/Condition/other",
                ],
                [
                    "patient/Observation?category=\(Self.observation)|laboratory",
                    "patient/Observation?category=\(Self.observation)|vital-signs",
                    "patient/Observation?category=\(Self.observation)|procedure",
                    "patient/Observation?category=\(Self.observation)|social-history",
                    "patient/Observation?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh",
                    "patient/Observation?category=\(Self.observation)|survey", "patient/Observation/other",
                ],
            ])
        let words = choices("patient/Observation.rs").groups.first?.choices.first?.parts.map(\.words) ?? []
        #expect(words.first == "laboratory results" && words.last == "all other results and measurements")
        // Every one of them is a scope that the grammar grants.
        for id in try #require(parts).joined() where id.contains("?") {
            let scope = id.split(separator: "?", maxSplits: 1).joined(separator: ".rs?")
            #expect(Scope(scope)?.spelling == scope)
        }
    }

    // SMART scopes-and-launch-context#wildcard-scopes; Requirements 102, 211
    @Test("a wildcard has a tick for each type of US Core, and one for everything else")
    func wildcard() {
        let choices = choices("patient/*.rs user/Task.r")
        #expect(choices.hasWildcard && choices.groups.map(\.hasWildcard) == [true, false, false])
        let types = Set(choices.groups.flatMap(\.choices).compactMap { $0.id.description.split(separator: "/").last })
        for type in [
            "AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "Device", "DiagnosticReport",
            "DocumentReference", "Goal", "Immunization", "MedicationRequest", "Observation", "Patient", "Procedure",
            "Provenance", "Encounter", "Organization", "Practitioner", "Location", "Coverage", "Specimen",
            "MedicationDispense", "RelatedPerson", "ServiceRequest", "*",
        ] {
            #expect(types.contains(Substring(type)), "\(type)")
        }
        #expect(choices.groups.first?.choices.last?.words == "everything else")
        #expect(EverydayTypes.inOrder.allSatisfy { ResourceType.isKnown($0) && ResourceWords.nouns[$0] != nil })
    }

    @Test("each granular scope is one tick; a category among those of its whole type is that category's tick")
    func granular() {
        let lab = "category=\(Self.observation)|laboratory"
        #expect(
            choices("patient/Observation.rs?\(lab) patient/Observation.rs?category=vital-signs,exam&status=final")
                .groups.first?.choices.map(\.words) == [
                    "laboratory results",
                    "vital signs, such as blood pressure and weight (only with status final) and "
                        + "findings of physical examinations (only with status final)",
                ])
        let mixed = choices("patient/Observation.rs patient/Observation.cu?\(lab)")
        #expect(mixed.groups.first?.choices.count == 1)
        #expect(
            mixed.groups.first?.choices.first?.parts.map(\.permissions.words).prefix(2) == [
                "see, add and change", "see",
            ])
        #expect(
            choices("patient/Observation.rs patient/Observation.c?code=x").groups.first?.choices.map(\.id.description)
                == ["patient/Observation", "patient/Observation?code=x"])
        // Whatever another scope covers has no tick: it would not do what it says.
        #expect(
            choices("patient/Observation.rs patient/Observation.r?code=x patient/*.s").all.contains {
                $0.id.description.contains("code=")
            } == false)
    }

    // Requirements 105, 211, 213
    @Test("what is not ticked is not granted, and the rest keeps the client's spelling")
    func byType() throws {
        #expect(
            try granted(
                "launch/patient openid patient/Patient.read offline_access patient/Task.rs user/Task.rs",
                without: "offline_access", "user/Task")
                == "launch/patient openid patient/Patient.read patient/Task.rs")
        #expect(
            try granted("openid fhirUser profile patient/Patient.rs __own", without: "identity")
                == "patient/Patient.rs __own")
        #expect(try granted("patient/Patient.rs __own", without: "own/__own") == "patient/Patient.rs")
        #expect(try granted("patient/Patient.rs online_access", without: "online_access") == "patient/Patient.rs")
    }

    // Requirement 214
    @Test("a type in part comes back by category, without a scope for the whole type")
    func byCategory() throws {
        let lab = "category=\(Self.observation)|laboratory"
        #expect(
            try granted(
                "patient/Patient.rs patient/Observation.cruds", only: "patient/Patient", "patient/Observation",
                "patient/Observation?\(lab)") == "patient/Patient.rs patient/Observation.cruds?\(lab)")
        // A tick within counts only together with the one around it.
        #expect(
            try granted(
                "patient/Patient.rs patient/Observation.rs", only: "patient/Patient", "patient/Observation?\(lab)")
                == "patient/Patient.rs")
        #expect(
            try granted("patient/Patient.rs patient/Observation.rs", only: "patient/Patient", "patient/Observation")
                == "patient/Patient.rs")
        let others = try granted(
            "patient/Condition.rs", only: "patient/Condition", "patient/Condition/other")
        #expect(others == "patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh")
    }

    // Requirement 215
    @Test("a request in version 1 that is cut down to categories is answered in version 2, as one answer")
    func version1() throws {
        let lab = "category=\(Self.observation)|laboratory"
        #expect(
            try granted(
                "openid patient/Patient.read patient/Observation.read patient/Task.*", only: "identity",
                "patient/Patient", "patient/Task", "patient/Observation", "patient/Observation?\(lab)")
                == "openid patient/Patient.rs patient/Observation.rs?\(lab) patient/Task.cruds")
        #expect(
            try granted("patient/*.read", only: "patient/Patient", "directories/Practitioner")
                == "patient/Patient.read patient/Practitioner.read")
    }

    // Requirements 103, 213
    @Test("a wildcard in part comes back as the types that are ticked, and is no wildcard any more")
    func wildcardInPart() throws {
        #expect(
            try granted("patient/*.rs", only: "patient/Goal", "patient/Patient") == "patient/Patient.rs patient/Goal.rs"
        )
        let rest = try granted("patient/*.rs", only: "patient/*").split(separator: " ")
        #expect(rest.contains("patient/Appointment.rs") && rest.contains("patient/List.rs"))
        #expect(rest.allSatisfy { !["patient/*.rs", "patient/Patient.rs", "patient/Observation.rs"].contains($0) })
        #expect(!rest.contains("patient/AuditEvent.rs"))
        #expect(try granted("user/*.rs", only: "user/*").contains("user/AuditEvent.rs"))
        #expect(try granted("patient/*.rs user/*.rs", without: "patient/*").hasSuffix(" user/*.rs"))
    }

    @Test("one tick governs every scope that opens the same")
    func oneTick() throws {
        #expect(
            try granted("patient/*.rs patient/Task.cruds", only: "patient/Patient", "patient/*").contains("Task")
                == false)
        #expect(
            try granted(
                "patient/Practitioner.rs user/Practitioner.rs patient/Patient.rs", without: "directories/Practitioner")
                == "patient/Patient.rs")
        let lab = "category=\(Self.observation)|laboratory"
        #expect(
            try granted(
                "patient/Patient.r patient/Observation.rs patient/Observation.rs?\(lab)", without: "patient/Observation"
            )
                == "patient/Patient.r")
        // A covered granular scope stays as long as its category does, in the client's spelling.
        let encoded =
            "patient/Observation.rs?category=http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7Claboratory"
        let kept = try granted(
            "patient/Observation.rs \(encoded)", only: "patient/Observation", "patient/Observation?\(lab)")
        #expect(kept == "patient/Observation.rs?\(lab) \(encoded)")
    }

    @Test("for the patient, what is asked of the user is asked of the own record")
    func ownRecord() throws {
        let choices = choices("patient/Task.rs user/Task.cruds user/Goal.rs", for: .patient)
        #expect(choices.groups.map(\.place) == ["your record"])
        #expect(choices.groups.first?.choices.map(\.id.description) == ["patient/Goal", "patient/Task"])
        #expect(
            try granted("patient/Task.rs user/Task.cruds user/Goal.rs", without: "patient/Task", for: .patient)
                == "user/Goal.rs")
    }

    // Requirement 112
    @Test(
        "no information left of an offer of information, or nothing ticked at all, is a no",
        arguments: [
            ("openid launch/patient patient/Patient.rs offline_access", ["identity", "offline_access"]),
            ("openid launch/patient", []), ("openid offline_access", []),
            ("patient/Observation.rs", ["patient/Observation"]),
        ])
    func denial(_ scopes: String, _ ticked: [String]) {
        let choices = choices(scopes)
        #expect(choices.granted(ticked: Set(choices.all.map(\.id).filter { ticked.contains($0.description) })).isEmpty)
    }

    @Test("an offer without information is granted by its own ticks, and one without ticks by the yes alone")
    func withoutInformation() throws {
        #expect(try granted("openid launch/patient offline_access", only: "identity") == "openid launch/patient")
        #expect(choices("launch/patient launch").granted(ticked: []).description == "launch/patient launch")
        #expect(choices("").granted(ticked: []).isEmpty)
    }

    @Test("the form sends the ticks by name; what is none of them is nothing")
    func form() throws {
        let choices = choices("openid patient/Task.rs patient/Patient.rs?_tag=a%20b")
        let form = try Form(
            "csrf=x&tick=patient%2FTask&tick=patient%2FTask&tick=user%2FTask&tick=&tick=patient%2F%E2%84%AA&other=identity"
        )
        #expect(choices.ticked(in: form).map(\.description) == ["patient/Task"])
        let all = Form(choices.all.map { ("tick", $0.id.description) })
        #expect(choices.ticked(in: try Form(all.encoded)) == Set(choices.all.map(\.id)))
        #expect(choices.all.allSatisfy { $0.id.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
    }

    @Test("the names of ticks do not depend on the order or the spelling of the scopes")
    func stable() {
        let one = choices("patient/Observation.rs?category=a|b,c&status=final patient/Task.read openid")
        let other = choices("openid patient/Task.rs patient/Observation.rs?status=final&category=c,a%7Cb")
        #expect(Set(one.all.map(\.id)) == Set(other.all.map(\.id)))
    }
}

@Suite("Choices of a consent, at random")
struct ConsentChoicesPropertyTests {
    private static let readers: [ConsentSentences.Reader] = [.patient, .other]

    // Requirement 105
    @Test("everything ticked is the offer itself, byte for byte", arguments: 0..<30 as Range<UInt64>)
    func everything(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<20 {
            let offered = random.scopes(upTo: 6)
            let choices = ConsentChoices(offered, for: random.pick(Self.readers))
            #expect(choices.granted(ticked: Set(choices.all.map(\.id))) == offered, "\(offered)")
            #expect(Set(choices.all.map(\.id)).count == choices.all.count, "\(offered): a tick is there twice")
        }
    }

    // Requirement 213
    @Test(
        "more ticks never give less, and nothing is given that was not offered", arguments: 100..<120 as Range<UInt64>)
    func monotone(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<8 {
            let offered = random.scopes(upTo: 6)
            let choices = ConsentChoices(offered, for: random.pick(Self.readers))
            let many = Set(choices.all.map(\.id).filter { _ in random.chance(80) })
            let few = many.filter { _ in random.chance(75) }
            let more = choices.granted(ticked: many)
            let less = choices.granted(ticked: few)
            for scope in less.clinical { #expect(more.covers(scope), "\(offered): \(less) > \(more)") }
            for scope in more.clinical { #expect(offered.covers(scope), "\(offered): \(more)") }
            for scope in less.scopes where scope.clinical == nil { #expect(more.scopes.contains(scope)) }
            for scope in more.scopes where scope.clinical == nil { #expect(offered.scopes.contains(scope)) }
            for _ in 0..<40 {
                let access = random.access()
                #expect(!access.isAllowed(by: less) || access.isAllowed(by: more), "\(offered): \(access)")
                #expect(!access.isAllowed(by: more) || access.isAllowed(by: offered), "\(offered): \(access)")
            }
            #expect(ScopeSet(more.description) == more && more.allowed(by: offered) == more)
        }
    }

    // Requirement 213
    @Test("a type or a category that is not ticked is open to no access", arguments: 200..<225 as Range<UInt64>)
    func denied(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<8 {
            let offered = random.scopes(upTo: 6)
            let reader = random.pick(Self.readers)
            let choices = ConsentChoices(offered, for: reader)
            let ticked = Set(choices.all.map(\.id).filter { _ in random.chance(70) })
            let granted = choices.granted(ticked: ticked)
            for row in choices.records.rows {
                let contexts = ClinicalScope.Context.allCases.filter {
                    ClinicalScope($0, row.type, .read).place(for: reader) == row.place
                }
                // Granular scopes apart from the type have ticks of their own.
                let apart = choices.records.granular.contains { $0.type == row.type && $0.place == row.place }
                if !ticked.contains(row.id), !apart {
                    #expect(
                        !granted.clinical.contains { $0.opens(row.type, in: row.place, for: reader) },
                        "\(offered): \(row.id) in \(granted)")
                }
                for token in ConsentCategories.of(row.type) where !apart {
                    guard !ticked.contains(.category(token, of: row.type, in: row.place)) else { continue }
                    for context in contexts {
                        let access = ConcreteAccess(
                            context: context, type: row.type, letter: .read,
                            categories: [(token.system, token.code)], codes: [])
                        #expect(!access.isAllowed(by: granted), "\(offered): \(token.spelling) in \(granted)")
                    }
                }
            }
        }
    }

    // Requirements 214, 215
    @Test(
        "an answer by categories has no scope for the whole type, and no version 1",
        arguments: 300..<320 as Range<UInt64>)
    func byCategory(seed: UInt64) {
        var random = ScopeGenerator(seed: seed)
        for _ in 0..<8 {
            let offered = random.scopes(upTo: 6)
            let reader = random.pick(Self.readers)
            let choices = ConsentChoices(offered, for: reader)
            let parts = choices.groups.flatMap(\.choices).filter { !$0.parts.isEmpty }
            guard let part = parts.first, let untick = part.parts.first else { continue }
            let granted = choices.granted(ticked: Set(choices.all.map(\.id)).subtracting([untick.id]))
            let row = choices.records.rows.first { $0.id == part.id }
            for scope in granted.scopes {
                #expect(!scope.isVersion1, "\(offered): \(granted)")
                guard let clinical = scope.clinical, clinical.constraints.isEmpty, let row else { continue }
                #expect(!clinical.opens(row.type, in: row.place, for: reader), "\(offered): \(granted)")
            }
        }
    }
}
