import Testing

@testable import Endpoints

@Suite("Patient page")
struct PatientPageTests {
    private static let amy = PatientSummary(
        id: "p1", name: "Amy Shaw", birthDate: "1961-03-04", sex: "female", recordNumber: "000123")
    private static let john = PatientSummary(id: "p2", name: "John Shaw", isDeceased: true)

    private func page(_ outcome: PatientSearch.Outcome, query: String = "sha") throws -> Markup {
        try Markup(
            PatientPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), appName: "Growth Chart",
                interaction: "i", search: PatientSearch(query: query, outcome: outcome),
                today: CalendarDate(secondsSince1970: 1_784_000_000)
            ).render().description)
    }

    @Test("the search is posted, and keeps the interaction and the text")
    func search() throws {
        let form = try #require(try page(.none).forms(to: "/portal/patient").first)
        #expect(form.form.attributes["method"] == "post")
        #expect(form.controls.value("interaction") == "i" && form.controls.value("q") == "sha")
    }

    @Test("each patient has a button that tells who it is, with birth date and record number")
    func results() throws {
        let page = try page(.results([Self.amy, Self.john], isCut: false))
        let choices = page.forms(to: "/portal/patient").filter { $0.controls.value("patient") != nil }
        #expect(choices.map { $0.controls.value("patient") } == ["p1", "p2"])
        #expect(choices.allSatisfy { $0.controls.value("csrf") == "t" && $0.controls.value("interaction") == "i" })
        let names = choices.compactMap { $0.controls.last?.text }
        #expect(
            names == [
                "Choose Amy Shaw, born 4 Mar 1961 (65 years), record number 000123",
                "Choose John Shaw, birth date not recorded, record number not recorded",
            ])
        #expect(page.all("dd").map(\.text).prefix(3) == ["4 Mar 1961 (65 years)", "Female", "000123"])
        #expect(page.text.contains("John Shaw Deceased"))
        #expect(page.first("title")?.text == "Choose a patient (2 found) – Ward")
    }

    @Test(
        "each outcome has its words",
        arguments: [
            (PatientSearch.Outcome.results([amy], isCut: false), "1 patient found"),
            (.results([amy, john], isCut: true), "The first 2 patients found There are more."),
            (.nobody, "No patient you may see matches “sha”."),
            (.tooShort, "Type at least three letters of the name, a birth date or a whole record number."),
            (.unavailable, "The records cannot be reached just now."),
        ]
    )
    func outcomes(outcome: PatientSearch.Outcome, words: String) throws {
        #expect(try page(outcome).text.contains(words))
    }

    @Test("before anything was searched for: whose records were opened last, each as the results are")
    func recent() throws {
        func page(_ search: PatientSearch) throws -> Markup {
            try Markup(
                PatientPage(
                    site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"),
                    appName: "Growth Chart",
                    interaction: "i", search: search, today: CalendarDate(secondsSince1970: 1_784_000_000)
                ).render().description)
        }
        let fresh = try page(PatientSearch(recent: [Self.amy]))
        #expect(fresh.text.contains("Opened lately") && fresh.all("dd").map(\.text).first == "4 Mar 1961 (65 years)")
        #expect(fresh.forms(to: "/portal/patient").contains { $0.controls.value("patient") == "p1" })
        #expect(
            try !page(PatientSearch(query: "x", outcome: .nobody, recent: [Self.amy])).text.contains("Opened lately"))
    }

    @Test("the confirmation names the patient by all that tells two of one name apart")
    func confirmation() throws {
        let page = try Markup(
            PatientConfirmationPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), appName: "Growth Chart",
                interaction: "i", patient: Self.amy, today: CalendarDate(secondsSince1970: 1_784_000_000)
            ).render().description)
        let form = try #require(page.forms(to: "/portal/patient").first)
        #expect(form.controls.value("patient") == "p1" && form.controls.value("interaction") == "i")
        #expect(form.controls.last?.attributes["name"] == "confirm")
        for words in ["Amy Shaw", "4 Mar 1961 (65 years)", "Female", "000123", "Growth Chart will open this record."] {
            #expect(page.text.contains(words))
        }
        #expect(page.first("a", "href", "/portal/patient?interaction=i")?.text == "Choose another")
    }

    @Test("the way back to the app is always there")
    func cancel() throws {
        for outcome in [PatientSearch.Outcome.none, .nobody, .unavailable, .results([Self.amy], isCut: true)] {
            let form = try #require(try page(outcome).forms(to: "/portal/patient").last)
            #expect(form.controls.value("csrf") == "t" && form.controls.value("interaction") == "i")
            #expect(form.controls.last?.attributes["name"] == "cancel")
        }
    }
}
