import HTTP

/// The hospital as people know it.
package struct Site: Sendable {
    package let name: String
    /// Whether every page says that no real patients are here.
    package let isDemo: Bool
    /// Of the person who reads.
    package private(set) var language: Language
    /// The site's own one comes first.
    private let languages: [Language]
    package let stylesheet: Stylesheet.Themed
    package let style: SMARTStyle
    package let logo: Logo?

    package init(
        name: String, isDemo: Bool = false, defaultLanguage: Language = .english, theme: Theme = .plain,
        logo: Logo? = nil
    ) {
        stylesheet = Stylesheet.Themed(theme)
        style = SMARTStyle(theme)
        self.logo = logo
        self.name = name
        self.isDemo = isDemo
        language = defaultLanguage
        languages =
            [defaultLanguage] + Language.spoken.filter { $0 != defaultLanguage } + (isDemo ? [.mirrored] : [])
    }

    /// The site in the language that the browser likes best (RFC 9110 §12.5.4).
    package func speaking(to request: Request) -> Site {
        var site = self
        site.language =
            request.fields["accept-language"].flatMap { Language.best(forAccepted: $0, among: languages) } ?? language
        return site
    }

    /// The site in the first of these languages that there is (OpenID Core §3.1.2.1: `ui_locales`).
    package func speaking(_ locales: String?) -> Site {
        var site = self
        site.language = locales.flatMap { Language.first(ofLocales: $0, among: languages) } ?? language
        return site
    }
}

/// The person signed in, as the frame of a page shows them.
package struct Visitor: Sendable {
    package let name: String
    /// Goes with every form of the page.
    package let csrf: String
    /// Whether there is a session of ours to end: in a launch that an EHR vouches for there may be none.
    package let canSignOut: Bool

    package init(name: String, csrf: String, canSignOut: Bool = true) {
        self.name = name
        self.csrf = csrf
        self.canSignOut = canSignOut
    }
}

/// A whole document around the content of one page. No page has a script or a style of its own:
/// `Content-Security-Policy: default-src 'none'; style-src 'self'` holds for all of them.
package struct PageFrame: SpokenPage {
    package let site: Site
    package let visitor: Visitor?
    /// The authorization the page belongs to, so that a switch of users finds its way back.
    package let interaction: String?
    package let title: String
    /// Whether something has to be put right first; the title says so before all else.
    package let hasProblem: Bool
    /// The id of the request, on pages that end in asking for help.
    package let requestID: String?

    package init(
        site: Site, visitor: Visitor? = nil, interaction: String? = nil, title: String, hasProblem: Bool = false,
        requestID: String? = nil
    ) {
        self.site = site
        self.visitor = visitor
        self.interaction = interaction
        self.title = title
        self.hasProblem = hasProblem
        self.requestID = requestID
    }

    package func render(_ content: HTML) -> HTML {
        var document = document(content)
        if language == .mirrored { document = document.mirrored }
        document.language = language
        return document
    }

    private func document(_ content: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)" dir="\(language.direction)">
        <head>
        <meta charset="utf-8">
        <title>\(titleMark, if: hasProblem)\(title) – \(site.name)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="stylesheet" href="\(site.stylesheet.path)">
        </head>
        <body>
        <a class="skip" href="#main">\(skip)</a>
        <header>
        \(demoBanner, if: site.isDemo)
        <div class="bar">
        \(siteName)
        \(visitor.map(account))
        </div>
        </header>
        <main id="main" tabindex="-1">
        \(content)
        </main>
        \(requestID.map(footer))
        </body>
        </html>

        """
    }
}

extension PageFrame {
    private var demoBanner: HTML {
        "<p class=\"demo\">\(demoWords)</p>"
    }

    /// Within an authorization there is one way on and one way out, so the name leads nowhere.
    private var siteName: HTML {
        guard visitor != nil, interaction == nil else { return "<p class=\"site\">\(brand)</p>" }
        return "<p class=\"site\"><a href=\"/portal\">\(brand)</a></p>"
    }

    /// The name stands beside the picture, so the picture needs no words.
    private var brand: HTML {
        "\(site.logo.map { "<img src=\"\($0.path)\" alt=\"\"> " })<bdi>\(site.name)</bdi>"
    }

    private func account(_ visitor: Visitor) -> HTML {
        guard visitor.canSignOut else {
            return """
                <div class="account">
                <p>\(signedIn(visitor.name))</p>
                </div>
                """
        }
        return """
            <form class="account" method="post" action="/portal/sign-out">
            \(.hidden("csrf", visitor.csrf))\(interaction.map { .hidden("interaction", $0) })
            <p>\(signedIn(visitor.name))</p>
            <button class="quiet" name="next" value="sign-in">\(switchUser)</button>
            <button class="quiet">\(signOut)</button>
            </form>
            """
    }

    private func footer(_ requestID: String) -> HTML {
        """
        <footer>
        <p>\(quote(requestID))</p>
        </footer>
        """
    }
}

extension HTML {
    static func hidden(_ name: StaticString, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name.description)\" value=\"\(value)\">"
    }

    /// What stands above a page that has to be done again: it takes the focus, so that it is heard first.
    /// `field` is the id of the field to put right.
    static func problem(_ heading: HTML, _ sentence: HTML, field: String? = nil) -> HTML {
        """
        <div class="problem" role="alert" tabindex="-1" autofocus>
        <h2>\(heading)</h2>
        <p>\(field.map { "<a href=\"#\($0)\">\(sentence)</a>" } ?? sentence)</p>
        </div>
        """
    }

    static func notice(_ sentence: HTML) -> HTML {
        "<div class=\"notice\" role=\"status\"><p>\(sentence)</p></div>"
    }
}
