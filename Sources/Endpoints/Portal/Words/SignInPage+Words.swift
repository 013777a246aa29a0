import HTTP

extension SignInPage {
    var purpose: HTML {
        if let appName {
            return say(
                en: "to continue to \(.name(appName))", es: "para continuar con \(.name(appName))",
                de: "um mit \(.name(appName)) fortzufahren")
        }
        return switch destination {
        case .apps:
            say(
                en: "to see which apps have access", es: "para ver qué aplicaciones tienen acceso",
                de: "um zu sehen, welche Apps Zugriff haben")
        case .activity:
            say(
                en: "to see who used your record", es: "para ver quién ha usado su historia clínica",
                de: "um zu sehen, wer Ihre Akte genutzt hat")
        case .limits:
            say(
                en: "to say what apps may not see", es: "para decir qué no pueden ver las aplicaciones",
                de: "um zu sagen, was Apps nicht sehen dürfen")
        case .sessions:
            say(
                en: "to see where you are signed in", es: "para ver dónde tiene la sesión abierta",
                de: "um zu sehen, wo Sie angemeldet sind")
        case .developer:
            say(
                en: "to try your app", es: "para probar su aplicación", de: "um Ihre App auszuprobieren")
        case .secondFactor:
            say(
                en: "to protect your account with a second step", es: "para proteger su cuenta con un segundo paso",
                de: "um Ihr Konto mit einem zweiten Schritt zu schützen")
        case .helpDesk:
            say(
                en: "to look after people’s connected apps",
                es: "para atender las aplicaciones conectadas de otras personas",
                de: "um sich um verbundene Apps zu kümmern")
        case .portal:
            say(
                en: "to start an app at \(site.name)", es: "para iniciar una aplicación en \(site.name)",
                de: "um bei \(site.name) eine App zu starten")
        }
    }
    var passwordLabel: HTML { say(en: "Password", es: "Contraseña", de: "Passwort") }
    var forgotten: HTML {
        say(
            en: "Forgotten your password? Ask the help desk of \(site.name).",
            es: "¿Ha olvidado su contraseña? Pregunte al servicio de ayuda de \(site.name).",
            de: "Passwort vergessen? Fragen Sie den Helpdesk von \(site.name).")
    }
    var failedTitle: HTML { say(en: "That did not work", es: "No ha funcionado", de: "Das hat nicht geklappt") }
    var failed: HTML {
        say(
            en: "The user name or the password is not right. Check both and try again.",
            es: "El nombre de usuario o la contraseña no son correctos. Revise ambos e inténtelo de nuevo.",
            de: "Der Benutzername oder das Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.")
    }
    var checkBoth: HTML {
        say(
            en: "Check the user name and type the password again.",
            es: "Revise el nombre de usuario y escriba otra vez la contraseña.",
            de: "Prüfen Sie den Benutzernamen und geben Sie das Passwort noch einmal ein.")
    }
    var waitTitle: HTML {
        say(en: "Please wait a moment", es: "Espere un momento, por favor", de: "Bitte warten Sie einen Moment")
    }
    func wait(_ seconds: Int) -> HTML {
        let span = TimeInWords.span(seconds, in: language)
        return say(
            en: "To keep the account safe, it takes no password for the next \(span). Then try again.",
            es: """
                Para proteger la cuenta, no se acepta ninguna contraseña durante \(span). Después, inténtelo de \
                nuevo.
                """,
            de: """
                Zum Schutz des Kontos wird das Passwort erst in \(span) wieder angenommen. Versuchen Sie es dann \
                noch einmal.
                """)
    }
    var crowdedTitle: HTML {
        say(
            en: "We cannot sign you in just now", es: "En este momento no podemos iniciar su sesión",
            de: "Wir können Sie gerade nicht anmelden")
    }
    var crowded: HTML {
        say(
            en: "Nothing is wrong with your account. Try again in a few minutes.",
            es: "Su cuenta está bien. Inténtelo de nuevo en unos minutos.",
            de: "Mit Ihrem Konto ist alles in Ordnung. Versuchen Sie es in einigen Minuten noch einmal.")
    }
    var sessionEnded: HTML {
        say(
            en: "You were signed out because nothing happened for a while. Sign in to go on.",
            es: "Su sesión se cerró porque no hubo actividad durante un tiempo. Inicie sesión para continuar.",
            de: "Sie wurden abgemeldet, weil eine Weile nichts geschehen ist. Melden Sie sich an, um weiterzumachen.")
    }
    var renewed: HTML {
        say(
            en: "This page was open for a long time, so it has been renewed. Sign in to go on.",
            es: "Esta página llevaba mucho tiempo abierta, por eso se ha renovado. Inicie sesión para continuar.",
            de: "Diese Seite war lange geöffnet und wurde deshalb erneuert. Melden Sie sich an, um weiterzumachen.")
    }
    var demoAccountsTitle: HTML {
        say(
            en: "Accounts of this demonstration", es: "Cuentas de esta demostración",
            de: "Konten dieser Demonstration")
    }
    func signIn(as label: String) -> HTML {
        say(
            en: "Sign in<span class=\"unseen\"> as \(label)</span>",
            es: "Iniciar sesión<span class=\"unseen\"> como \(label)</span>",
            de: "Anmelden<span class=\"unseen\"> als \(label)</span>")
    }
}

extension SignedOutPage {
    var title: String { say(en: "You are signed out", es: "Ha cerrado la sesión", de: "Sie sind abgemeldet") }
    var closeApps: HTML {
        say(
            en: "Apps that you started may still be open: close them too.",
            es: "Las aplicaciones que ha iniciado pueden seguir abiertas: ciérrelas también.",
            de: "Apps, die Sie gestartet haben, sind vielleicht noch offen: Schließen Sie auch diese.")
    }
    var closeBrowser: HTML {
        say(
            en: "On a shared computer, close the browser.", es: "En un ordenador compartido, cierre el navegador.",
            de: "Schließen Sie an einem gemeinsam genutzten Computer den Browser.")
    }
    var signInAgain: HTML { say(en: "Sign in again", es: "Iniciar sesión de nuevo", de: "Wieder anmelden") }
}
