import HTTP

/// The second step of a sign-in: one code, or a recovery code for whoever has lost the telephone.
package struct SecondStepPage: SpokenPage {
    package enum Problem: Sendable, Equatable {
        /// The same words for a wrong, an old and a used code.
        case wrong
        case delayed(seconds: Int)
        case formExpired
    }

    package let site: Site
    package let csrf: String
    package let interaction: String?
    package let destination: SignInPage.Destination
    package let takesRecoveryCode: Bool
    package let problem: Problem?

    package init(
        site: Site, csrf: String, interaction: String? = nil, destination: SignInPage.Destination = .portal,
        takesRecoveryCode: Bool = false, problem: Problem? = nil
    ) {
        self.site = site
        self.csrf = csrf
        self.interaction = interaction
        self.destination = destination
        self.takesRecoveryCode = takesRecoveryCode
        self.problem = problem
    }

    package static let path = "/portal/second-step"

    package func render() -> HTML {
        PageFrame(site: site, title: title, hasProblem: problem != nil && problem != .formExpired).render(
            """
            <div class="narrow card">
            \(problem.map(markup))
            <h1>\(title)</h1>
            <p class="lead">\(takesRecoveryCode ? recoveryLead : codeLead)</p>
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", csrf))\(interaction.map { .hidden("interaction", $0) })\
            \(.hidden("next", destination.rawValue), if: destination != .portal)\
            \(.hidden("way", "recovery"), if: takesRecoveryCode)
            <div class="field">
            <label for="code">\(takesRecoveryCode ? recoveryLabel : codeLabel)</label>
            \(field)
            </div>
            <button class="wide">\(signInTitle)</button>
            </form>
            <p class="aside"><a href="\(otherWay)">\(takesRecoveryCode ? useCode : useRecovery)</a></p>
            <p class="aside">\(lostBoth)</p>
            </div>
            """)
    }

    private var field: HTML {
        guard takesRecoveryCode else {
            return .codeField(id: "code", isWrong: problem == .wrong, takesFocus: problem == nil)
        }
        return recoveryField
    }

    private var recoveryField: HTML {
        """
        <input id="code" name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" \
        required\(" aria-invalid=\"true\"", if: problem == .wrong)\(" autofocus", if: problem == nil)>
        """
    }

    private var otherWay: String {
        var pairs: [(name: String, value: String)] = takesRecoveryCode ? [] : [("way", "recovery")]
        if let interaction { pairs.append(("interaction", interaction)) }
        if destination != .portal { pairs.append(("next", destination.rawValue)) }
        return pairs.isEmpty ? Self.path : "\(Self.path)?\(Form(pairs).encoded)"
    }

    private func markup(_ problem: Problem) -> HTML {
        switch problem {
        case .wrong: .problem(wrongTitle, takesRecoveryCode ? wrongRecovery : wrongCode, field: "code")
        case .delayed(let seconds): .problem(tooManyTitle, tooMany(seconds))
        case .formExpired: .notice(pageRenewed)
        }
    }
}

extension HTML {
    /// Six digits, which telephones offer to fill in.
    static func codeField(id: String, isWrong: Bool, takesFocus: Bool) -> HTML {
        """
        <input id="\(id)" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="7" \
        pattern="[0-9 ]*" required\(" aria-invalid=\"true\"", if: isWrong)\(" autofocus", if: takesFocus)>
        """
    }
}
