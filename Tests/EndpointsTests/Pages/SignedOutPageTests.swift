import Testing

@testable import Endpoints

@Suite("Signed-out page")
struct SignedOutPageTests {
    @Test("it says that apps may still be open, and how to sign in again")
    func page() throws {
        let page = try Markup(SignedOutPage(site: Endpoints.Site(name: "Ward")).render().description)
        #expect(page.text.contains("Apps that you started may still be open: close them too."))
        #expect(page.first("a", "href", "/portal") != nil)
        #expect(page.forms.isEmpty)
    }
}
