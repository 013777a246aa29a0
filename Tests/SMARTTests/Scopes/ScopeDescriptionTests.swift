import HTTP
import Testing

@testable import SMART

@Suite("Scopes in plain words")
struct ScopeDescriptionTests {
    private func sentences(_ scopes: String, for reader: ConsentSentences.Reader = .other) -> ConsentSentences {
        ConsentSentences(ScopeSet(scopes), for: reader)
    }

    private static let category = "http://terminology.hl7.org/CodeSystem/observation-category"

    @Test(
        "a scope has its line",
        arguments: [
            (
                "patient/Observation.rs",
                "See in this patient’s record: test results, vital signs and other measurements"
            ),
            (
                "patient/Observation.read",
                "See in this patient’s record: test results, vital signs and other measurements"
            ),
            (
                "patient/Observation.rs?category=\(category)|laboratory",
                "See in this patient’s record: laboratory results"
            ),
            (
                "patient/Observation.rs?category=vital-signs",
                "See in this patient’s record: vital signs, such as blood pressure and weight"
            ),
            ("patient/Encounter.rs?class=IMP", "See in this patient’s record: hospital stays"),
            ("user/Condition.s", "See in the records of all patients you may see: health problems and diagnoses"),
            ("user/Practitioner.rs", "See in the hospital’s directories and catalogs: doctors, nurses and other staff"),
            ("patient/SupplyDelivery.r", "See in this patient’s record: supply delivery records"),
            ("patient/Task.c", "Add to or change in this patient’s record: tasks in care (add only)"),
            ("patient/Task.u", "Add to or change in this patient’s record: tasks in care (change only)"),
            ("patient/Task.cu", "Add to or change in this patient’s record: tasks in care"),
            ("patient/Task.d", "Delete from this patient’s record: tasks in care"),
            ("patient/*.rs", "See in this patient’s record: every kind of information, now and later"),
            (
                "system/*.rs",
                "See in the records of all patients, even when nobody is signed in: every kind of information, now and later"
            ),
            ("openid", "Recognize you when you come back, without learning your name"),
            ("openid profile", "Know who you are: your name"),
            ("openid fhirUser profile", "Know who you are: your name and your own entry in the hospital’s records"),
            ("offline_access", "Keep its access while you are away"),
            ("online_access", "Keep its access for as long as you stay signed in"),
            ("launch", "Know what you had open when you started it"),
            ("launch/patient", "Know which patient is chosen"),
            ("launch/encounter", "Know which visit it is about"),
            (
                "launch/imagingstudy?role=https://a.example/r",
                "Know which imagingstudy is chosen (as https://a.example/r)"
            ),
            ("__export", "Use the hospital’s own permission “__export”"),
            ("https://a.example/op", "Use the hospital’s own permission “https://a.example/op”"),
        ]
    )
    func lines(scopes: String, line: String) {
        #expect(sentences(scopes).lines == [line])
    }

    @Test(
        "a code that is not well known, or is another system's, stands as it was written",
        arguments: [
            ("category=http://evil.example|laboratory", "(only with category http://evil.example|laboratory)"),
            ("category=|laboratory", "(only with category |laboratory)"),
            ("code=http://loinc.org|8302-2", "(only with code http://loinc.org|8302-2)"),
            ("status=final,amended", "(only with status final or amended)"),
            ("_security=R&status=final", "(only with security label R and status final)"),
        ]
    )
    func literal(query: String, words: String) {
        #expect(
            sentences("patient/Observation.rs?\(query)").read.first?.kinds
                == ["test results, vital signs and other measurements \(words)"])
    }

    @Test("each category of a scope is a kind of its own, under the other conditions")
    func categories() {
        #expect(
            sentences("patient/Observation.rs?category=laboratory,activity,own&status=final").read.first?.kinds == [
                "laboratory results (only with status final)", "physical activity (only with status final)",
                "test results, vital signs and other measurements (only with category own and status final)",
            ])
    }

    @Test("what is said twice is said once, and permissions of one kind come together")
    func merged() {
        let merged = sentences(
            "patient/Task.c patient/Task.r patient/Task.us patient/Practitioner.rs user/Practitioner.rs")
        #expect(merged.read.map(\.kinds) == [["tasks in care"], ["doctors, nurses and other staff"]])
        #expect(merged.change.map(\.kinds) == [["tasks in care"]])
    }

    @Test("a wildcard comes first and is marked")
    func wildcard() {
        let wide = sentences("patient/Task.rs patient/*.rs offline_access")
        #expect(wide.wildcard && wide.offline)
        #expect(wide.read.first?.kinds == ["every kind of information, now and later", "tasks in care"])
        #expect(!sentences("patient/Task.rs").wildcard)
    }

    @Test("the patient reads of the own record")
    func own() {
        #expect(
            sentences("patient/Task.r user/Goal.r launch/patient", for: .patient).lines == [
                "See in your record: tasks in care", "See in your record: health goals", "Know which record is yours",
            ])
    }

    @Test("what goes beyond another set is told, and no more")
    func beyond() {
        let asked = sentences("patient/*.rs patient/Task.cud openid")
        #expect(
            asked.lines(beyond: sentences("patient/*.rs patient/Task.d")) == [
                "Add to or change in this patient’s record: tasks in care",
                "Recognize you when you come back, without learning your name",
            ])
    }

    private static let everyType = Compartment.table.keys.sorted()

    /// Scopes of every kind that the grammar has.
    private static let everyScope: [String] = {
        var scopes = [
            "openid", "profile", "fhirUser", "offline_access", "online_access", "launch", "launch/patient",
            "launch/encounter", "launch/questionnaire", "launch/patient?role=urn:r", "__own", "urn:own",
            "https://own.example/op", "patient/Observation.rs?code=http://loinc.org|1",
            "patient/Observation.rs?category=own", "patient/Observation.rs?_tag=own",
            "patient/Condition.rs?clinical-status=active",
        ]
        for type in everyType + ["*"] {
            for suffix in ["r", "s", "c", "u", "d", "cruds"] {
                scopes += ["patient/\(type).\(suffix)", "user/\(type).\(suffix)", "system/\(type).\(suffix)"]
            }
        }
        for (type, kinds) in ResourceWords.kinds {
            let parameter = ResourceWords.parameterOfKinds(type)
            scopes += kinds.map { "patient/\(type).rs?\(parameter)=\($0.system)|\($0.code)" }
        }
        return scopes
    }()

    @Test("no scope of any kind goes unsaid, to either reader", arguments: [ConsentSentences.Reader.patient, .other])
    func nothingUnsaid(reader: ConsentSentences.Reader) throws {
        for spelling in Self.everyScope {
            let set = ScopeSet(spelling)
            #expect(!set.isEmpty, "\(spelling)")
            let lines = ConsentSentences(set, for: reader).lines
            #expect(!lines.isEmpty, "\(spelling)")

            // Beside others it is not lost either.
            let crowd = ScopeSet("patient/*.rs patient/List.rs \(spelling) openid launch")
            let said = ConsentSentences(crowd, for: reader).lines
            #expect(lines.allSatisfy { said.contains($0) }, "\(spelling): \(lines)")
        }
    }

    @Test(
        "the words of two types, or of two categories of a type, are never the same, in any language",
        arguments: Language.spoken)
    func distinct(language: Language) {
        let nouns = Self.everyType.map { ResourceWords.noun($0, in: language) }
        #expect(Set(nouns).count == nouns.count)
        #expect(Set(ResourceWords.nouns.keys).isSubset(of: Self.everyType))
        for (type, kinds) in ResourceWords.kinds {
            let words = Set(kinds.map { "\($0.system)|\($0.words[language])" })
            #expect(words.count == kinds.count, "\(type)")
            #expect(words.isDisjoint(with: nouns), "\(type)")
        }
    }

    @Test("every parameter that has words is one that can be granted")
    func grantable() {
        for type in ResourceWords.kinds.keys {
            #expect(GranularParameter.isGrantable(ResourceWords.parameterOfKinds(type), of: type), "\(type)")
        }
    }
}
