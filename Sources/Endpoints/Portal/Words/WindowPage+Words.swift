import HTTP

extension WindowPage {
    var title: String {
        say(
            en: "Signing in needs a new window", es: "Inicie sesión en una ventana nueva",
            de: "In einem neuen Fenster anmelden")
    }
    var purpose: HTML {
        say(
            en: "\(.name(appName)) asks you to sign in at \(site.name) once more.",
            es: "\(.name(appName)) le pide que inicie sesión otra vez en \(site.name).",
            de: "\(.name(appName)) bittet Sie, sich noch einmal bei \(site.name) anzumelden.")
    }
    var reason: HTML {
        say(
            en: """
                This page is shown inside another one, where you cannot see whose it is. A password belongs in a window \
                of its own, with our address at the top.
                """,
            es: """
                Esta página se muestra dentro de otra y no puede ver de quién es. Una contraseña se escribe solo en \
                una ventana propia, con nuestra dirección arriba.
                """,
            de: """
                Diese Seite wird in einer anderen angezeigt, und Sie können nicht sehen, von wem sie ist. Ein Passwort \
                gehört in ein eigenes Fenster, mit unserer Adresse oben.
                """)
    }
    var open: HTML {
        say(en: "Open in a new window", es: "Abrir en una ventana nueva", de: "In neuem Fenster öffnen")
    }
    var afterwards: HTML {
        say(
            en: "The app goes on in that window. You can close this one.",
            es: "La aplicación continúa en esa ventana. Puede cerrar esta.",
            de: "Die App läuft in diesem Fenster weiter. Das hier können Sie schließen.")
    }
}
