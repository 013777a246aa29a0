import HTTP
import Testing

@Suite("RFC 9110 §12.5.4 Accept-Language; OpenID Core §3.1.2.1 ui_locales")
struct LanguageTests {
    // RFC 9110 §12.4.2, RFC 4647 §3.4
    @Test(
        "the language that the browser likes best is taken, a region's words for its language",
        arguments: [
            ("de", Language.german), ("DE-at", .german), ("de-Latn-AT", .german), ("es-419,en;q=0.5", .spanish),
            ("en;q=0.5, de;q=0.8", .german), ("fr, es;q=0.7, de;q=0.7", .spanish), ("fr", .english), ("", .english),
            ("de;q=0", .english), ("en;q=0, *", .spanish), ("*", .english), ("de ; q=0.9 , es ; q=0.95", .spanish),
            ("de;q=2, es", .spanish), ("de;q=0.1234, es;q=0.1", .spanish), ("de;q=x", .english), ("-", .english),
            ("deutsch", .english), ("ar-XB", .english),
        ])
    func accepted(field: String, language: Language) {
        #expect(Language.best(forAccepted: field, among: Language.spoken) == language)
    }

    @Test("where the site's own language comes first, it is what others get")
    func siteLanguage() {
        #expect(Language.best(forAccepted: "fr", among: [.german, .english, .spanish]) == .german)
    }

    @Test(
        "of an app's locales the first that there is counts",
        arguments: [("fr de-CH en", Language.german), ("es", .spanish), ("fr it", nil), ("", nil)])
    func locales(text: String, language: Language?) {
        #expect(Language.first(ofLocales: text, among: Language.spoken) == language)
    }

    @Test("the pseudo-language is had by its whole name alone, and where it is offered")
    func mirrored() {
        #expect(Language.first(ofLocales: "ar-xb", among: Language.allCases) == .mirrored)
        #expect(Language.first(ofLocales: "ar", among: Language.allCases) == nil)
        #expect(Language.mirrored.direction == "rtl" && Language.german.direction == "ltr")
    }

    @Test("lists have the conjunction of their language")
    func lists() {
        #expect(Language.english.list(["a", "b", "c"]) == "a, b and c")
        #expect(Language.spanish.list(["a", "b"]) == "a y b")
        #expect(Language.german.alternatives(["a", "b"]) == "a oder b")
        #expect(Language.german.list(["a"]) == "a" && Language.german.list([]).isEmpty)
    }
}
