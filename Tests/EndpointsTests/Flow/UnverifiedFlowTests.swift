import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 9700 §4.11.2: nobody is sent to an app that nobody vouches for without having decided so")
struct UnverifiedFlowTests {
    private let house: TestHouse

    init() throws {
        house = try TestHouse()
        try house.addClient("stranger", by: .none, scopes: "openid launch/patient patient/*.rs", verified: false)
    }

    private static let mistakes: [[String: String?]] = [
        ["scope": "system/*.rs"], ["scope": nil], ["response_type": "token"], ["code_challenge": nil],
        ["aud": "https://evil.example/fhir"], ["launch": "vst_lh_x"], ["state": nil], ["prompt": "none login"],
        ["request": "x"],
    ]

    /// What was asked for lies within the registration unless a test says otherwise.
    private func request(_ changes: [String: String?] = [:], from client: String = "stranger") -> String {
        TestBrowser.request(client, ["scope": "openid launch/patient patient/*.rs"].merging(changes) { $1 })
    }

    /// Where the link of the page leads.
    private func link(_ browser: TestBrowser) throws -> String {
        let match = try #require(browser.page.firstMatch(of: /<a class="button" href="([^"]*)"[^>]*>Back to the app</))
        return String(match.1).replacing("&amp;", with: "&")
    }

    @Test(
        "a request that is wrong is shown, with a link that carries what the app would have been told",
        arguments: mistakes)
    func shown(_ mistake: [String: String?]) throws {
        let browser = TestBrowser(house)
        try browser.get(request(mistake, from: "app"))
        let told = try #require(browser.location).replacing("app.example", with: "stranger.example")

        try browser.get(request(mistake))
        #expect(browser.response.status == 400 && browser.location == nil)
        #expect(browser.page.contains("App stranger") && browser.page.contains("This app is unverified"))
        #expect(browser.page.contains("<bdi>stranger.example</bdi>"))
        #expect(try link(browser) == told)
        #expect(told.contains("iss=https%3A%2F%2Fh.example%2Ffhir"))
        #expect(browser.response.remarks.contains { "\($0.name)=\($0.value)" == "client=stranger" })
    }

    // OpenID Core §3.1.2.1
    @Test("an app that wants no page is answered without one, right or wrong")
    func silent() throws {
        let browser = TestBrowser(house)
        for (changes, code) in [
            ([:], "login_required"), (["scope": "system/*.rs"], "invalid_scope"), (["state": nil], "invalid_request"),
        ] as [([String: String?], String)] {
            try browser.get(request(changes.merging(["prompt": "none"]) { $1 }))
            #expect(try browser.answer["error"] == code)
        }
    }

    @Test("who has signed in and says no, or yes, is sent to the app like to any other")
    func decided() throws {
        for (decision, member) in [("deny", "error"), ("allow", "code")] {
            let browser = TestBrowser(house)
            try browser.get(request())
            try browser.signIn("maja")
            try browser.submit("/portal/consent", ["decision": decision])
            #expect(try browser.answer[member] != nil)
            #expect(browser.location?.hasPrefix("https://stranger.example/cb?") == true)
        }
    }

    @Test("once an administrator has approved it, it is told itself")
    func approved() throws {
        let browser = TestBrowser(house)
        #expect(try house.store().decide(.approved, client: "stranger", at: house.instant))
        try browser.get(request(["scope": "system/*.rs"]))
        #expect(try browser.answer["error"] == "invalid_scope")
    }
}
