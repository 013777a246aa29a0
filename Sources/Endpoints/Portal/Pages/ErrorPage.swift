import HTTP

/// What cannot go on: words for the person first, then what a developer or the help desk needs.
package struct ErrorPage: SpokenPage {
    /// What happened.
    package enum Words: Sendable, Equatable {
        /// An authorization request that cannot be answered to the app (RFC 6749 §4.1.2.1).
        case brokenRequest(from: String?)
        /// An authorization request that only its app can put right, where nobody vouches for the app.
        case unverifiedApp(String)
        /// An interaction that is over, or belongs to another browser.
        case expired
        case formExpired
        case unavailable
        case notFound
        /// The person may not do this.
        case refused
        case cookieless
    }

    /// The way back to an app that nobody vouches for: the person sees where it leads and takes it or not
    /// (RFC 9700 §4.11.2).
    package struct AppLink: Sendable {
        package let url: String
        package let host: String

        package init(url: String, host: String) {
            self.url = url
            self.host = host
        }
    }

    package let site: Site
    package let visitor: Visitor?
    package let words: Words
    /// The protocol's word: `invalid_request`.
    package let code: String?
    /// For the app's developer.
    package let developerDescription: String?
    package let requestID: String
    package let linksToPortal: Bool
    package let back: AppLink?
    /// Our own page where it can be tried once more.
    package let again: String?
    /// The portal is in no frame: from one, its link opens a window.
    package let isFramed: Bool

    package init(
        site: Site, visitor: Visitor? = nil, words: Words, code: String? = nil, developerDescription: String? = nil,
        requestID: String, linksToPortal: Bool = true, back: AppLink? = nil,
        again: String? = nil, isFramed: Bool = false
    ) {
        self.site = site
        self.visitor = visitor
        self.words = words
        self.code = code
        self.developerDescription = developerDescription
        self.requestID = requestID
        self.linksToPortal = linksToPortal
        self.back = back
        self.again = again
        self.isFramed = isFramed
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: title.description, hasProblem: true, requestID: requestID)
            .render(
                """
                <div class="card">
                <h1>\(title)</h1>
                <p class="lead">\(sentence)</p>
                <p>\(advice)</p>
                \(ways)
                \(back.map(wayBack))
                \(details)
                </div>
                """)
    }

    /// The ways on, the nearest first.
    private var ways: HTML? {
        guard again != nil || linksToPortal else { return nil }
        let portal: HTML = """
            <a class="button\(" quiet", if: again != nil)" href="/portal"\(" target=\"_blank\" rel=\"noopener\"", if: isFramed)>\
            \(isFramed ? toPortalInNewWindow : toPortal)</a>
            """
        return """
            <p class="row">
            \(again.map { "<a class=\"button\" href=\"\($0)\">\(showAgain)</a>" })
            \(portal, if: linksToPortal)
            </p>
            """
    }

    private func wayBack(_ link: AppLink) -> HTML {
        """
        <p>\(wayBackLeads(to: link.host))</p>
        <p><a class="button" href="\(link.url)" rel="noreferrer">\(backToApp)</a></p>
        """
    }

    private var details: HTML? {
        guard code != nil || developerDescription != nil else { return nil }
        return """
            <details>
            <summary>\(forDeveloper)</summary>
            <dl>
            \(code.map { "<dt>\(errorTerm)</dt><dd><code>\($0)</code></dd>" })
            \(developerDescription.map { "<dt>\(descriptionTerm)</dt><dd lang=\"en\" dir=\"ltr\">\($0)</dd>" })
            </dl>
            </details>
            """
    }
}
