import Foundation
import HTTP
import Service
import Testing

@Suite("The configuration file")
struct ConfigurationTests {
    private static let minimal = """
        [server]
        base = "https://smart.example"
        [fhir]
        base = "https://smart.example/fhir"
        relay = "/run/relay.sock"
        [store]
        database = "/var/lib/v.db"
        [secrets]
        directory = "/etc/v/secrets"
        """

    @Test("the language and the colours of the pages are read, and nothing else is one")
    func look() throws {
        let text = Self.minimal.replacingOccurrences(of: "[server]", with: "[server]\nlanguage = \"de\"")
        let theme = "\n[theme]\naccent = \"#5B2A86\"\ndark_background = \"#000000\"\n"
        let configuration = try Configuration(text: text + theme, path: "t")
        #expect(configuration.language == .german && configuration.theme.light.accent == "#5b2a86")
        #expect(configuration.theme.dark.background == "#000000" && configuration.theme.logo == nil)
        for (section, wrong) in [
            ("theme", "accent = \"teal\""), ("theme", "accent = \"#12345;\""), ("theme", "acent = \"#000000\""),
        ] {
            #expect(throws: ConfigurationError.self) {
                try Configuration(text: "\(Self.minimal)\n[\(section)]\n\(wrong)\n", path: "t")
            }
        }
        #expect(throws: ConfigurationError.self) {
            try Configuration(
                text: text.replacingOccurrences(of: "\"de\"", with: "\"ar-XB\""), path: "t")
        }
    }

    @Test("patients say what no app may see where the site says so, and nowhere else")
    func limits() throws {
        #expect(try !Configuration(text: Self.minimal, path: "t").offersLimits)
        #expect(try Configuration(text: "\(Self.minimal)\n[consent]\nlimits = true\n", path: "t").offersLimits)
        #expect(throws: ConfigurationError.self) {
            try Configuration(text: "\(Self.minimal)\n[consent]\nlimits = \"all\"\n", path: "t")
        }
    }

    @Test("who may frame is read, one origin each, and plain http only in a demonstration")
    func frames() throws {
        let text = Self.minimal + "\n[frames]\norigins = [\"https://ehr.example\", \"https://b.example:8443\"]\n"
        #expect(
            try Configuration(text: text, path: "t").frameOrigins.map(\.text)
                == ["https://ehr.example", "https://b.example:8443"])
        #expect(try Configuration(text: Self.minimal, path: "t").frameOrigins.isEmpty)
        let demo = Self.minimal.replacing("smart.example", with: "localhost:8443")
            .replacing("[server]", with: "[server]\ndemo = true")
        let wrong = [
            "https://*.ehr.example", "http://localhost:8080", "https://ehr.example/", "https://e.example;x", "*", "",
        ]
        for each in wrong {
            let more = "\n[frames]\norigins = [\"\(each)\"]\n"
            #expect(throws: ConfigurationError.self) { try Configuration(text: Self.minimal + more, path: "t") }
            let isDemonstration = (try? Configuration(text: demo + more, path: "t")) != nil
            #expect(isDemonstration == (each == "http://localhost:8080"))
        }
        let many = Array(repeating: "\"https://ehr.example\"", count: 21).joined(separator: ", ")
        #expect(throws: ConfigurationError.self) {
            try Configuration(text: Self.minimal + "\n[frames]\norigins = [\(many)]\n", path: "t")
        }
    }

    @Test("what is not said takes the default")
    func defaults() throws {
        let configuration = try Configuration(text: Self.minimal, path: "t")
        #expect(configuration.siteName == "Vestibule")
        #expect(!configuration.isDemo)
        #expect(configuration.lifetimes.accessToken == 900)
        #expect(configuration.lifetimes.code == 60)
        #expect(configuration.lifetimes.launch == 300)
        #expect(configuration.lifetimes.sessionIdle == 900)
        #expect(configuration.lifetimes.sessionAbsolute == 43_200)
        #expect(configuration.urls.token == "https://smart.example/oauth2/token")
        #expect(configuration.urls.issuer == "https://smart.example/fhir")
        #expect(configuration.registration.mode == .off && !configuration.registration.approvesPatientApps)
        #expect(configuration.outbound.allowed.isEmpty && configuration.outbound.proxy == nil)
        #expect(configuration.store.description == "/var/lib/v.db")
    }

    @Test("the store can be another engine, and a scope that is never granted is no ceiling")
    func storeAndRegistration() throws {
        let text = Self.minimal.replacing("database = \"/var/lib/v.db\"", with: "url = \"postgresql:///vestibule\"")
        #expect(try Configuration(text: text, path: "t").store.description == "the PostgreSQL database")
        #expect(throws: ConfigurationError.self) {
            try Configuration(text: text.replacing("postgresql", with: "mysql"), path: "t")
        }
        #expect(throws: ConfigurationError.self) {
            try Configuration(text: text + "\n[registration]\nscopes = \"patient/*.sr\"", path: "t")
        }
        let open = try Configuration(
            text: text + "\n[registration]\nmode = \"open\"\nscopes = \"patient/*.rs\"", path: "t")
        #expect(open.registration.mode == .open && open.registration.scopes == "patient/*.rs")
    }

    @Test(
        "a mistake is named with its line and the nearest name",
        arguments: [
            (
                "[server]\nbase = \"https://smart.example\"", "[server]\nnam = \"x\"\nbase = \"https://smart.example\"",
                "t:2: unknown key nam in [server]; did you mean name?"
            ),
            ("[store]", "[stoer]\nx = 1\n[store]", "t:6: unknown section [stoer]; did you mean store?"),
            (
                "base = \"https://smart.example\"", "base = \"https://smart.example/\"",
                "t:2: base must be an https URL without path, query and fragment (http on loopback alone)"
            ),
            ("base = \"https://smart.example\"", "base = 5", "t:2: base must be a text in quotes"),
            ("relay = \"/run/relay.sock\"\n", "", "t: relay is missing in [fhir]"),
            (
                "[secrets]", "[lifetimes]\naccess_token = \"2h\"\n[secrets]",
                "t:9: access_token must be a duration such as \"90s\", \"15m\", \"12h\" or \"92d\", from 60s to 3600s"
            ),
            (
                "base = \"https://smart.example\"", "base = \"https://smart.example\"\ndemo = true",
                "t:3: demo mode needs base URLs on loopback: it is for this machine alone"
            ),
            (
                "database = \"/var/lib/v.db\"", "database = \"/var/lib/v.db\"\nurl = \"sqlite:/var/lib/v.db\"",
                "t:8: url and database exclude each other"
            ),
            ("database = \"/var/lib/v.db\"\n", "", "t: database or url is missing in [store]"),
            (
                "[secrets]", "[registration]\nmode = \"on\"\n[secrets]",
                "t:9: mode is \"off\", \"token\" or \"open\""
            ),
            (
                "https://smart.example\"\n[fhir]", "http://localhost:80\"\n[fhir]",
                "t:2: base uses plain http, which is for demo mode alone"
            ),
        ])
    func mistakes(_ from: String, _ to: String, _ message: String) throws {
        let range = try #require(Self.minimal.range(of: from))
        let text = Self.minimal.replacingCharacters(in: range, with: to)
        do {
            _ = try Configuration(text: text, path: "t")
            Issue.record("the mistake was not seen")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test("broken TOML is named with its line")
    func broken() {
        do {
            _ = try Configuration(text: "[server]\nbase = ", path: "t")
            Issue.record("the mistake was not seen")
        } catch {
            #expect(error.description.hasPrefix("t:2:"))
        }
    }

    @Test("durations have units", arguments: [("\"90s\"", 90), ("\"15m\"", 900), ("\"1h\"", 3600)])
    func durations(_ text: String, _ seconds: Int) throws {
        let configuration = try Configuration(
            text: Self.minimal + "\n[lifetimes]\naccess_token = \(text)\n", path: "t")
        #expect(configuration.lifetimes.accessToken == seconds)
    }
}
