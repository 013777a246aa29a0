import HTTP
import JSON
import OAuth
import Testing

@testable import Endpoints

@Suite("A consent, thing by thing")
struct ConsentFlowTests {
    private static let observation = "http://terminology.hl7.org/CodeSystem/observation-category"

    /// The consent page as the patient sees it.
    private func page(_ house: TestHouse, scope: String) throws -> TestBrowser {
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["scope": scope]))
        try browser.signIn("maja")
        return browser
    }

    private func scope(_ house: TestHouse, _ browser: TestBrowser) throws -> String {
        let code = try #require(try browser.answer["code"])
        var endpoint = try house.token()
        let answer = endpoint.respond(
            to: TestHouse.post([
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example/cb"),
                ("client_id", "app"), ("code_verifier", TestHouse.verifier),
            ]))
        let root = try JSONDocument(answer.body).root
        return try #require(root["scope"]?.string)
    }

    // Requirements 105, 211, 213
    @Test("what is unticked is not granted, and the rest comes back as it was asked for")
    func byType() throws {
        let house = try TestHouse()
        let browser = try page(
            house, scope: "openid launch/patient offline_access patient/Patient.read patient/Goal.rs")
        try browser.submit(
            "/portal/consent", ["decision": "allow"], unticking: ["patient/Goal", "offline_access"])
        #expect(try scope(house, browser) == "openid launch/patient patient/Patient.read")
    }

    // Requirements 214, 215
    @Test("a type in part is granted by its categories, in version 2")
    func byCategory() throws {
        let house = try TestHouse()
        let browser = try page(house, scope: "patient/Patient.read patient/Observation.read")
        let others = ["vital-signs", "procedure", "social-history", "survey"].map {
            "patient/Observation?category=\(Self.observation)|\($0)"
        }
        let sdoh = "patient/Observation?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh"
        try browser.submit(
            "/portal/consent", ["decision": "allow"], unticking: others + [sdoh, "patient/Observation/other"])
        #expect(
            try scope(house, browser)
                == "patient/Patient.rs patient/Observation.rs?category=\(Self.observation)|laboratory")
    }

    // Requirement 112
    @Test("a yes to nothing is a no")
    func nothing() throws {
        let house = try TestHouse()
        let browser = try page(house, scope: "openid launch/patient patient/Patient.rs")
        try browser.submit("/portal/consent", ["decision": "allow"], unticking: ["patient/Patient"])
        #expect(try browser.answer["error"] == "access_denied")
    }

    @Test("the page begins with nothing ticked for who wants that")
    func untick() throws {
        let browser = try page(try TestHouse(), scope: "launch/patient patient/Patient.rs patient/Goal.rs")
        #expect(browser.page.contains(" checked>"))
        try browser.get("\(browser.address)&tick=none")
        #expect(browser.response.status == 200 && !browser.page.contains(" checked>"))
    }

    @Test("more ticks than most forms have fields are read")
    func many() throws {
        let house = try TestHouse()
        let scopes = (0..<330).map { "patient/Observation.rs?category=\(Self.observation)|code-\($0)" }
        let asked = "launch/patient \(scopes.joined(separator: " "))"
        let browser = try page(house, scope: asked)
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try scope(house, browser) == asked)
    }
}
