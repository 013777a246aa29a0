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
                with it. You can allow it again later.
                """,
            es: """
                Una aplicación a la que retira el acceso no puede leer nada más desde ese momento. Lo que ya leyó \
                queda en ella. Más adelante puede permitirla de nuevo.
                """,
            de: """
                Eine App, deren Zugriff Sie beenden, kann von da an nichts mehr lesen. Was sie vorher gelesen hat, \
                bleibt bei ihr. Sie können sie später wieder erlauben.
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
    func changeAccess(of app: String) -> HTML {
        say(
            en: "Give it less<span class=\"unseen\">: \(app)</span>",
            es: "Darle menos<span class=\"unseen\">: \(app)</span>",
            de: "Weniger erlauben<span class=\"unseen\">: \(app)</span>")
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
    var policyWords: HTML {
        say(
            en: "\(site.name) answers for this app, so you were not asked when it started.",
            es: "\(site.name) responde de esta aplicación, por eso no se le preguntó al iniciarla.",
            de: "\(site.name) steht für diese App ein, deshalb wurden Sie beim Start nicht gefragt.")
    }
    var endAllHeading: HTML { say(en: "All at once", es: "Todas a la vez", de: "Alle auf einmal") }
    var endAllSummary: HTML {
        say(
            en: "End the access of all apps", es: "Retirar el acceso de todas las aplicaciones",
            de: "Zugriff aller Apps beenden")
    }
    func endAllWords(_ count: Int) -> HTML {
        say(
            en: "None of the \(count) apps above can read anything from then on. Each has to ask you again.",
            es:
                "Ninguna de las \(count) aplicaciones de arriba podrá leer nada. Cada una tendrá que volver a preguntarle.",
            de: "Keine der \(count) Apps oben kann von da an noch etwas lesen. Jede muss Sie erneut fragen.")
    }
    var endAllButton: HTML {
        say(
            en: "Yes, end the access of all apps", es: "Sí, retirar el acceso de todas las aplicaciones",
            de: "Ja, den Zugriff aller Apps beenden")
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
        case .allEnded:
            .notice(
                say(
                    en: "The access of all apps has ended. None can read anything more.",
                    es: "El acceso de todas las aplicaciones ha terminado. Ninguna puede leer nada más.",
                    de: "Der Zugriff aller Apps ist beendet. Keine kann noch etwas lesen."))
        case .narrowed(let name):
            .notice(
                say(
                    en: "\(.name(name)) has less from now on. What it may still do stands below.",
                    es: "\(.name(name)) tiene menos desde ahora. Lo que aún puede hacer está abajo.",
                    de: "\(.name(name)) darf von nun an weniger. Was die App noch darf, steht unten."))
        case .unchanged(let name):
            .notice(
                say(
                    en: "Nothing was changed for \(.name(name)).", es: "No se ha cambiado nada para \(.name(name)).",
                    de: "Für \(.name(name)) wurde nichts geändert."))
        case .changedMeanwhile:
            .problem(
                say(en: "Not changed", es: "No se ha cambiado", de: "Nicht geändert"),
                say(
                    en:
                        "What this app may do was changed meanwhile. The list below is up to date; please look once more.",
                    es:
                        "Lo que puede hacer esta aplicación se cambió entretanto. La lista de abajo está al día; mírela otra vez.",
                    de:
                        "Was diese App darf, wurde inzwischen geändert. Die Liste unten ist aktuell; bitte sehen Sie noch einmal nach."
                ))
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
