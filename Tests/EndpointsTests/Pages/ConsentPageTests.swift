import SMART
import Testing

@testable import Endpoints

@Suite("Consent page")
struct ConsentPageTests {
    private static let amy = PatientSummary(id: "p1", name: "Amy Shaw", birthDate: "1961-03-04", recordNumber: "000123")

    private func page(
        _ offered: String, requested: String? = nil, patient: PatientSummary? = amy, isOwn: Bool = false,
        isLaunchFromEHR: Bool = false
    ) throws -> Markup {
        try Markup(
            ConsentPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), interaction: "i",
                appName: "Growth Chart", appHost: "growth.example", isLaunchFromEHR: isLaunchFromEHR, patient: patient,
                isOwnRecord: isOwn, offered: ScopeSet(offered), requested: requested ?? offered,
                offlineLifetime: 92 * 86_400, today: CalendarDate(secondsSince1970: 1_784_000_000)
            ).render().description)
    }

    @Test("both answers are there, and look alike")
    func answers() throws {
        let form = try #require(try page("patient/*.rs").forms(to: "/portal/consent").first)
        #expect(form.controls.value("csrf") == "t" && form.controls.value("interaction") == "i")
        let buttons = form.controls.filter { $0.name == "button" }
        #expect(buttons.map(\.text) == ["Allow", "Don’t allow"])
        #expect(buttons.map { $0.attributes["value"] } == ["allow", "deny"])
        #expect(buttons.allSatisfy { $0.attributes["name"] == "decision" && $0.attributes["class"] == nil })
    }

    @Test("the patient is named at the top and again beside the buttons, with the host")
    func patient() throws {
        let page = try page("patient/Observation.rs")
        #expect(page.first("section", "class", "patient")?.text.contains("Amy Shaw") == true)
        #expect(
            page.text.contains(
                "It is about Amy Shaw, born 4 Mar 1961 (65 years), record number 000123, and goes to growth.example."))
    }

    @Test(
        "the question says whose records are meant",
        arguments: [
            ("patient/Observation.rs", false, "Allow Growth Chart to use this patient’s record?"),
            ("patient/Observation.rs patient/Practitioner.rs", true, "Allow Growth Chart to use your record?"),
            ("user/Observation.rs", false, "Allow Growth Chart to use the records of all patients you may see?"),
            ("user/Location.rs", false, "Allow Growth Chart to use the hospital’s directories and catalogs?"),
            ("openid", false, "Allow Growth Chart to know who you are?"),
            ("__own", false, "Allow Growth Chart?"),
        ]
    )
    func question(offered: String, isOwn: Bool, question: String) throws {
        #expect(try page(offered, isOwn: isOwn).first("h1")?.text == question)
    }

    @Test("what the app may see, change and delete stands under its own heading")
    func sections() throws {
        let page = try page("patient/Condition.rs patient/DocumentReference.c patient/Task.d openid fhirUser")
        #expect(
            page.all("h3").map(\.text) == [
                "See in this patient’s record", "Add to or change in this patient’s record",
                "Delete from this patient’s record", "Also",
            ])
        #expect(
            page.all("li").map(\.text) == [
                "Health problems and diagnoses", "Documents and clinical notes (add only)", "Tasks in care",
                "Know who you are: your name and your own entry in the hospital’s records",
            ])
    }

    @Test("access while the person is away is said in a block of its own, with its end")
    func offline() throws {
        let notice = "can go on reading without you being here, for up to three months after its last use"
        #expect(
            try page("patient/Observation.rs offline_access").first("section", "aria-labelledby", "offline")?.text
                .contains(notice) == true)
        #expect(try page("patient/Observation.cu offline_access").text.contains("go on reading and changing"))
        #expect(try !page("patient/Observation.rs").text.contains("away"))
    }

    @Test("a wildcard is called everything, now and later")
    func wildcard() throws {
        #expect(try page("patient/*.rs").first("section", "aria-labelledby", "everything") != nil)
        #expect(try page("patient/*.rs").text.contains("Every kind of information, now and later"))
        #expect(try page("patient/Condition.rs").first("section", "aria-labelledby", "everything") == nil)
    }

    @Test("what was asked for and is not offered is told, and nothing else")
    func withheld() throws {
        let page = try page(
            "patient/Observation.rs", requested: "patient/Observation.cruds patient/Observation.dus weird")
        #expect(
            page.all("li").map(\.text) == [
                "Test results, vital signs and other measurements",
                "Add to or change in this patient’s record: test results, vital signs and other measurements",
                "Delete from this patient’s record: test results, vital signs and other measurements",
                "“patient/Observation.dus”, which Ward does not know", "“weird”, which Ward does not know",
            ])
        #expect(try self.page("patient/Observation.rs").first("section", "aria-labelledby", "withheld") == nil)
    }

    @Test("a patient reads of the own record and of what the app may do with it")
    func own() throws {
        let page = try page("patient/Observation.rs launch/patient", isOwn: true)
        #expect(page.text.contains("See in your record") && page.text.contains("Know which record is yours"))
        #expect(page.text.contains("their privacy policy tells you more"))
    }

    @Test("a launch from the hospital's own screen is told from an app that asks by itself")
    func origin() throws {
        #expect(try page("patient/*.rs", isLaunchFromEHR: true).text.contains("You started Growth Chart from Ward."))
        #expect(try page("patient/*.rs").text.contains("Growth Chart asks Ward for access."))
    }
}
