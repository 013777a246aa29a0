import HTTP

extension NarrowingPage {
    var title: String {
        say(
            en: "What \(appName) may do", es: "Qué puede hacer \(appName)", de: "Was \(appName) darf")
    }
    var heading: HTML {
        say(
            en: "What <bdi>\(appName)</bdi> may do", es: "Qué puede hacer <bdi>\(appName)</bdi>",
            de: "Was <bdi>\(appName)</bdi> darf")
    }
    func recordOf(_ patient: String) -> HTML {
        say(
            en: "Record: \(.name(patient))", es: "Historia clínica: \(.name(patient))", de: "Akte: \(.name(patient))")
    }
    var chooseTitle: HTML {
        say(en: "Choose what it keeps", es: "Elija qué conserva", de: "Wählen Sie, was die App behält")
    }
    var lead: HTML {
        say(
            en: "All that the app has is ticked. Untick what it shall not have any more.",
            es: "Todo lo que la aplicación tiene está marcado. Desmarque lo que ya no deba tener.",
            de:
                "Alles, was die App hat, ist angekreuzt. Entfernen Sie das Kreuz bei dem, was sie nicht mehr haben soll."
        )
    }
    var afterwardsTitle: HTML { say(en: "What happens then", es: "Qué pasa después", de: "Was dann geschieht") }
    var afterwards: HTML {
        say(
            en: """
                It holds at once, also for what the app is doing just now. What it has read before stays with it. To give \
                it more again, start the app: it will ask you.
                """,
            es: """
                Vale de inmediato, también para lo que la aplicación está haciendo ahora. Lo que ya leyó queda en ella. \
                Para darle más de nuevo, inicie la aplicación: le preguntará.
                """,
            de: """
                Es gilt sofort, auch für das, was die App gerade tut. Was sie vorher gelesen hat, bleibt bei ihr. Um ihr \
                wieder mehr zu erlauben, starten Sie die App: Sie wird Sie fragen.
                """)
    }
    var save: HTML { say(en: "Keep what is ticked", es: "Conservar lo marcado", de: "Angekreuztes behalten") }
    var leave: HTML { say(en: "Change nothing", es: "No cambiar nada", de: "Nichts ändern") }
}
