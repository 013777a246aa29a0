import HTTP

/// One's own second factor: setting it up, its recovery codes, switching it off.
package struct SecondFactorPage: SpokenPage {
    package enum State: Sendable {
        /// - isFresh: whether the sign-in is recent enough to begin.
        /// - isDemanded: nobody gets on without one; there is no session yet.
        case off(isFresh: Bool, isDemanded: Bool)
        /// The secret as a picture, as a link and to be typed.
        case setUp(uri: String, secret: String, picture: QRCode?)
        case on(codesLeft: Int)
        /// Shown once.
        case codes([String], wayOn: String)
    }

    package enum Notice: Sendable, Equatable {
        case wrong
        case delayed(seconds: Int)
        case removed
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor?
    package let csrf: String
    package let interaction: String?
    package let destination: SignInPage.Destination
    package let state: State
    package let notice: Notice?

    package init(
        site: Site, visitor: Visitor?, csrf: String, interaction: String? = nil,
        destination: SignInPage.Destination = .portal, state: State, notice: Notice? = nil
    ) {
        self.site = site
        self.visitor = visitor
        self.csrf = csrf
        self.interaction = interaction
        self.destination = destination
        self.state = state
        self.notice = notice
    }

    package static let path = "/portal/second-factor"

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, interaction: interaction, title: title, hasProblem: notice?.isProblem ?? false
        ).render(
            """
            <div class="narrow card">
            \(notice.map(markup))
            <h1>\(title)</h1>
            \(content)
            </div>
            \("<p class=\"narrow\"><a href=\"/portal\">\(backToStart)</a></p>", if: visitor != nil && interaction == nil)
            """)
    }
}

extension SecondFactorPage {
    private var title: String {
        switch state {
        case .codes: codesTitle
        default: secondFactorTitle
        }
    }

    private var content: HTML {
        switch state {
        case .off(isFresh: _, isDemanded: true):
            "<p class=\"lead\">\(demanded)</p><p>\(explanation)</p>\(form("begin", button: begin))"
        case .off(isFresh: true, isDemanded: false):
            "<p class=\"lead\">\(isOff)</p><p>\(explanation)</p>\(form("begin", button: begin))"
        case .off(isFresh: false, isDemanded: false):
            "<p class=\"lead\">\(isOff)</p><p>\(explanation)</p><p>\(signInFirst)</p>\(signInAgainForm)"
        case .setUp(let uri, let secret, let picture):
            setUp(uri, secret, picture)
        case .on(let codesLeft):
            on(codesLeft)
        case .codes(let codes, let wayOn):
            """
            <p class="lead">\(codesLead)</p>
            <ul class="plain codes">\(codes.map { code -> HTML in "<li><code>\(code)</code></li>" })</ul>
            <p>\(codesKept)</p>
            <p><a class="button wide" href="\(wayOn)">\(goOn)</a></p>
            """
        }
    }

    private func setUp(_ uri: String, _ secret: String, _ picture: QRCode?) -> HTML {
        """
        <ol class="steps">
        <li>\(stepApp)</li>
        <li>\(stepScan)\(picture.map { $0.svg(label: pictureLabel) })
        <p><a href="\(uri)">\(openApp)</a></p>
        <p>\(typeIt) <code>\(grouped(secret))</code></p></li>
        <li>\(stepCode)</li>
        </ol>
        \(form("confirm", button: confirm, field: "code"))
        """
    }

    private func on(_ codesLeft: Int) -> HTML {
        """
        <p class="lead">\(isOn)</p>
        <p>\(left(codesLeft))</p>
        <h2>\(newCodesTitle)</h2>
        <p>\(newCodesLead)</p>
        \(form("codes", button: newCodes, field: "code-1"))
        <h2>\(switchOffTitle)</h2>
        <p>\(switchOffLead)</p>
        \(form("remove", button: switchOff, field: "code-2", isQuiet: true))
        """
    }

    private func form(_ act: String, button: HTML, field: String? = nil, isQuiet: Bool = false) -> HTML {
        let input: HTML? = field.map { id -> HTML in
            """
            <div class="field">
            <label for="\(id)">\(codeLabel)</label>
            \(.codeField(id: id, isWrong: notice == .wrong, takesFocus: false))
            </div>
            """
        }
        let look = isQuiet ? "quiet wide" : "wide"
        return """
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", csrf))\(interaction.map { .hidden("interaction", $0) })\
            \(.hidden("next", destination.rawValue), if: destination != .portal)
            \(input)
            <button class="\(look)" name="do" value="\(act)">\(button)</button>
            </form>
            """
    }

    private var signInAgainForm: HTML {
        """
        <form method="post" action="/portal/sign-out">
        \(.hidden("csrf", csrf))\(.hidden("next", "sign-in"))\(.hidden("to", "second-factor"))
        <button class="wide">\(signInTitle)</button>
        </form>
        """
    }

    /// Four letters at a time, as they are read and typed.
    private func grouped(_ secret: String) -> String {
        let letters = Array(secret)
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
    }

    private func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .wrong: .problem(wrongTitle, wrongCode)
        case .delayed(let seconds): .problem(tooManyTitle, tooMany(seconds))
        case .removed: .notice(removed)
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}

extension SecondFactorPage.Notice {
    fileprivate var isProblem: Bool { self != .removed }
}
