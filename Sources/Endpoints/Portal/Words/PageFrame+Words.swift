import HTTP

extension PageFrame {
    var titleMark: HTML { say(en: "Error: ", es: "Error: ", de: "Fehler: ") }
    var skip: HTML {
        say(en: "Skip to main content", es: "Saltar al contenido principal", de: "Zum Hauptinhalt springen")
    }
    var demoWords: HTML {
        say(
            en: "<strong>Demonstration system:</strong> no real patients",
            es: "<strong>Sistema de demostración:</strong> sin pacientes reales",
            de: "<strong>Demonstrationssystem:</strong> keine echten Patienten")
    }
    func signedIn(_ name: String) -> HTML {
        say(
            en: "Signed in as \(.name(name))", es: "Sesión iniciada como \(.name(name))",
            de: "Angemeldet als \(.name(name))")
    }
    var switchUser: HTML {
        say(
            en: "Not you? Switch user", es: "¿No es usted? Cambiar de usuario",
            de: "Nicht Sie? Person wechseln")
    }
    var signOut: HTML { say(en: "Sign out", es: "Cerrar sesión", de: "Abmelden") }
    func quote(_ id: String) -> HTML {
        say(
            en: "Quote this number when you ask for help: <code>\(id)</code>",
            es: "Indique este número cuando pida ayuda: <code>\(id)</code>",
            de: "Nennen Sie diese Nummer, wenn Sie um Hilfe bitten: <code>\(id)</code>")
    }
}
