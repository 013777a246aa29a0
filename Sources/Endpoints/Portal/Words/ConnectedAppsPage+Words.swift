import HTTP

extension ConnectedAppsPage {
    var lead: HTML {
        say(
            en: "Apps that you have allowed to use information at \(site.name).",
            es: "Aplicaciones a las que ha permitido usar información en \(site.name).",
            de: "Apps, denen Sie erlaubt haben, Daten bei \(site.name) zu nutzen.")
    }
    var awayHeading: HTML {
        say(
            en: "They keep their access while you are away", es: "Conservan el acceso cuando usted no está",
            de: "Sie behalten den Zugriff, auch wenn Sie nicht da sind")
    }
    var hereHeading: HTML {
        say(
            en: "They have access while you use them", es: "Tienen acceso mientras usted las usa",
            de: "Sie haben Zugriff, während Sie sie nutzen")
    }
    var consequenceWords: HTML {
        say(
            en: """
                An app whose access you end can read nothing more from that moment on. What it has read before stays \
                with it.
                """,
            es: """
                Una aplicación a la que retira el acceso no puede leer nada más desde ese momento. Lo que ya leyó \
                queda en ella.
                """,
            de: """
                Eine App, deren Zugriff Sie beenden, kann von da an nichts mehr lesen. Was sie vorher gelesen hat, \
                bleibt bei ihr.
                """)
    }
    var emptyTitle: HTML {
        say(en: "No app has access", es: "Ninguna aplicación tiene acceso", de: "Keine App hat Zugriff")
    }
    var emptyWords: HTML {
        say(
            en: "When you allow an app to use information, it stands here until its access ends.",
            es: "Cuando permita a una aplicación usar información, aparecerá aquí hasta que termine su acceso.",
            de: "Wenn Sie einer App erlauben, Daten zu nutzen, steht sie hier, bis ihr Zugriff endet.")
    }
    var recordTerm: HTML { say(en: "Record", es: "Historia clínica", de: "Akte") }
    var allowedTerm: HTML { say(en: "Allowed on", es: "Permitida el", de: "Erlaubt am") }
    var lastUsedTerm: HTML { say(en: "Last used", es: "Último uso", de: "Zuletzt genutzt") }
    var notYet: String { say(en: "Not yet", es: "Todavía no", de: "Noch nicht") }
    var endsTerm: HTML {
        say(
            en: "Ends by itself, if not used, on", es: "Si no se usa, termina por sí solo el",
            de: "Endet ohne Nutzung von selbst am")
    }
    func whatItMayDo(_ app: String) -> HTML {
        say(
            en: "What it may do<span class=\"unseen\"> (\(app))</span>",
            es: "Qué puede hacer<span class=\"unseen\"> (\(app))</span>",
            de: "Was sie darf<span class=\"unseen\"> (\(app))</span>")
    }
    func endAccess(of app: String, record: HTML?) -> HTML {
        guard let record else {
            return say(
                en: "End access<span class=\"unseen\"> of \(app)</span>",
                es: "Retirar el acceso<span class=\"unseen\"> de \(app)</span>",
                de: "Zugriff beenden<span class=\"unseen\"> von \(app)</span>")
        }
        return say(
            en: "End access<span class=\"unseen\"> of \(app), record: \(record)</span>",
            es: "Retirar el acceso<span class=\"unseen\"> de \(app), historia clínica: \(record)</span>",
            de: "Zugriff beenden<span class=\"unseen\"> von \(app), Akte: \(record)</span>")
    }
    var yours: HTML { say(en: "Yours", es: "La suya", de: "Ihre eigene") }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .ended(let name):
            .notice(
                say(
                    en: "The access of \(.name(name)) has ended. It can read nothing more.",
                    es: "El acceso de \(.name(name)) ha terminado. Ya no puede leer nada más.",
                    de: "Der Zugriff von \(.name(name)) ist beendet. Die App kann nichts mehr lesen."))
        case .noSuchApp:
            .problem(
                say(
                    en: "This access is not there any more", es: "Este acceso ya no existe",
                    de: "Diesen Zugriff gibt es nicht mehr"),
                say(
                    en: "It has ended already. The list below is up to date.",
                    es: "Ya había terminado. La lista de abajo está al día.",
                    de: "Er ist schon beendet. Die Liste unten ist aktuell."))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}
