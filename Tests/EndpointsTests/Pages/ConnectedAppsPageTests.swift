import SMART
import Testing

@testable import Endpoints

@Suite("Connected apps page, SMART conformance#using-well-known")
struct ConnectedAppsPageTests {
    private static let day = CalendarDate(secondsSince1970: 1_784_000_000)

    private func app(
        _ id: String, _ scopes: String, patient: String? = nil, isOwn: Bool = false, offline: Bool = false,
        isUsed: Bool = true, reads: Int? = nil, basis: ConnectedApp.Basis = .consent
    ) -> ConnectedApp {
        ConnectedApp(
            id: id, name: "App \(id)", since: Self.day, lastUsed: isUsed ? Self.day : nil,
            reads: reads.map { ConnectedApp.Reads(times: $0, last: Self.day) }, scopes: ScopeSet(scopes),
            patient: patient, isOwnRecord: isOwn,
            offlineUntil: offline ? CalendarDate(secondsSince1970: 1_792_000_000) : nil, basis: basis)
    }

    private func page(_ apps: [ConnectedApp], _ notice: ConnectedAppsPage.Notice? = nil) throws -> Markup {
        try Markup(
            ConnectedAppsPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), apps: apps, notice: notice
            ).render().description)
    }

    // Requirement 207
    @Test("each app has its name, its dates, its access in words and a button that ends it")
    func list() throws {
        let page = try page([
            app("one", "openid patient/Observation.rs offline_access", patient: "Amy Shaw", offline: true, reads: 3),
            app("two", "user/Practitioner.rs", isUsed: false),
        ])
        let forms = page.forms(to: "/portal/apps").filter { $0.controls.value("app") != nil }
        #expect(forms.map { $0.controls.value("app") } == ["one", "two"])
        #expect(forms.allSatisfy { $0.controls.value("csrf") == "t" && $0.form.attributes["method"] == "post" })
        #expect(
            forms.compactMap { $0.controls.last?.text } == [
                "End access of App one, record: Amy Shaw", "End access of App two",
            ])
        #expect(
            page.all("dd").map(\.text) == [
                "Amy Shaw", "14 Jul 2026", "14 Jul 2026", "3 times, last on 14 Jul 2026", "14 Oct 2026", "14 Jul 2026",
                "Not yet", "Nothing yet",
            ])
        #expect(page.text.contains("See in this patient’s record: test results, vital signs and other measurements"))
        #expect(page.text.contains("See in the hospital’s directories and catalogs: doctors, nurses and other staff"))
    }

    // Requirement 208
    @Test("apps that keep their access while the person is away stand apart, and first")
    func away() throws {
        let page = try page([app("here", "openid"), app("away", "openid offline_access", offline: true)])
        #expect(
            page.all("h2").map(\.text) == [
                "They keep their access while you are away", "They have access while you use them", "All at once",
            ])
        #expect(page.all("h3").map(\.text) == ["App away", "App here"])
        #expect(try self.page([app("here", "openid")]).all("h2").count == 1)
    }

    @Test("what happens then is said before; all at once is a step of its own, where there are several")
    func consequences() throws {
        let two = try page([app("one", "openid"), app("two", "openid")])
        let words = try #require(two.text.range(of: "What it has read before stays with it"))
        let button = try #require(two.text.range(of: "End access of App one"))
        #expect(words.lowerBound < button.lowerBound)
        let last = try #require(two.forms(to: "/portal/apps").last)
        #expect(last.controls.value("app") == nil && last.controls.last?.text == "Yes, end the access of all apps")
        #expect(two.text.contains("None of the 2 apps above can read anything from then on"))
        #expect(try page([app("one", "openid")]).forms(to: "/portal/apps").count == 1)
    }

    @Test("what was allowed can become less; what the site answers for was not asked about")
    func less() throws {
        func link(_ app: ConnectedApp) throws -> Bool {
            try page([app]).first("a", "href", "/portal/apps/change?app=one") != nil
        }
        #expect(try link(app("one", "patient/Task.rs")))
        #expect(try !link(app("one", "openid")))
        let trusted = app("one", "patient/Task.rs", basis: .policy)
        #expect(try !link(trusted))
        #expect(try page([trusted]).text.contains("Ward answers for this app, so you were not asked when it started."))
        #expect(try page([app("one", "openid", reads: 1)]).text.contains("once, on 14 Jul 2026"))
    }

    @Test("a patient reads of the own record")
    func own() throws {
        let page = try page([app("one", "patient/Task.rs", patient: "Amy Shaw", isOwn: true)])
        #expect(page.text.contains("See in your record: tasks in care") && page.all("dd").first?.text == "Yours")
        #expect(!page.text.contains("Amy Shaw"))
    }

    @Test("nothing is a state of its own")
    func empty() throws {
        let page = try page([])
        #expect(page.text.contains("No app has access") && page.forms(to: "/portal/apps").isEmpty)
    }

    @Test(
        "each notice has its words",
        arguments: [
            (ConnectedAppsPage.Notice.ended("Growth Chart"), "status", "The access of Growth Chart has ended."),
            (.allEnded, "status", "None can read anything more."),
            (.narrowed("A"), "status", "A has less from now on."),
            (.unchanged("A"), "status", "Nothing was changed for A."),
            (.changedMeanwhile, "alert", "please look once more"), (.noSuchApp, "alert", "It has ended already."),
            (.formExpired, "alert", "it has been renewed"),
        ])
    func notices(_ notice: ConnectedAppsPage.Notice, _ role: String, _ words: String) throws {
        #expect(try page([app("one", "openid")], notice).first("div", "role", role)?.text.contains(words) == true)
    }
}
