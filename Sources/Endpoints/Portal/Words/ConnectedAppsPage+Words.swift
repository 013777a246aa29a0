import HTTP

extension ConnectedAppsPage {
    var lead: HTML {
        say(
            en: "Apps that you have allowed to use information at \(site.name).",
            es: "Aplicaciones a las que ha permitido usar información en \(site.name).",
            de: "Apps, denen Sie erlaubt haben, Daten bei \(site.name) zu nutzen.")
    }
    package var awayHeading: HTML {
        say(
            en: "They keep their access while you are away", es: "Conservan el acceso cuando usted no está",
            de: "Sie behalten den Zugriff, auch wenn Sie nicht da sind")
    }
    package var hereHeading: HTML {
        say(
            en: "They have access while you use them", es: "Tienen acceso mientras usted las usa",
            de: "Sie haben Zugriff, während Sie sie nutzen")
    }
    package var consequenceWords: HTML {
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
    package var emptyWords: HTML {
        say(
            en: "When you allow an app to use information, it stands here until its access ends.",
            es: "Cuando permita a una aplicación usar información, aparecerá aquí hasta que termine su acceso.",
            de: "Wenn Sie einer App erlauben, Daten zu nutzen, steht sie hier, bis ihr Zugriff endet.")
    }
    func changeAccess(of app: String) -> HTML {
        say(
            en: "Give it less<span class=\"unseen\">: \(app)</span>",
            es: "Darle menos<span class=\"unseen\">: \(app)</span>",
            de: "Weniger erlauben<span class=\"unseen\">: \(app)</span>")
    }
    package var policyWords: HTML {
        say(
            en: "\(site.name) answers for this app, so you were not asked when it started.",
            es: "\(site.name) responde de esta aplicación, por eso no se le preguntó al iniciarla.",
            de: "\(site.name) steht für diese App ein, deshalb wurden Sie beim Start nicht gefragt.")
    }
    package func endAllWords(_ count: Int) -> HTML {
        say(
            en: "None of the \(count) apps above can read anything from then on. Each has to ask you again.",
            es:
                "Ninguna de las \(count) aplicaciones de arriba podrá leer nada. Cada una tendrá que volver a preguntarle.",
            de: "Keine der \(count) Apps oben kann von da an noch etwas lesen. Jede muss Sie erneut fragen.")
    }
    var yours: HTML { say(en: "Yours", es: "La suya", de: "Ihre eigene") }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .ended(let name): endedNotice(name)
        case .allEnded: allEndedNotice
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
        case .noSuchApp: noSuchAppNotice
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}
