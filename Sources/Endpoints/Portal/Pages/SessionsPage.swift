import HTTP
import OAuth

/// One of the places where the person is signed in, as the person sees it.
package struct OpenSession: Sendable {
    /// Names the session in the form that ends it: a digest, with which nobody is signed in.
    package let id: String
    package let browser: BrowserKind
    package let isThisOne: Bool
    package let secondsSinceSignIn: Int
    package let secondsSinceSeen: Int

    package init(id: String, browser: BrowserKind, isThisOne: Bool, secondsSinceSignIn: Int, secondsSinceSeen: Int) {
        self.id = id
        self.browser = browser
        self.isThisOne = isThisOne
        self.secondsSinceSignIn = secondsSinceSignIn
        self.secondsSinceSeen = secondsSinceSeen
    }
}

/// Where the person is signed in, and the way to sign out of what was left open elsewhere.
package struct SessionsPage: SpokenPage {
    package enum Notice: Sendable, Equatable {
        case ended(Int)
        /// What the form named is not there, or not this person's: the same words for both.
        case noSuchSession
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    /// All that are alive, this one among them.
    package let sessions: [OpenSession]
    package let notice: Notice?

    package init(site: Site, visitor: Visitor, sessions: [OpenSession], notice: Notice? = nil) {
        self.site = site
        self.visitor = visitor
        self.sessions = sessions
        self.notice = notice
    }

    /// The page, and where its forms go.
    package static let path = "/portal/sessions"

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, title: Self.title(in: language), hasProblem: notice?.isProblem ?? false
        ).render(
            """
            \(notice.map(markup))
            <h1>\(Self.title(in: language))</h1>
            <p class="lead">\(lead)</p>
            <ul class="plain apps">
            \(sessions.filter(\.isThisOne).map(entry))
            \(others.map(entry))
            </ul>
            \(endOthers, if: others.count > 1)
            <p class="aside">\(unknownOnes)</p>
            <p><a href="/portal">\(backToStart)</a></p>
            """)
    }
}

extension SessionsPage {
    private var others: [OpenSession] { sessions.filter { !$0.isThisOne } }

    private func entry(_ session: OpenSession) -> HTML {
        """
        <li class="card">
        <h2>\(words(session.browser))\(" \(thisOne)", if: session.isThisOne)</h2>
        <dl class="particulars">
        <div><dt>\(signedInLabel)</dt><dd>\(ago(session.secondsSinceSignIn))</dd></div>
        <div><dt>\(lastSeenLabel)</dt><dd>\(ago(session.secondsSinceSeen))</dd></div>
        </dl>
        \(end(session), if: !session.isThisOne)
        </li>

        """
    }

    private func end(_ session: OpenSession) -> HTML {
        """
        <form method="post" action="\(Self.path)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("session", session.id))
        <button class="quiet" name="end" value="one">\(signOutThere)<span class="unseen">: \(words(session.browser)), \
        \(ago(session.secondsSinceSignIn))</span></button>
        </form>
        """
    }

    private var endOthers: HTML {
        """
        <form method="post" action="\(Self.path)">
        \(.hidden("csrf", visitor.csrf))
        <button class="quiet" name="end" value="others">\(signOutElsewhere)</button>
        </form>
        """
    }
}

extension SessionsPage.Notice {
    fileprivate var isProblem: Bool {
        if case .ended = self { false } else { true }
    }
}
