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

    @Test("without a word for developers there is nothing to open, and the portal is offered only where asked")
    func plain() throws {
        let page = try page(code: nil, description: nil, linksToPortal: false)
        #expect(page.first("details") == nil && page.first("a", "href", "/portal") == nil)
        #expect(try self.page(code: nil, description: nil).first("a", "href", "/portal") != nil)
    }
}
