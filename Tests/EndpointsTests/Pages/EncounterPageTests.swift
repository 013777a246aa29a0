import Testing

@testable import Endpoints

@Suite("Encounter page")
struct EncounterPageTests {
    private static let amy = PatientSummary(id: "p1", name: "Amy Shaw", birthDate: "1961-03-04", recordNumber: "000123")
    private static let today = CalendarDate(secondsSince1970: 1_784_000_000)

    private static let stay = EncounterSummary(
        id: "e1", status: "in-progress", classCode: "IMP", type: "Hip replacement", start: "2026-07-10T08:00:00+02:00",
        place: "Ward 3", provider: "St. Mary")
    private static let visit = EncounterSummary(
        id: "e2", status: "finished", classCode: "AMB", start: "2026-06-01T10:30:00+02:00",
        end: "2026-06-01T11:00:00+02:00")
    private static let strange = EncounterSummary(id: "e3", status: "whatever", classWords: "Spa", start: "last year")

    private func page(_ outcome: EncounterPage.Outcome, isOwn: Bool = false) throws -> Markup {
        try Markup(
            EncounterPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), appName: "Growth Chart",
                interaction: "i", patient: Self.amy, isOwnRecord: isOwn, outcome: outcome, today: Self.today
            ).render().description)
    }

    // Requirement 115
    @Test("each visit has a button that tells which it is")
    func choices() throws {
        let page = try page(.found([Self.stay, Self.visit, Self.strange], isCut: false))
        let forms = page.forms(to: "/portal/encounter").filter { $0.controls.value("encounter") != nil }
        #expect(forms.map { $0.controls.value("encounter") } == ["e1", "e2", "e3"])
        #expect(forms.allSatisfy { $0.controls.value("csrf") == "t" && $0.controls.value("interaction") == "i" })
        #expect(
            forms.compactMap { $0.controls.last?.text } == [
                "Choose Hospital stay: Hip replacement, Since 10 Jul 2026, 08:00, Ward 3, St. Mary",
                "Choose Outpatient visit, 1 Jun 2026, 10:30 to 11:00, Not recorded",
                "Choose Spa, last year, Not recorded",
            ])
        #expect(
            page.all("dd").map(\.text).suffix(9) == [
                "Since 10 Jul 2026, 08:00", "Ward 3, St. Mary", "Going on now", "1 Jun 2026, 10:30 to 11:00",
                "Not recorded", "Finished", "last year", "Not recorded", "Not known",
            ])
        #expect(page.all("h3").map(\.text) == ["Hospital stay: Hip replacement Now", "Outpatient visit", "Spa"])
    }

    @Test("the patient is named, at the top and in the question")
    func patient() throws {
        let page = try page(.found([Self.visit], isCut: false))
        #expect(page.first("section", "class", "patient")?.text.contains("Amy Shaw") == true)
        #expect(page.text.contains("Growth Chart asks which visit or stay of Amy Shaw it is opened for."))
        #expect(try self.page(.unavailable, isOwn: true).text.contains("which visit or stay of yours"))
    }

    @Test(
        "each outcome has its words, and there is always a way on and a way back",
        arguments: [
            (EncounterPage.Outcome.found([], isCut: false), "No visits or stays are recorded."),
            (.found([visit], isCut: false), "1 visit"), (.found([visit, stay], isCut: false), "2 visits"),
            (.found([visit, stay], isCut: true), "The 2 most recent visits"),
            (.unavailable, "They cannot be reached just now."),
        ])
    func outcomes(_ outcome: EncounterPage.Outcome, _ words: String) throws {
        let page = try page(outcome)
        #expect(page.text.contains(words))
        let form = try #require(page.forms(to: "/portal/encounter").last)
        #expect(form.controls.value("csrf") == "t" && form.controls.value("interaction") == "i")
        #expect(form.controls.filter { $0.name == "button" }.map { $0.attributes["name"] } == ["none", "cancel"])
    }
}

@Suite("A visit in words")
struct EncounterSummaryTests {
    private func encounter(_ id: String, _ status: String, _ start: String?) -> EncounterSummary {
        EncounterSummary(id: id, status: status, start: start)
    }

    @Test("what goes on now comes first, then the most recent, then what has no date")
    func order() {
        let sorted = [
            encounter("old", "finished", "2019"), encounter("undated", "finished", nil),
            encounter("new", "finished", "2026-03-04T10:30:00+01:00"), encounter("now", "in-progress", "2020-01-01"),
            encounter("earlier", "finished", "2026-03-04T10:30:00+02:00"),
            encounter("arrived", "arrived", "2026-07-01"),
            encounter("unreadable", "finished", "spring"), encounter("planned", "planned", "2027-01-01"),
        ].inOrder
        #expect(
            sorted.map(\.id) == ["arrived", "now", "planned", "new", "earlier", "old", "undated", "unreadable"])
    }

    @Test(
        "its time",
        arguments: [
            (nil, nil, "finished", "Not recorded"), ("2026-03-04", nil, "finished", "4 Mar 2026"),
            ("2026-03-04", nil, "in-progress", "Since 4 Mar 2026"), (nil, "2026-03", "finished", "Until Mar 2026"),
            ("2026-03-04", "2026-03-09", "finished", "4 Mar 2026 to 9 Mar 2026"),
            ("2026-03-04", "2026-03-04", "finished", "4 Mar 2026"),
            ("2026-03-04T08:00:00Z", "2026-03-04T09:15:00Z", "finished", "4 Mar 2026, 08:00 to 09:15"),
            ("2026-03-04T22:00:00Z", "2026-03-05T02:00:00Z", "finished", "4 Mar 2026, 22:00 to 5 Mar 2026, 02:00"),
            ("spring", "summer", "finished", "spring to summer"),
        ] as [(String?, String?, String, String)])
    func time(_ start: String?, _ end: String?, _ status: String, _ words: String) {
        #expect(EncounterSummary(id: "e", status: status, start: start, end: end).when(in: .english) == words)
    }

    @Test("every status and every well-known class has words of its own, none of them the code")
    func words() {
        let statuses = [
            "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error",
        ]
        #expect(Set(statuses.map { encounter("e", $0, nil).statusWords(in: .english) }).count == statuses.count)
        for code in ["AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"] {
            let title = EncounterSummary(id: "e", status: "finished", classCode: code, classWords: "site's").title(
                in: .english)
            #expect(!title.contains(code) && !title.contains("site's"))
        }
        #expect(
            EncounterSummary(id: "e", status: "finished", classCode: "own", classWords: "Spa").title(in: .english)
                == "Spa")
        #expect(EncounterSummary(id: "e", status: "finished").title(in: .english) == "Visit")
    }
}
