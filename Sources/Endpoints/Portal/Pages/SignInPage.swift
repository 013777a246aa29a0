import HTTP

/// Why the person sees the sign-in page again.
package enum SignInProblem: Sendable, Equatable {
    /// The same words for an unknown name, a wrong password and a disabled account.
    case wrong
    case delayed(seconds: Int)
    case sessionEnded
    case formExpired
    case unavailable
}

/// An account that a demonstration shows on its own sign-in page.
package struct DemoAccount: Sendable {
    /// Who it is: "Doctor, sees all patients".
    package let label: String
    package let username: String
    package let password: String

    package init(label: String, username: String, password: String) {
        self.label = label
        self.username = username
        self.password = password
    }
}

/// Who are you? One form; the session begins with its answer.
package struct SignInPage: SpokenPage {
    /// One of our own pages, named and never a URL.
    package enum Destination: String, Sendable {
        case portal
        case apps
        case activity
        case limits
        case sessions
        case developer
        case secondFactor = "second-factor"
        case helpDesk = "help-desk"
    }

    package let site: Site
    package let csrf: String
    package let interaction: String?
    /// The name as it was typed, so that nobody types it twice.
    package let username: String
    /// The app that waits for the person.
    package let appName: String?
    /// What comes next, where the sign-in belongs to no authorization.
    package let destination: Destination
    package let problem: SignInProblem?
    /// Shown in a demonstration and nowhere else.
    package let demoAccounts: [DemoAccount]

    package init(
        site: Site, csrf: String, interaction: String? = nil, username: String = "", appName: String? = nil,
        destination: Destination = .portal, problem: SignInProblem? = nil, demoAccounts: [DemoAccount] = []
    ) {
        self.site = site
        self.csrf = csrf
        self.interaction = interaction
        self.username = username
        self.appName = appName
        self.destination = destination
        self.problem = problem
        self.demoAccounts = demoAccounts
    }

    package func render() -> HTML {
        PageFrame(site: site, title: signInTitle, hasProblem: message?.isError ?? false).render(
            """
            <div class="narrow card">
            \(message?.markup)
            <h1>\(signInTitle)</h1>
            <p class="lead">\(purpose)</p>
            <form method="post" action="/portal/sign-in">
            \(hiddenFields)
            <div class="field">
            <label for="username">\(userNameLabel)</label>
            <input id="username" name="username" type="text" value="\(username)" autocomplete="username" \
            autocapitalize="none" spellcheck="false" required\(wrongness)\
            \(" autofocus", if: message == nil && username.isEmpty)>
            </div>
            <div class="field">
            <label for="password">\(passwordLabel)</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required\(wrongness)\
            \(" autofocus", if: message == nil && !username.isEmpty)>
            </div>
            \(fieldMessage)
            <button class="wide">\(signInTitle)</button>
            </form>
            <p class="aside">\(forgotten)</p>
            </div>
            \(demo)
            """)
    }
}

extension SignInPage {
    private var next: String? { destination == .portal ? nil : destination.rawValue }

    private var hiddenFields: HTML {
        "\(.hidden("csrf", csrf))\(interaction.map { .hidden("interaction", $0) })\(next.map { .hidden("next", $0) })"
    }

    /// A session that ended is nobody's mistake: it is said, and is no error.
    private var message: (isError: Bool, markup: HTML)? {
        switch problem {
        case nil: nil
        case .wrong: (true, .problem(failedTitle, failed, field: "username"))
        case .delayed(let seconds): (true, .problem(waitTitle, wait(seconds)))
        case .unavailable: (true, .problem(crowdedTitle, crowded))
        case .sessionEnded: (false, .notice(sessionEnded))
        case .formExpired: (false, .notice(renewed))
        }
    }

    private var wrongness: HTML? {
        problem == .wrong ? " aria-invalid=\"true\" aria-describedby=\"wrong\"" : nil
    }

    private var fieldMessage: HTML? {
        problem == .wrong ? "<p class=\"wrong\" id=\"wrong\">\(checkBoth)</p>" : nil
    }

    private var demo: HTML? {
        guard site.isDemo, !demoAccounts.isEmpty else { return nil }
        return """
            <section class="narrow accounts" aria-labelledby="accounts">
            <h2 id="accounts">\(demoAccountsTitle)</h2>
            <ul class="plain">\(demoAccounts.map(entry))</ul>
            </section>
            """
    }

    private func entry(_ account: DemoAccount) -> HTML {
        """
        <li>
        <div>
        <p><strong>\(account.label)</strong></p>
        <p>\(userNameLabel) <code>\(account.username)</code></p>
        <p>\(passwordLabel) <code>\(account.password)</code></p>
        </div>
        <form method="post" action="/portal/sign-in">
        \(hiddenFields)\(.hidden("username", account.username))\(.hidden("password", account.password))
        <button class="quiet">\(signIn(as: account.label))</button>
        </form>
        </li>
        """
    }
}
