import SMART
import Testing

@testable import Endpoints

@Suite("Portal page")
struct PortalPageTests {
    private static let amy = PatientSummary(id: "p1", name: "Amy Shaw", birthDate: "1961", recordNumber: "000123")
    private static let apps = [
        AppTile(
            id: "growth", name: "Growth Chart", host: "growth.example", isVerified: false,
            scopes: ScopeSet("patient/Observation.cruds patient/Condition.rs patient/Immunization.rs patient/Task.rs")),
        AppTile(id: "beds", name: "Bed Board", scopes: ScopeSet("openid")),
    ]

    private func page(
        _ reach: PortalPage.Reach = .patients, _ outcome: PatientSearch.Outcome = .none, query: String = "",
        selected: PatientSummary? = nil, apps: [AppTile] = apps, notice: PortalPage.Notice? = nil,
        leadsToConnectedApps: Bool = false
    ) throws -> Markup {
        try Markup(
            PortalPage(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), reach: reach,
                search: PatientSearch(query: query, outcome: outcome), selected: selected, apps: apps, notice: notice,
                today: CalendarDate(secondsSince1970: 1_784_000_000), leadsToConnectedApps: leadsToConnectedApps
            ).render().description)
    }

    @Test("the page of connected apps is led to where there is one")
    func connectedApps() throws {
        #expect(try page(leadsToConnectedApps: true).first("a", "href", "/portal/apps") != nil)
        #expect(try page().first("a", "href", "/portal/apps") == nil)
    }

    @Test("before a patient is chosen, only apps that need none can be launched")
    func withoutPatient() throws {
        let page = try page()
        let launches = page.forms(to: "/portal/launch")
        #expect(launches.map { $0.controls.value("client") } == ["beds"])
        #expect(launches.first?.controls.value("patient") == nil)
        #expect(page.text.contains("As soon as a patient is chosen, you can start: Growth Chart"))
        #expect(page.forms(to: "/portal").first?.form.attributes["method"] == "post")
    }

    @Test("a result is a link that chooses the patient")
    func results() throws {
        let page = try page(.patients, .results([Self.amy], isCut: false), query: "amy & co")
        let link = page.all("a").first { $0.attributes["class"] == "button" }
        #expect(link?.attributes["href"] == "/portal?patient=p1")
        #expect(link?.text == "Choose Amy Shaw, born 1961 (64 or 65 years), record number 000123")
    }

    @Test("with a patient chosen, the banner names the patient and every launch carries the id")
    func selected() throws {
        let page = try page(query: "amy", selected: Self.amy)
        #expect(page.first("section", "aria-label", "Chosen patient")?.text.contains("Amy Shaw") == true)
        #expect(page.all("a").contains { $0.attributes["href"] == "/portal" })
        #expect(page.forms(to: "/portal").isEmpty)
        let launches = page.forms(to: "/portal/launch")
        #expect(launches.map { $0.controls.value("client") } == ["growth", "beds"])
        #expect(launches.allSatisfy { $0.controls.value("patient") == "p1" && $0.controls.value("csrf") == "t" })
        #expect(launches.first?.controls.last?.text == "Launch Growth Chart with the record of Amy Shaw")
    }

    @Test("a tile says whose the app is, whether it was looked at, and what it may see, in the words of consent")
    func tiles() throws {
        let tiles = try page(selected: Self.amy).all("li").filter { $0.attributes["class"] == "app" }.map { tile in
            tile.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(tiles.count == 2)
        for words in [
            "Growth Chart growth.example Unverified: nobody at Ward has looked at it", "See in this patient’s record:",
            " and 1 more",
            "Add to or change in this patient’s record: test results, vital signs and other measurements",
            "Launch Growth Chart with the record of Amy Shaw",
        ] {
            #expect(tiles[0].contains(words), "\(words)")
        }
        #expect(tiles[1].hasPrefix("Bed Board Sees nobody’s record") && !tiles[1].contains("nverified"))
        #expect(try page(.ownRecord, selected: Self.amy).text.contains("See in your record:"))
    }

    @Test("a patient sees the own record and no search")
    func ownRecord() throws {
        let page = try page(.ownRecord, selected: Self.amy)
        #expect(page.first("section", "aria-label", "Your record") != nil)
        #expect(page.forms(to: "/portal").isEmpty && !page.text.contains("Choose another patient"))
        #expect(try self.page(.ownRecord).text.contains("Your record cannot be shown just now."))
    }

    @Test("whoever may see nobody is told so, and can still start what needs no patient")
    func nobody() throws {
        let page = try page(.nobody)
        #expect(page.text.contains("no patients have been assigned to it yet"))
        #expect(page.forms(to: "/portal").isEmpty)
        #expect(page.forms(to: "/portal/launch").count == 1)
        #expect(try self.page(.nobody, apps: []).text.contains("No app is set up for you yet."))
    }

    @Test("a notice stands first")
    func notice() throws {
        let page = try page(notice: .appNeedsPatient("Growth Chart"))
        #expect(
            page.first("div", "role", "alert")?.text.contains("Growth Chart opens with the record of a patient.")
                == true)
    }
}
