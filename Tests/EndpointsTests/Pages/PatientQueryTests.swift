import Testing

@testable import Endpoints

@Suite("FHIR R4 patient#search, by what a person types")
struct PatientQueryTests {
    @Test(
        "a date, a number or words of a name",
        arguments: [
            ("1936-01-19", PatientQuery.birthDate("1936-01-19") as PatientQuery?),
            ("MRN-10042", .recordNumber("MRN-10042")), ("O'Connor, Maja", .name(["O'Connor", "Maja"])),
            ("  Maja\tO ", .name(["Maja", "O"])), ("1936", .recordNumber("1936")), ("Ma", nil), ("M A", nil), ("", nil),
            (String(repeating: "a", count: 101), nil),
        ])
    func reading(_ text: String, _ query: PatientQuery?) {
        #expect(PatientQuery(text) == query)
    }

    // FHIR R4 search#escaping
    @Test("no character of a name or number changes what is searched for")
    func escaping() {
        #expect(PatientQuery.name([#"a|b$c\d"#]).parameters.map(\.value) == [#"a\|b\$c\\d"#])
        #expect(PatientQuery.recordNumber("1,2").parameters.map(\.value) == [#"1\,2"#])
        #expect(PatientQuery.name(["Ann", "Lee"]).parameters.map(\.name) == ["name", "name"])
    }
}
