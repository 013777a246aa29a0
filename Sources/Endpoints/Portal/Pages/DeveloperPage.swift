import HTTP
import OAuth

/// What the developer of an app needs beside a demonstration: launch URLs to copy, what a token is, failures to try.
package struct DeveloperPage: SpokenPage {
    package struct App: Sendable {
        package let id: String
        package let name: String
        package let launchURL: String?

        package init(id: String, name: String, launchURL: String?) {
            self.id = id
            self.name = name
            self.launchURL = launchURL
        }
    }

    package enum Notice: Sendable, Equatable {
        case waiting(String)
        case ended(String)
        case noToken
        case notPossible
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    package let issuer: String
    package let apps: [App]
    package let simulations: [Simulation]
    /// A launch URL that was made a moment ago.
    package let launch: (app: String, url: String)?
    package let report: TokenReport?
    /// The FHIR request that stands beside the token; the token itself comes back in no page.
    package let typed: String
    package let requestProblem: String?
    package let notice: Notice?
    /// Seconds that a launch URL is good for.
    package let launchLifetime: Int
    package let now: Instant

    package init(
        site: Site, visitor: Visitor, issuer: String, apps: [App], simulations: [Simulation] = [],
        launch: (app: String, url: String)? = nil, report: TokenReport? = nil, typed: String = "",
        requestProblem: String? = nil, notice: Notice? = nil, launchLifetime: Int, now: Instant
    ) {
        self.site = site
        self.visitor = visitor
        self.issuer = issuer
        self.apps = apps
        self.simulations = simulations
        self.launch = launch
        self.report = report
        self.typed = typed
        self.requestProblem = requestProblem
        self.notice = notice
        self.launchLifetime = launchLifetime
        self.now = now
    }

    /// The page, and where its forms go.
    package static let path = "/portal/developer"

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: title, hasProblem: notice?.isProblem ?? false).render(
            """
            \(notice.map(markup))
            <h1>\(title)</h1>
            <p class="lead">\(lead)</p>
            \(launches)
            \(inspector)
            \(failures)
            """)
    }
}

extension DeveloperPage {
    // MARK: Launch URLs

    private var launches: HTML {
        """
        <section class="card" aria-labelledby="launches">
        <h2 id="launches">\(launchesTitle)</h2>
        \(launch.map { made in Self.copied(id: "launch-url", madeFor(made.app), made.url, hint: launchHint) })
        \(Self.copied(id: "issuer", issuerLabel, issuer))
        <form method="post" action="\(Self.path)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("do", "launch"))
        \(choice(of: apps.filter { $0.launchURL != nil }, id: "launch-app"))
        <div class="field">
        <label for="patient">\(patientIDLabel)</label>
        <p class="hint" id="patient-hint">\(patientIDHint)</p>
        <input id="patient" name="patient" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" \
        aria-describedby="patient-hint">
        </div>
        <button>\(makeLaunch)</button>
        </form>
        </section>
        """
    }

    /// A field that is selected as a whole when the keyboard comes to it, and copied from there.
    private static func copied(id: String, _ label: HTML, _ value: String, hint: HTML? = nil) -> HTML {
        """
        <div class="field">
        <label for="\(id)">\(label)</label>
        \(hint.map { "<p class=\"hint\">\($0)</p>" })
        <input id="\(id)" class="copy" type="text" value="\(value)" readonly dir="ltr">
        </div>
        """
    }

    private func choice(of apps: [App], id: String) -> HTML {
        """
        <div class="field">
        <label for="\(id)">\(appLabel)</label>
        <select id="\(id)" name="client">
        \(apps.map { app -> HTML in "<option value=\"\(app.id)\">\(app.name)</option>" })
        </select>
        </div>
        """
    }

    // MARK: Tokens

    private var inspector: HTML {
        """
        <section class="card" aria-labelledby="inspector">
        <h2 id="inspector">\(inspectorTitle)</h2>
        \(report.map { TokenReportMarkup(site: site, report: $0, problem: requestProblem, now: now).html })
        <form method="post" action="\(Self.path)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("do", "inspect"))
        <div class="field">
        <label for="token">\(tokenLabel)</label>
        <p class="hint" id="token-hint">\(tokenHint)</p>
        <input id="token" name="token" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" dir="ltr" \
        aria-describedby="token-hint">
        </div>
        <div class="field">
        <label for="request">\(requestLabel)</label>
        <p class="hint" id="request-hint">\(requestHint)</p>
        <input id="request" name="request" type="text" value="\(typed)" autocomplete="off" autocapitalize="none" \
        spellcheck="false" dir="ltr" aria-describedby="request-hint">
        </div>
        <button>\(inspect)</button>
        </form>
        </section>
        """
    }

    // MARK: Failures

    private var failures: HTML {
        """
        <section class="card" aria-labelledby="failures">
        <h2 id="failures">\(failuresTitle)</h2>
        <p>\(failuresWords)</p>
        \(simulations.isEmpty ? nil : "<ul class=\"plain accounts\">\(simulations.map(waiting))</ul>")
        <form method="post" action="\(Self.path)">
        \(.hidden("csrf", visitor.csrf))\(.hidden("do", "simulate"))
        \(choice(of: apps, id: "failing-app"))
        <div class="field">
        <label for="kind">\(kindLabel)</label>
        <select id="kind" name="kind">
        \(Simulation.Kind.allCases.map { kind -> HTML in
            "<option value=\"\(kind.rawValue)\">\(words(kind))</option>"
        })
        </select>
        </div>
        <button>\(simulate)</button>
        </form>
        </section>
        """
    }

    private func waiting(_ simulation: Simulation) -> HTML {
        let name = apps.first { $0.id.isExactly(simulation.clientID) }?.name ?? simulation.clientID
        return """
            <li>
            <div><p><strong><bdi>\(name)</bdi></strong></p><p>\(words(simulation.kind))</p></div>
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))\(.hidden("do", "end"))\(.hidden("client", simulation.clientID))\
            \(.hidden("point", simulation.kind.point.rawValue))
            <button class="quiet">\(end)<span class="unseen">: \(name), \(words(simulation.kind))</span></button>
            </form>
            </li>
            """
    }
}

extension DeveloperPage.Notice {
    fileprivate var isProblem: Bool {
        switch self {
        case .waiting, .ended: false
        case .noToken, .notPossible, .formExpired: true
        }
    }
}
