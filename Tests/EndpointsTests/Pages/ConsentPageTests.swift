import HTTP
import OAuth
import SMART
import Testing

@testable import Endpoints

@Suite("Consent page")
struct ConsentPageTests {
    private static let amy = PatientSummary(id: "p1", name: "Amy Shaw", birthDate: "1961-03-04", recordNumber: "000123")

    private func page(
        _ offered: String, requested: String? = nil, beyond: String = "", patient: PatientSummary? = amy,
        isOwn: Bool = false,
        isLaunchFromEHR: Bool = false, ticked: Set<ChoiceID>? = nil, isVerified: Bool = true,
        organization: String? = nil
    ) throws -> Markup {
        try Markup(
            ConsentPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), interaction: "i",
                appName: "Growth Chart", organization: organization, appHost: "growth.example", isVerified: isVerified,
                isLaunchFromEHR: isLaunchFromEHR, patient: patient,
                isOwnRecord: isOwn,
                withheld: WithheldScopes(
                    requested: requested ?? offered, offered: ScopeSet(offered),
                    beyondThePerson: ScopeSet(beyond)),
                offlineLifetime: 92 * 86_400, today: CalendarDate(secondsSince1970: 1_784_000_000), ticked: ticked
            ).render().description)
    }

    private func ticks(_ page: Markup) throws -> [Markup.Element] {
        let form = try #require(page.forms(to: "/portal/consent").first)
        return form.controls.filter { $0.attributes["type"] == "checkbox" }
    }

    private func labels(_ page: Markup) -> [String] {
        page.all("label").map { $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
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

    // RFC 7591 §5
    @Test("an app that nobody at the site has looked at is said to be one")
    func unverified() throws {
        let words = "This app is unverified: nobody at Ward has looked at it"
        #expect(try page("patient/*.rs", isVerified: false).text.contains(words))
        #expect(try !page("patient/*.rs").text.contains("unverified"))
    }

    @Test("it says whose app it is, and for whose word to take it")
    func organization() throws {
        let known = try page("patient/*.rs", organization: "Acme <Health>").text
        #expect(known.contains("It is an app of Acme <Health>. Ward has looked at it."))
        #expect(try page("patient/*.rs").text.contains("Ward has looked at this app."))
        let claimed = try page("patient/*.rs", isVerified: false, organization: "Acme Health").text
        #expect(claimed.contains("It says that it is from Acme Health.") && !claimed.contains("It is an app of"))
        #expect(try !page("patient/*.rs", isVerified: false).text.contains("It says that it is from"))
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
            ("patient/Observation.rs user/Condition.rs", true, "Allow Growth Chart to use your record?"),
            ("user/Observation.rs", false, "Allow Growth Chart to use the records of all patients you may see?"),
            ("user/Location.rs", false, "Allow Growth Chart to use the hospital’s directories and catalogs?"),
            ("openid", false, "Allow Growth Chart to know who you are?"),
            ("__own", false, "Allow Growth Chart?"),
        ]
    )
    func question(offered: String, isOwn: Bool, question: String) throws {
        #expect(try page(offered, isOwn: isOwn).first("h1")?.text == question)
    }

    // Requirements 209, 211
    @Test("each thing has its tick with its words, and what the app may do with it where that differs")
    func list() throws {
        let page = try page(
            "patient/Immunization.rs patient/DocumentReference.c patient/Task.rds openid fhirUser __own")
        #expect(page.all("legend").map(\.text) == ["Use in this patient’s record", "Also"])
        #expect(
            labels(page) == [
                "Vaccinations (see)", "Documents and clinical notes (add)", "Tasks in care (see and delete)",
                "Know who you are: your name and your own entry in the hospital’s records",
                "Use the hospital’s own permission “__own”",
            ])
        let same = try self.page("patient/Immunization.rs patient/Task.read")
        #expect(same.all("legend").map(\.text) == ["See in this patient’s record"])
        #expect(labels(same) == ["Vaccinations", "Tasks in care"])
    }

    @Test("the form sends back exactly the choices, and everything is ticked at first")
    func form() throws {
        let scopes = "openid offline_access launch/patient patient/Observation.rs patient/*.r user/Condition.rs __own"
        for isOwn in [true, false] {
            let choices = ConsentPage.choices(ScopeSet(scopes), isOwnRecord: isOwn)
            let boxes = try ticks(try page(scopes, isOwn: isOwn))
            #expect(boxes.allSatisfy { $0.attributes["name"] == "tick" && $0.attributes["checked"] != nil })
            let sent = Form(boxes.map { ("tick", $0.attributes["value"] ?? "") }).encoded
            let ticked = choices.ticked(in: try Form(sent))
            #expect(ticked.count == boxes.count && choices.granted(ticked: ticked) == ScopeSet(scopes))
        }
    }

    // Requirement 214
    @Test("the categories of a type lie within its tick, under words of their own")
    func categories() throws {
        let page = try page("patient/Patient.rs patient/Condition.rs")
        #expect(page.all("summary").map(\.text) == ["Kinds of health problems and diagnoses"])
        #expect(page.first("details")?.attributes["open"] != nil)
        #expect(
            labels(page) == [
                "Name, birth date, contact and other personal details", "Health problems and diagnoses",
                "The problem list", "Diagnoses made at visits", "Health concerns", "All other health problems",
            ])
        // The box stands before what it opens, so that the stylesheet can close it.
        let item = page.elements.filter { $0.path.last == "li" }.map(\.name)
        #expect(item.starts(with: ["input", "label", "input", "label", "details"]))
        // In the long list of everything, they are a click away.
        #expect(try self.page("patient/*.rs").all("details").allSatisfy { $0.attributes["open"] == nil })
    }

    @Test("everything can be unticked at once, by another form of the page")
    func untick() throws {
        let page = try page("patient/Observation.rs")
        #expect(page.first("a", "href", "/portal/consent?interaction=i&tick=none")?.text == "Untick everything")
        let empty = try self.page("patient/Observation.rs", ticked: [])
        #expect(try ticks(empty).allSatisfy { $0.attributes["checked"] == nil })
        #expect(empty.first("a", "href", "/portal/consent?interaction=i")?.text == "Tick everything")
        #expect(empty.text.contains("Tick what it may get") && !empty.text.contains("Untick"))
        #expect(try self.page("__own").first("a", "class", "button quiet") == nil)
    }

    // Requirement 212
    @Test("access while the person is away is said in a block of its own, with its end")
    func offline() throws {
        let notice = "It can then go on reading without you being here, for up to three months after its last use"
        let block = try #require(
            try page("patient/Observation.rs offline_access").first("section", "aria-labelledby", "offline"))
        #expect(block.text.contains(notice) && block.text.contains("Keep its access while you are away"))
        #expect(try page("patient/Observation.cu offline_access").text.contains("go on reading and changing"))
        #expect(try page("openid offline_access").text.contains("go on using what you allow"))
        #expect(try !page("patient/Observation.rs").text.contains("away"))
        #expect(
            labels(try page("openid online_access")).last == "Keep its access for as long as you stay signed in")
    }

    // Requirement 102
    @Test("a wildcard is called everything, now and later")
    func wildcard() throws {
        let page = try page("patient/*.rs")
        let block = try #require(page.first("section", "aria-labelledby", "everything"))
        #expect(block.text.contains("what is recorded now, and what will be recorded later"))
        #expect(labels(page).contains("Vaccinations") && labels(page).contains("Everything else"))
        #expect(
            page.all("legend").map(\.text) == [
                "See in this patient’s record", "See in the hospital’s directories and catalogs",
            ])
        #expect(try self.page("patient/Condition.rs").first("section", "aria-labelledby", "everything") == nil)
    }

    @Test("what comes along with any yes is said, and has no tick")
    func besides() throws {
        let page = try page("launch launch/patient patient/Task.rs", isOwn: true)
        #expect(labels(page) == ["Tasks in care"])
        #expect(
            page.text.contains("Know what you had open when you started it")
                && page.text.contains("Know which record is yours"))
        // Nothing to choose, and still a question.
        let bare = try self.page("launch/patient", isOwn: false)
        #expect(try ticks(bare).isEmpty && bare.text.contains("Know which patient is chosen"))
        #expect(!bare.text.contains("Choose what it gets"))
    }

    // Requirement 95; RFC 6749 §3.3
    @Test("what was asked for and is not to be had is told with its reason, folded, and nothing else")
    func withheld() throws {
        let page = try page(
            "patient/Observation.rs openid",
            requested: "openid fhirUser patient/Observation.cruds system/Device.rs patient/Observation.dus weird",
            beyond: "fhirUser")
        let block = try #require(page.first("details", "class", "notice"))
        #expect(block.attributes["open"] == nil)
        let words = block.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.hasPrefix("What the app asked for and does not get"))
        for line in [
            "Ward has not approved the app for this: Add to or change in this patient’s record: test results, vital signs",
            "Delete from this patient’s record: test results, vital signs and other measurements",
            "Your account cannot give this: Know who you are: your name and your own entry",
            "This is only for programs that work without a person: ",
            "Ward does not know this: “patient/Observation.dus”", "“weird”", "For the developer of the app",
            "registered for this app as patient/Observation.rs alone",
            "no FHIR resource stands for this user",
            "system/ scopes are for backend services, which no person asks for",
            "“dus”: permissions are letters of cruds in that order, each once",
        ] {
            #expect(words.contains(line), "\(line)")
        }
        #expect(!words.contains("See in this patient’s record: test results"))
        #expect(try self.page("patient/Observation.rs").first("details", "class", "notice") == nil)
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
