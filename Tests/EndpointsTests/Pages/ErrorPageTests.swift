import Testing

@testable import Endpoints

@Suite("Error page")
struct ErrorPageTests {
    private func page(code: String?, description: String?, linksToPortal: Bool = true) throws -> Markup {
        try Markup(
            ErrorPage(
                site: Endpoints.Site(name: "Ward"), words: .brokenRequest(from: "Growth Chart"), code: code,
                developerDescription: description, requestID: "4711", linksToPortal: linksToPortal
            ).render().description)
    }

    @Test("the person reads words and a number to quote, the developer opens the rest")
    func layers() throws {
        let page = try page(code: "invalid_request", description: "state is missing")
        #expect(page.first("title")?.text == "Error: The app could not be opened – Ward")
        #expect(page.first("p", "class", "lead")?.text.hasPrefix("Growth Chart sent a request") == true)
        #expect(page.first("details")?.text.contains("invalid_request") == true)
        #expect(page.first("details")?.text.contains("state is missing") == true)
        #expect(page.first("footer")?.text.contains("Quote this number when you ask for help: 4711") == true)
    }

    // RFC 9700 §4.11.2
    @Test("to an app that nobody vouches for leads a link, which says where it leads, and nothing else")
    func unverified() throws {
        let site = Endpoints.Site(name: "Ward")
        let link = ErrorPage.AppLink(url: "https://app.example/cb?error=invalid_scope&state=s", host: "app.example")
        let page = try Markup(
            ErrorPage(
                site: site, words: .unverifiedApp("Growth Chart"), code: "invalid_scope",
                developerDescription: "scope is missing", requestID: "4711", linksToPortal: false, back: link
            ).render().description)
        #expect(page.first("p", "class", "lead")?.text.hasPrefix("Growth Chart asked for access") == true)
        #expect(page.text.contains("This app is unverified: nobody at Ward has looked at it."))
        #expect(page.text.contains("The way back leads to app.example"))
        #expect(page.first("a", "href", link.url)?.text == "Back to the app")
        #expect(page.first("a", "href", "/portal") == nil && page.first("meta", "http-equiv", "refresh") == nil)
    }

    @Test("without a word for developers there is nothing to open, and the portal is offered only where asked")
    func plain() throws {
        let page = try page(code: nil, description: nil, linksToPortal: false)
        #expect(page.first("details") == nil && page.first("a", "href", "/portal") == nil)
        #expect(try self.page(code: nil, description: nil).first("a", "href", "/portal") != nil)
    }
}
