import HTTP

extension ConnectedAppList {
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
    var readsTerm: HTML { say(en: "Has read", es: "Ha leído", de: "Hat gelesen") }
    var nothingYet: String { say(en: "Nothing yet", es: "Nada todavía", de: "Noch nichts") }
    func reads(_ reads: ConnectedApp.Reads) -> String {
        let (times, day) = (reads.times, reads.last.words(in: language))
        return times == 1
            ? say(en: "once, on \(day)", es: "una vez, el \(day)", de: "einmal, am \(day)")
            : say(
                en: "\(times) times, last on \(day)", es: "\(times) veces, la última el \(day)",
                de: "\(times)-mal, zuletzt am \(day)")
    }
    var emptyTitle: HTML {
        say(en: "No app has access", es: "Ninguna aplicación tiene acceso", de: "Keine App hat Zugriff")
    }
    var endAllHeading: HTML { say(en: "All at once", es: "Todas a la vez", de: "Alle auf einmal") }
    var endAllSummary: HTML {
        say(
            en: "End the access of all apps", es: "Retirar el acceso de todas las aplicaciones",
            de: "Zugriff aller Apps beenden")
    }
    var endAllButton: HTML {
        say(
            en: "Yes, end the access of all apps", es: "Sí, retirar el acceso de todas las aplicaciones",
            de: "Ja, den Zugriff aller Apps beenden")
    }

    func endedNotice(_ name: String) -> HTML {
        .notice(
            say(
                en: "The access of \(.name(name)) has ended. It can read nothing more.",
                es: "El acceso de \(.name(name)) ha terminado. Ya no puede leer nada más.",
                de: "Der Zugriff von \(.name(name)) ist beendet. Die App kann nichts mehr lesen."))
    }
    var allEndedNotice: HTML {
        .notice(
            say(
                en: "The access of all apps has ended. None can read anything more.",
                es: "El acceso de todas las aplicaciones ha terminado. Ninguna puede leer nada más.",
                de: "Der Zugriff aller Apps ist beendet. Keine kann noch etwas lesen."))
    }
    var noSuchAppNotice: HTML {
        .problem(
            say(
                en: "This access is not there any more", es: "Este acceso ya no existe",
                de: "Diesen Zugriff gibt es nicht mehr"),
            say(
                en: "It has ended already. The list below is up to date.",
                es: "Ya había terminado. La lista de abajo está al día.",
                de: "Er ist schon beendet. Die Liste unten ist aktuell."))
    }
}
