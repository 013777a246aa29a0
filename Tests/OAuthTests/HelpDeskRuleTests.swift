import Testing

@testable import OAuth

@Suite("What the help desk has to say, and whom it can look for")
struct HelpDeskRuleTests {
    @Test(
        "a reason is a line of words",
        arguments: [
            ("Call 4711: telephone lost", "Call 4711: telephone lost" as String?),
            ("  Call   4711:\n telephone lost ", "Call 4711: telephone lost"), ("", nil), ("urgent", nil),
            ("         .", nil), ("a reason with a bell \u{7}", nil), ("a reason with NUL \0", nil),
            (String(repeating: "a", count: 400), String(repeating: "a", count: 300)),
            ("Anruf: Gerät fehlt", "Anruf: Gerät fehlt"),
        ])
    func reasons(_ text: String, _ expected: String?) {
        #expect(StatedReason(text)?.text == expected)
    }

    @Test(
        "a name in three letters, or a whole user name",
        arguments: [
            ("Maja O'Connor", nil as String?, ["maja", "o'connor"]), ("maja", "maja", ["maja"]),
            ("O'Connor, Maja", nil, ["o'connor", "maja"]), ("al", "al", []), (" AL ", "al", []),
            ("Ö Ån", nil, nil as [String]?), ("", nil, nil), ("   ", nil, nil), ("a b c", nil, nil),
            ("maja\0", nil, nil),
            ("one two three four five six", nil, nil), (String(repeating: "x", count: 201), nil, nil),
            ("MRN-10042", "mrn-10042", ["mrn-10042"]),
        ])
    func queries(_ text: String, _ username: String?, _ words: [String]?) {
        let query = CallerQuery(text)
        #expect(query?.words == words && query?.username == username)
    }
}
