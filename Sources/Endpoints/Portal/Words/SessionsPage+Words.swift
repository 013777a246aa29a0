import HTTP
import OAuth

extension SessionsPage {
    static func title(in language: Language) -> String {
        language.say(
            en: "Where you are signed in", es: "Dónde tiene la sesión abierta", de: "Wo Sie angemeldet sind")
    }
    var lead: HTML {
        say(
            en: "Browsers that are signed in at \(site.name) with your account.",
            es: "Navegadores con la sesión abierta en \(site.name) con su cuenta.",
            de: "Browser, die mit Ihrem Konto bei \(site.name) angemeldet sind.")
    }
    var unknownOnes: HTML {
        say(
            en: """
                If you do not know one of them, sign out there and tell the help desk. Apps that work only while you are \
                signed in there stop at once.
                """,
            es: """
                Si no reconoce alguno, cierre allí la sesión y avise al servicio de ayuda. Las aplicaciones que solo \
                funcionan mientras la sesión está abierta allí se detienen de inmediato.
                """,
            de: """
                Wenn Sie einen davon nicht kennen, melden Sie sich dort ab und sagen Sie dem Helpdesk Bescheid. Apps, die \
                nur arbeiten, solange Sie dort angemeldet sind, hören sofort auf.
                """)
    }
    var thisOne: HTML { say(en: "(this one)", es: "(este)", de: "(dieser)") }
    var signedInLabel: HTML { say(en: "Signed in", es: "Sesión iniciada", de: "Angemeldet") }
    var lastSeenLabel: HTML { say(en: "Last seen", es: "Última actividad", de: "Zuletzt benutzt") }
    var signOutThere: HTML { say(en: "Sign out there", es: "Cerrar la sesión allí", de: "Dort abmelden") }
    var signOutElsewhere: HTML {
        say(
            en: "Sign out everywhere else", es: "Cerrar la sesión en todos los demás", de: "Überall sonst abmelden")
    }

    /// The reader's clock is not known, so no hour is named. What is seen is noted once a minute.
    func ago(_ seconds: Int) -> String {
        guard seconds >= 120 else { return say(en: "just now", es: "ahora mismo", de: "gerade eben") }
        let span = TimeInWords.span(seconds + 1, in: language)
        return say(en: "less than \(span) ago", es: "hace menos de \(span)", de: "vor weniger als \(span)")
    }

    func words(_ browser: BrowserKind) -> String {
        switch browser {
        case .chrome: say(en: "Chrome or Chromium", es: "Chrome o Chromium", de: "Chrome oder Chromium")
        case .edge: "Edge"
        case .firefox: "Firefox"
        case .safari: "Safari"
        case .ehr:
            say(
                en: "An app in the hospital’s own system", es: "Una aplicación en el sistema propio del hospital",
                de: "Eine App im eigenen System des Krankenhauses")
        case .other: say(en: "Another browser", es: "Otro navegador", de: "Ein anderer Browser")
        }
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .ended(1):
            .notice(
                say(en: "You are signed out there.", es: "Ha cerrado allí la sesión.", de: "Sie sind dort abgemeldet."))
        case .ended:
            .notice(
                say(
                    en: "You are signed out everywhere else.", es: "Ha cerrado la sesión en todos los demás.",
                    de: "Sie sind überall sonst abgemeldet."))
        case .noSuchSession:
            .problem(
                say(
                    en: "You are not signed in there any more", es: "Allí ya no tiene la sesión abierta",
                    de: "Sie sind dort nicht mehr angemeldet"),
                say(
                    en: "It has ended already. The list below is up to date.",
                    es: "Ya había terminado. La lista de abajo está al día.",
                    de: "Das war schon beendet. Die Liste unten ist auf dem neuesten Stand."))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}

extension PortalPage {
    var sessionsLead: HTML {
        say(
            en: "See the browsers that you are signed in with, and sign out of those that you have left.",
            es: "Vea en qué navegadores tiene la sesión abierta y ciérrela en los que ya no usa.",
            de: "Sehen Sie, mit welchen Browsern Sie angemeldet sind, und melden Sie sich dort ab, wo Sie fertig sind.")
    }
}
