import HTTP

extension ErrorPage {
    var title: HTML {
        switch words {
        case .brokenRequest, .unverifiedApp:
            say(
                en: "The app could not be opened", es: "No se ha podido abrir la aplicación",
                de: "Die App konnte nicht geöffnet werden")
        case .expired:
            say(en: "This page has expired", es: "Esta página ha caducado", de: "Diese Seite ist abgelaufen")
        case .formExpired: tryOnceMore
        case .unavailable:
            say(en: "Not available just now", es: "No disponible en este momento", de: "Gerade nicht verfügbar")
        case .notFound:
            say(en: "There is no such page", es: "Esta página no existe", de: "Diese Seite gibt es nicht")
        case .refused:
            say(en: "This is not open to you", es: "No tiene acceso a esto", de: "Das steht Ihnen nicht offen")
        case .cookieless:
            say(
                en: "We cannot tell that it is you", es: "No podemos saber si es usted",
                de: "Wir können Sie nicht erkennen")
        }
    }

    var sentence: HTML {
        switch words {
        case .brokenRequest(from: let name?):
            say(
                en: "<bdi>\(name)</bdi> sent a request that cannot be answered safely. Nothing was shared with it.",
                es: """
                    <bdi>\(name)</bdi> ha enviado una solicitud que no se puede responder de forma segura. No se ha \
                    compartido nada.
                    """,
                de: """
                    <bdi>\(name)</bdi> hat eine Anfrage gesendet, die sich nicht sicher beantworten lässt. Es wurde \
                    nichts weitergegeben.
                    """)
        case .brokenRequest(from: nil):
            say(
                en: "The app sent a request that cannot be answered safely. Nothing was shared with it.",
                es: """
                    La aplicación ha enviado una solicitud que no se puede responder de forma segura. No se ha \
                    compartido nada.
                    """,
                de: """
                    Die App hat eine Anfrage gesendet, die sich nicht sicher beantworten lässt. Es wurde nichts \
                    weitergegeben.
                    """)
        case .unverifiedApp(let name):
            say(
                en: "<bdi>\(name)</bdi> asked for access in a way that is not valid. Nothing was shared with it.",
                es: "<bdi>\(name)</bdi> ha pedido acceso de una forma no válida. No se ha compartido nada.",
                de: "<bdi>\(name)</bdi> hat auf ungültige Weise um Zugriff gebeten. Es wurde nichts weitergegeben.")
        case .expired:
            say(
                en: "The sign-in for the app was finished before, or was left open for too long.",
                es: "El inicio de sesión para la aplicación ya había terminado o quedó abierto demasiado tiempo.",
                de: "Die Anmeldung für die App war schon abgeschlossen oder blieb zu lange offen.")
        case .formExpired:
            say(
                en: "This page was open for a long time, so its form is no longer valid.",
                es: "Esta página llevaba mucho tiempo abierta, por eso su formulario ya no es válido.",
                de: "Diese Seite war lange geöffnet, deshalb gilt ihr Formular nicht mehr.")
        case .unavailable:
            say(
                en: "The service cannot answer at the moment.", es: "El servicio no puede responder en este momento.",
                de: "Der Dienst kann im Moment nicht antworten.")
        case .notFound:
            say(
                en: "The address leads nowhere here.", es: "La dirección no lleva a ninguna parte.",
                de: "Diese Adresse führt hier nirgendwohin.")
        case .refused:
            say(
                en: "Your account may not see what was asked for.",
                es: "Su cuenta no permite ver lo que se ha pedido.",
                de: "Ihr Konto darf das Angefragte nicht sehen.")
        case .cookieless:
            say(
                en: "Your browser did not send the cookie that belongs to this sign-in.",
                es: "Su navegador no ha enviado la cookie de este inicio de sesión.",
                de: "Ihr Browser hat das Cookie nicht gesendet, das zu dieser Anmeldung gehört.")
        }
    }

    var advice: HTML {
        switch words {
        case .brokenRequest:
            say(
                en: "You did nothing wrong. Tell the app’s support, or the help desk, what you see here.",
                es: """
                    Usted no ha hecho nada mal. Cuente lo que ve aquí al servicio de ayuda de la aplicación o del \
                    hospital.
                    """,
                de: """
                    Sie haben nichts falsch gemacht. Sagen Sie dem Support der App oder dem Helpdesk, was Sie hier \
                    sehen.
                    """)
        case .unverifiedApp:
            say(
                en: """
                    This app is unverified: nobody at \(site.name) has looked at it. Go back to it only if you know \
                    it, and meant to open it.
                    """,
                es: """
                    Esta aplicación no está verificada: nadie de \(site.name) la ha revisado. Vuelva a ella solo si \
                    la conoce y quería abrirla.
                    """,
                de: """
                    Diese App ist nicht geprüft: Niemand von \(site.name) hat sie sich angesehen. Kehren Sie nur zu \
                    ihr zurück, wenn Sie sie kennen und öffnen wollten.
                    """)
        case .expired:
            say(
                en: "Go back to the app and start again. Nothing was lost.",
                es: "Vuelva a la aplicación y empiece de nuevo. No se ha perdido nada.",
                de: "Gehen Sie zurück zur App und beginnen Sie noch einmal. Es ist nichts verloren gegangen.")
        case .formExpired where again != nil:
            say(
                en: "Open the page again and answer once more. Nothing was lost.",
                es: "Abra la página de nuevo y responda otra vez. No se ha perdido nada.",
                de: "Öffnen Sie die Seite noch einmal und antworten Sie erneut. Es ist nichts verloren gegangen.")
        case .formExpired:
            say(
                en: "Go back, reload the page and try again.",
                es: "Vuelva atrás, cargue la página de nuevo e inténtelo otra vez.",
                de: "Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.")
        case .unavailable:
            say(
                en: "Try again in a few minutes. If it lasts, tell the help desk.",
                es: "Inténtelo de nuevo en unos minutos. Si continúa, avise al servicio de ayuda.",
                de: """
                    Versuchen Sie es in einigen Minuten noch einmal. Wenn es so bleibt, sagen Sie dem Helpdesk \
                    Bescheid.
                    """)
        case .notFound:
            say(
                en: "Check it for typing mistakes, or begin at the portal.",
                es: "Compruebe que esté bien escrita o empiece en el portal.",
                de: "Prüfen Sie sie auf Tippfehler oder beginnen Sie im Portal.")
        case .refused:
            say(
                en: "If you need it for your work, ask the help desk.",
                es: "Si lo necesita para su trabajo, pregunte al servicio de ayuda.",
                de: "Wenn Sie es für Ihre Arbeit brauchen, fragen Sie den Helpdesk.")
        case .cookieless:
            say(
                en: "Allow cookies for this site, or open the app in an ordinary browser window, and start again.",
                es: """
                    Permita las cookies de este sitio, o abra la aplicación en una ventana normal del navegador, y \
                    empiece de nuevo.
                    """,
                de: """
                    Erlauben Sie Cookies für diese Seite, oder öffnen Sie die App in einem normalen Browserfenster, \
                    und beginnen Sie noch einmal.
                    """)
        }
    }

    var toPortal: HTML { say(en: "Go to the portal", es: "Ir al portal", de: "Zum Portal") }
    var toPortalInNewWindow: HTML {
        say(
            en: "Open the portal in a new window", es: "Abrir el portal en una ventana nueva",
            de: "Portal in neuem Fenster öffnen")
    }
    var showAgain: HTML {
        say(en: "Open the page again", es: "Abrir la página de nuevo", de: "Seite noch einmal öffnen")
    }
    func wayBackLeads(to host: String) -> HTML {
        say(
            en: "The way back leads to \(.name(host)).", es: "El camino de vuelta lleva a \(.name(host)).",
            de: "Der Rückweg führt zu \(.name(host)).")
    }
    var backToApp: HTML { say(en: "Back to the app", es: "Volver a la aplicación", de: "Zurück zur App") }
    var errorTerm: HTML { say(en: "Error", es: "Error", de: "Fehler") }
    var descriptionTerm: HTML { say(en: "Description", es: "Descripción", de: "Beschreibung") }
}
