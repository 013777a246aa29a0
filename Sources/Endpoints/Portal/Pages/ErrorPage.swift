import HTTP

/// What cannot go on: words for the person first, then what a developer or the help desk needs.
package struct ErrorPage: Sendable {
    /// A title, what happened, and what to do next.
    package struct Words: Sendable, Equatable {
        package let title: String
        package let sentence: String
        package let advice: String

        package init(title: String, sentence: String, advice: String) {
            self.title = title
            self.sentence = sentence
            self.advice = advice
        }
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

    package init(
        site: Site, visitor: Visitor? = nil, words: Words, code: String? = nil, developerDescription: String? = nil,
        requestID: String, linksToPortal: Bool = true, back: AppLink? = nil
    ) {
        self.site = site
        self.visitor = visitor
        self.words = words
        self.code = code
        self.developerDescription = developerDescription
        self.requestID = requestID
        self.linksToPortal = linksToPortal
        self.back = back
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: words.title, hasProblem: true, requestID: requestID).render(
            """
            <div class="card">
            <h1>\(words.title)</h1>
            <p class="lead">\(words.sentence)</p>
            <p>\(words.advice)</p>
            \("<p><a class=\"button\" href=\"/portal\">Go to the portal</a></p>", if: linksToPortal)
            \(back.map(wayBack))
            \(details)
            </div>
            """)
    }

    private func wayBack(_ link: AppLink) -> HTML {
        """
        <p>The way back leads to <strong><bdi>\(link.host)</bdi></strong>.</p>
        <p><a class="button" href="\(link.url)" rel="noreferrer">Back to the app</a></p>
        """
    }

    private var details: HTML? {
        guard code != nil || developerDescription != nil else { return nil }
        return """
            <details>
            <summary>For the developer of the app</summary>
            <dl>
            \(code.map { "<dt>Error</dt><dd><code>\($0)</code></dd>" })
            \(developerDescription.map { "<dt>Description</dt><dd>\($0)</dd>" })
            </dl>
            </details>
            """
    }
}

extension ErrorPage.Words {
    /// An authorization request that cannot be answered to the app (RFC 6749 §4.1.2.1).
    package static func brokenRequest(from appName: String?) -> ErrorPage.Words {
        ErrorPage.Words(
            title: "The app could not be opened",
            sentence:
                "\(appName ?? "The app") sent a request that cannot be answered safely. Nothing was shared with it.",
            advice: "You did nothing wrong. Tell the app’s support, or the help desk, what you see here.")
    }

    /// An authorization request that only its app can put right, where nobody vouches for the app.
    package static func unverifiedApp(_ appName: String, at site: Site) -> ErrorPage.Words {
        ErrorPage.Words(
            title: "The app could not be opened",
            sentence: "\(appName) asked for access in a way that is not valid. Nothing was shared with it.",
            advice: """
                This app is unverified: nobody at \(site.name) has looked at it. Go back to it only if you know it, and \
                meant to open it.
                """)
    }

    /// An interaction that is over, or belongs to another browser.
    package static let expired = ErrorPage.Words(
        title: "This page has expired",
        sentence: "The sign-in for the app was finished before, or was left open for too long.",
        advice: "Go back to the app and start again. Nothing was lost.")

    package static let formExpired = ErrorPage.Words(
        title: "Please try once more",
        sentence: "This page was open for a long time, so its form is no longer valid.",
        advice: "Go back, reload the page and try again.")

    package static let unavailable = ErrorPage.Words(
        title: "Not available just now",
        sentence: "The service cannot answer at the moment.",
        advice: "Try again in a few minutes. If it lasts, tell the help desk.")

    package static let notFound = ErrorPage.Words(
        title: "There is no such page",
        sentence: "The address leads nowhere here.",
        advice: "Check it for typing mistakes, or begin at the portal.")

    /// The person may not do this.
    package static let refused = ErrorPage.Words(
        title: "This is not open to you",
        sentence: "Your account may not see what was asked for.",
        advice: "If you need it for your work, ask the help desk.")
}
