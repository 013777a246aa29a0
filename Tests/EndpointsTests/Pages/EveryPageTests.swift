import HTTP
import Testing

@testable import Endpoints

@Suite("Every page")
struct EveryPageTests {
    private static let hostile = "<script>\"'&"

    @Test(
        "is well-formed, whatever stands in its values", arguments: ["Plain", hostile, "", "</title>--><svg onload=x>"])
    func wellFormed(text: String) throws {
        for page in SamplePages.all(text) {
            let markup = try Markup(page.html.description)
            #expect(markup.elements.allSatisfy { !["script", "style"].contains($0.name) }, "\(page.name)")
            // The one drawing there is.
            let drawings = markup.elements.filter { $0.name == "svg" }
            #expect(drawings.allSatisfy { $0.attributes["class"] == "qr" }, "\(page.name)")
        }
    }

    @Test("escapes every value")
    func escaped() {
        for page in SamplePages.all(Self.hostile) {
            let text = page.html.description
            #expect(!text.contains(Self.hostile) && !text.contains("<script"), "\(page.name)")
            #expect(text.contains("&lt;script&gt;&quot;&#39;&amp;"), "\(page.name)")
        }
    }

    @Test("has no script, no style of its own, and nothing from elsewhere")
    func policy() throws {
        for page in SamplePages.all("Shaw") {
            for element in try Markup(page.html.description).elements {
                #expect(!["script", "style", "img", "iframe", "object", "base"].contains(element.name), "\(page.name)")
                #expect(element.attributes.keys.allSatisfy { $0 != "style" && !$0.hasPrefix("on") }, "\(page.name)")
                // The ways out: of an app's error, and to an authenticator app on the same device. A person follows or does not.
                guard element.text != "Back to the app", element.attributes["href"]?.hasPrefix("otpauth://") != true
                else { continue }
                for address in [element.attributes["href"], element.attributes["action"]].compactMap({ $0 }) {
                    #expect(
                        address.hasPrefix("/") && !address.hasPrefix("//") || address.hasPrefix("#"), "\(page.name)")
                }
            }
        }
    }

    @Test("has a language, a title with the site's name, one main and one h1, and headings without gaps")
    func structure() throws {
        for page in SamplePages.all("Shaw") {
            let markup = try Markup(page.html.description)
            #expect(markup.first("html")?.attributes["lang"] == "en")
            #expect(markup.first("title")?.text.hasSuffix(" – Shaw") == true, "\(page.name)")
            #expect(markup.all("main").count == 1 && markup.all("h1").count == 1, "\(page.name)")
            #expect(markup.first("a")?.attributes["href"] == "#main", "\(page.name): the skip link comes first")

            let levels = markup.elements.compactMap { ["h1": 1, "h2": 2, "h3": 3][$0.name] }
            // The summary of a problem stands above the h1, so that it is read first.
            let outline = levels.drop { $0 != 1 }
            #expect(zip(outline, outline.dropFirst()).allSatisfy { $1 <= $0 + 1 }, "\(page.name): \(levels)")
        }
    }

    @Test("ties each field to its label and each reference to an element that is there")
    func references() throws {
        for page in SamplePages.all("Shaw") {
            let markup = try Markup(page.html.description)
            let ids = markup.elements.compactMap { $0.attributes["id"] }
            #expect(Set(ids).count == ids.count, "\(page.name): ids repeat")
            for field in markup.all("input") where field.attributes["type"] != "hidden" {
                let id = try #require(field.attributes["id"], "\(page.name)")
                #expect(markup.first("label", "for", id)?.text.isEmpty == false, "\(page.name)")
            }
            for element in markup.elements {
                for name in ["for", "aria-labelledby", "aria-describedby"] {
                    for id in (element.attributes[name] ?? "").split(separator: " ") {
                        #expect(ids.contains(String(id)), "\(page.name): \(id)")
                    }
                }
                if let target = element.attributes["href"], target.hasPrefix("#") {
                    #expect(ids.contains(String(target.dropFirst())), "\(page.name): \(target)")
                }
            }
            #expect(markup.elements.count { $0.attributes["autofocus"] != nil } <= 1, "\(page.name)")
        }
    }

    @Test("sends the CSRF token with every POST and never with a GET")
    func tokens() throws {
        for page in SamplePages.all("Shaw") {
            for (form, controls) in try Markup(page.html.description).forms {
                let carriesToken = controls.value("csrf") == "Shaw"
                #expect(carriesToken == (form.attributes["method"] == "post"), "\(page.name)")
                #expect(controls.contains { $0.name == "button" && !$0.text.isEmpty }, "\(page.name)")
            }
        }
    }

    @Test("says in its title that there is a problem exactly when it shows one")
    func problems() throws {
        for page in SamplePages.all("Shaw") where !page.name.hasPrefix("error") {
            let markup = try Markup(page.html.description)
            let hasProblem = markup.elements.contains { $0.attributes["role"] == "alert" }
            #expect(markup.first("title")?.text.hasPrefix("Error: ") == hasProblem, "\(page.name)")
        }
    }

    @Test("names who is signed in, and offers the way out")
    func account() throws {
        let page = try Markup(
            PageFrame(
                site: Endpoints.Site(name: "Ward"), visitor: Visitor(name: "Ada", csrf: "t"), interaction: "i",
                title: "x"
            )
            .render("<h1>x</h1>").description)
        let form = try #require(page.forms(to: "/portal/sign-out").first)
        #expect(form.form.text.contains("Signed in as Ada"))
        #expect(form.controls.value("csrf") == "t" && form.controls.value("interaction") == "i")
        #expect(form.controls.value("next") == "sign-in")
        #expect(form.controls.last?.text == "Sign out")
        #expect(!page.text.contains("Demonstration"))
    }
}
