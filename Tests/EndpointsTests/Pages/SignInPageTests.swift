import Testing

@testable import Endpoints

@Suite("Sign-in page")
struct SignInPageTests {
    private func page(
        isDemo: Bool = false, interaction: String? = "i", username: String = "", appName: String? = nil,
        problem: SignInProblem? = nil
    ) throws -> Markup {
        let accounts = [DemoAccount(label: "Doctor", username: "ada", password: "demo-1")]
        return try Markup(
            SignInPage(
                site: Endpoints.Site(name: "Ward", isDemo: isDemo), csrf: "t", interaction: interaction,
                username: username,
                appName: appName, problem: problem, demoAccounts: accounts
            ).render().description)
    }

    @Test("its form carries name, password, token and interaction")
    func form() throws {
        let form = try #require(try page(username: "ada").forms(to: "/portal/sign-in").first)
        #expect(form.controls.value("csrf") == "t" && form.controls.value("interaction") == "i")
        #expect(form.controls.value("username") == "ada")
        #expect(form.controls.first { $0.attributes["name"] == "username" }?.attributes["autocomplete"] == "username")
        let password = form.controls.first { $0.attributes["name"] == "password" }
        #expect(password?.attributes["autocomplete"] == "current-password")
        #expect(password?.attributes["value"] == nil)
        #expect(try page(interaction: nil).first("input", "name", "interaction") == nil)
    }

    @Test("the app that waits is named")
    func app() throws {
        #expect(try page(appName: "Growth Chart").text.contains("Sign in to continue to Growth Chart"))
    }

    @Test(
        "each problem has its words",
        arguments: [
            (SignInProblem.wrong, "The user name or the password is not right."),
            (.delayed(seconds: 8), "it takes no password for the next eight seconds"),
            (.delayed(seconds: 61), "it takes no password for the next two minutes"),
            (.sessionEnded, "You were signed out because nothing happened for a while."),
            (.formExpired, "it has been renewed"),
            (.unavailable, "Nothing is wrong with your account."),
        ]
    )
    func problems(problem: SignInProblem, words: String) throws {
        #expect(try page(problem: problem).text.contains(words))
    }

    @Test("a wrong password marks both fields and links to the first")
    func wrong() throws {
        let page = try page(username: "ada", problem: .wrong)
        #expect(page.elements.count { $0.attributes["aria-invalid"] == "true" } == 2)
        #expect(page.first("a", "href", "#username") != nil)
        #expect(page.first("div", "role", "alert")?.attributes["autofocus"] != nil)
    }

    @Test("demo accounts are shown in a demonstration and nowhere else")
    func demo() throws {
        let demo = try page(isDemo: true)
        #expect(demo.text.contains("User name ada Password demo-1"))
        let form = try #require(demo.forms(to: "/portal/sign-in").last)
        #expect(form.controls.value("username") == "ada" && form.controls.value("password") == "demo-1")
        #expect(form.controls.value("interaction") == "i" && form.controls.last?.text == "Sign in as Doctor")
        #expect(try !page().text.contains("demo-1"))
    }
}
