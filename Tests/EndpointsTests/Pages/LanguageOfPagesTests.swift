import HTTP
import SMART
import Testing

@testable import Endpoints

@Suite("The language of pages")
struct LanguageOfPagesTests {
    /// What is the same in two languages, and rightly so.
    private static let shared: Set<String> = [
        "Error", "Error:", "Status", "Code", "EKG", "Name", "Edge", "Firefox", "Safari",
    ]

    /// The pieces of text between tags, without what a person or an app wrote and what is for developers.
    private func texts(_ html: HTML) throws -> Set<String> {
        var rest = html.description[...]
        var found: Set<String> = []
        while let start = rest.firstIndex(of: ">") {
            let text = rest[rest.index(after: start)...].prefix { $0 != "<" }
            let tag = rest[..<start]
            rest = rest[text.endIndex...]
            guard !tag.hasSuffix("<code") && !tag.hasSuffix("lang=\"en\" dir=\"ltr\"") else { continue }
            let bare = text.replacing("§", with: "").trimmingPrefix { !$0.isLetter }
            if bare.count(where: \.isLetter) > 1 { found.insert(String(bare)) }
        }
        return found
    }

    @Test("no page says in Spanish or German what it says in English", arguments: [Language.spanish, .german])
    func translated(language: Language) throws {
        for (english, other) in zip(SamplePages.all("§"), SamplePages.all("§", in: language)) {
            let same = try texts(english.html).intersection(texts(other.html)).subtracting(Self.shared)
            #expect(same.isEmpty, "\(english.name): \(same)")
            #expect(other.html.language == language)
            #expect(other.html.description.contains("<html lang=\"\(language.rawValue)\" dir=\"ltr\">"))
        }
    }

    @Test("each page has the same elements in every language", arguments: [Language.spanish, .german, .mirrored])
    func elements(language: Language) throws {
        for (english, other) in zip(SamplePages.all("Shaw"), SamplePages.all("Shaw", in: language)) {
            let names = try Markup(english.html.description).elements.map(\.name).sorted()
            #expect(try Markup(other.html.description).elements.map(\.name).sorted() == names, "\(english.name)")
        }
    }

    @Test("the pseudo-language runs from right to left, is longer, and leaves names as they are")
    func mirrored() {
        let page = SignedOutPage(site: Endpoints.Site(name: "Ward", isDemo: true).speaking("ar-XB")).render()
        #expect(page.description.contains("<html lang=\"ar-XB\" dir=\"rtl\">"))
        #expect(page.description.contains("\u{202E}siigneed\u{202C}"))
        let named = SignInPage(
            site: Endpoints.Site(name: "Ward", isDemo: true).speaking("ar-XB"), csrf: "t", appName: "Growth Chart"
        ).render()
        #expect(named.description.contains("<bdi>Growth Chart</bdi>"))
        #expect(Endpoints.Site(name: "Ward").speaking("ar-XB").language == .english)
    }

    @Test("an app's ui_locales count more than the browser's languages, and these more than the site's")
    func negotiated() {
        let site = Endpoints.Site(name: "Ward", defaultLanguage: .spanish)
        let request = Request(method: .get, path: "/", fields: Fields([("Accept-Language", "de-AT, en;q=0.5")]))
        #expect(site.language == .spanish && site.speaking(to: Request(method: .get, path: "/")).language == .spanish)
        #expect(site.speaking(to: request).language == .german)
        #expect(site.speaking(to: request).speaking("fr en").language == .english)
        #expect(site.speaking(to: request).speaking("fr").language == .german)
    }

    // RFC 9110 §8.5, §12.5.5
    @Test("an answer says its language, and that it hangs on the browser's")
    func fields() {
        let page = SignedOutPage(site: Endpoints.Site(name: "Ward").speaking("de")).render()
        let response = Response.page(page)
        #expect(response.fields.contains { $0.name == "Content-Language" && $0.value == "de" })
        #expect(response.fields.contains { $0.name == "Vary" && $0.value == "Accept-Language" })
    }

    @Test(
        "numbers, ages and times have the grammar of their language",
        arguments: [
            (Language.spanish, "3 may 1961", "1 mes", "8 u 11", "tres meses", "un día"),
            (.german, "3. Mai 1961", "1 Monat", "8 oder 11", "drei Monaten", "einem Tag"),
        ])
    func grammar(
        language: Language, date: String, month: String, two: String, months: String, day: String
    ) throws {
        #expect(try #require(CalendarDate("1961-05-03")).words(in: language) == date)
        #expect(Age.months(1, orOneMore: false).words(in: language) == month)
        #expect(Age.years(8, or: 11).words(in: language).hasPrefix(two))
        #expect(TimeInWords.span(92 * 86_400, in: language) == months)
        #expect(TimeInWords.span(86_400, in: language) == day)
    }
}
