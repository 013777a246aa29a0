import HTTP
import OAuth

extension SpokenPage {
    var limitsTitle: String {
        say(
            en: "What apps may not see", es: "Lo que las aplicaciones no pueden ver", de: "Was Apps nicht sehen dürfen")
    }
    var limitsLead: HTML {
        say(
            en: "See what is kept from apps, whatever they were allowed, and change what was said on that page.",
            es: """
                Vea qué se reserva frente a las aplicaciones, se les haya permitido lo que se les haya permitido, y \
                cambie lo que se indicó en esa página.
                """,
            de: """
                Sehen Sie, was vor Apps zurückgehalten wird, was immer ihnen erlaubt wurde, und ändern Sie, was auf der \
                Seite dazu gesagt wurde.
                """)
    }
}

extension LimitsPage {
    var noRecordWords: HTML {
        say(
            en: "This page is for patients, and for those who act for them. Your account belongs to neither.",
            es: "Esta página es para pacientes y para quienes actúan por ellos. Su cuenta no es de ninguno de los dos.",
            de: """
                Diese Seite ist für Patientinnen und Patienten und für alle, die für sie handeln. Ihr Konto gehört zu \
                keinem von beiden.
                """)
    }
    var lead: HTML {
        isOwnRecord
            ? say(
                en: "What stands here no app gets from your record, whatever it was allowed.",
                es:
                    "Lo que figura aquí no lo recibe ninguna aplicación de su historia clínica, se le haya permitido o no.",
                de: "Was hier steht, bekommt keine App aus Ihrer Akte, was immer ihr erlaubt wurde.")
            : say(
                en: "What stands here no app gets from this record, whatever it was allowed.",
                es:
                    "Lo que figura aquí no lo recibe ninguna aplicación de esta historia clínica, se le haya permitido o no.",
                de: "Was hier steht, bekommt keine App aus dieser Akte, was immer ihr erlaubt wurde.")
    }
    var emptyTitle: HTML {
        say(en: "Nothing is kept from apps", es: "No hay nada reservado", de: "Es wird nichts zurückgehalten")
    }
    var emptyWords: HTML {
        say(
            en: "Apps see what they were allowed, and nothing else.",
            es: "Las aplicaciones ven lo que se les permitió y nada más.",
            de: "Apps sehen, was ihnen erlaubt wurde, und sonst nichts.")
    }
    var listTitle: HTML {
        say(
            en: "What is kept from apps now", es: "Lo que está reservado ahora",
            de: "Was gerade vor Apps zurückgehalten wird")
    }
    var everyApp: HTML { say(en: "Every app", es: "Todas las aplicaciones", de: "Alle Apps") }
    var doesNotSee: HTML { say(en: "May not see:", es: "No pueden ver:", de: "Nicht zu sehen:") }
    var sinceTerm: HTML { say(en: "Since", es: "Desde", de: "Seit") }
    var fromTerm: HTML { say(en: "From", es: "A partir del", de: "Ab") }
    var untilTerm: HTML { say(en: "Until", es: "Hasta", de: "Bis") }
    var untilTakenBack: String {
        say(en: "it is taken back", es: "que se retire", de: "zur Rücknahme")
    }
    var saidTerm: HTML { say(en: "Said", es: "Indicado", de: "Gesagt") }

    func said(_ source: ConsentDirective.Source) -> HTML {
        switch source {
        case .page: say(en: "on this page", es: "en esta página", de: "auf dieser Seite")
        case .paper:
            say(
                en: "at \(site.name), on paper or in person", es: "en \(site.name), por escrito o en persona",
                de: "bei \(site.name), auf Papier oder persönlich")
        case .fhir:
            say(
                en: "in the records of \(site.name)", es: "en los registros de \(site.name)",
                de: "in den Akten von \(site.name)")
        case .webhook:
            say(
                en: "at the consent service that works with \(site.name)",
                es: "en el servicio de consentimientos que trabaja con \(site.name)",
                de: "beim Einwilligungsdienst, der mit \(site.name) arbeitet")
        }
    }

    /// Who can change it; `nil` for what is said here.
    func whomToAsk(_ source: ConsentDirective.Source) -> HTML? {
        switch source {
        case .page: nil
        case .paper, .fhir:
            say(
                en: "This cannot be changed here. Ask \(site.name), by telephone or at the desk.",
                es: "Esto no se puede cambiar aquí. Pregunte a \(site.name), por teléfono o en el mostrador.",
                de: "Das lässt sich hier nicht ändern. Fragen Sie \(site.name), am Telefon oder am Schalter.")
        case .webhook:
            say(
                en: "This cannot be changed here. Change it at the service where it was said, or ask \(site.name).",
                es: "Esto no se puede cambiar aquí. Cámbielo en el servicio donde se indicó o pregunte a \(site.name).",
                de: "Das lässt sich hier nicht ändern. Ändern Sie es bei dem Dienst, oder fragen Sie \(site.name).")
        }
    }

    var keepTitle: HTML {
        say(
            en: "Keep something from every app", es: "Reservar algo frente a todas las aplicaciones",
            de: "Etwas vor allen Apps zurückhalten")
    }
    var keepLead: HTML {
        say(
            en: "Tick what no app may see. Nothing changes until you save it.",
            es: "Marque lo que ninguna aplicación puede ver. Nada cambia hasta que lo guarde.",
            de: "Kreuzen Sie an, was keine App sehen darf. Es ändert sich nichts, bis Sie es speichern.")
    }
    var keepElsewhere: HTML {
        say(
            en: "If you want something kept from apps, ask \(site.name), by telephone or at the desk.",
            es:
                "Si quiere reservar algo frente a las aplicaciones, pregunte a \(site.name), por teléfono o en el mostrador.",
            de: "Wenn Sie etwas vor Apps zurückhalten möchten, fragen Sie \(site.name), am Telefon oder am Schalter.")
    }
    var noAppSees: HTML {
        say(
            en: "No app may see anything", es: "Ninguna aplicación puede ver nada", de: "Keine App darf etwas sehen")
    }
    var noAppSeesOf: HTML {
        say(
            en: "No app may see any of this", es: "Ninguna aplicación puede ver nada de esto",
            de: "Keine App darf davon etwas sehen")
    }
    func onlySome(of words: String) -> HTML {
        say(en: "Only some: \(words)", es: "Solo una parte: \(words)", de: "Nur ein Teil: \(words)")
    }
    var severalKinds: HTML {
        say(
            en: """
                What is filed under several kinds is kept back if one of them is ticked. What is filed under none is \
                kept back for certain only if the whole is ticked.
                """,
            es: """
                Lo que figura en varios tipos se reserva si uno de ellos está marcado. Lo que no figura en ninguno \
                solo se reserva con seguridad si se marca el conjunto.
                """,
            de: """
                Was unter mehreren Arten abgelegt ist, wird zurückgehalten, wenn eine davon angekreuzt ist. Was unter \
                keiner abgelegt ist, wird nur dann sicher zurückgehalten, wenn das Ganze angekreuzt ist.
                """)
    }
    var afterwardsTitle: HTML { say(en: "What happens then", es: "Qué pasa después", de: "Was dann geschieht") }
    var consequences: [HTML] {
        [
            say(
                en: """
                    It holds at once, for every app that asks \(site.name), those of doctors and nurses too, and in an \
                    emergency as well. Those who give care may then miss something.
                    """,
                es: """
                    Vale de inmediato, para toda aplicación que pregunte a \(site.name), también las de médicos y \
                    enfermeras, y también en una emergencia. A quien atiende puede faltarle entonces algo.
                    """,
                de: """
                    Es gilt sofort, für jede App, die \(site.name) fragt, auch für die von Ärztinnen, Ärzten und \
                    Pflegenden, und auch im Notfall. Wer behandelt, dem kann dann etwas fehlen.
                    """),
            say(
                en: """
                    What an app has read before stays with it. The systems that \(site.name) itself works with see \
                    the record as before.
                    """,
                es: """
                    Lo que una aplicación ya leyó queda en ella. Los sistemas propios de \(site.name) ven la historia \
                    clínica como antes.
                    """,
                de: """
                    Was eine App vorher gelesen hat, bleibt bei ihr. Die eigenen Systeme von \(site.name) sehen die \
                    Akte wie bisher.
                    """),
            say(
                en: "What you untick apps can see again, as far as it was allowed and still is.",
                es:
                    "Lo que desmarque lo vuelven a ver las aplicaciones, en la medida en que se permitió y sigue permitido.",
                de: "Was Sie nicht mehr ankreuzen, sehen Apps wieder, soweit es erlaubt war und noch ist."),
        ]
    }
    var save: HTML {
        say(en: "Keep from every app what is ticked", es: "Reservar lo marcado", de: "Angekreuztes zurückhalten")
    }
    var leave: HTML { say(en: "Change nothing", es: "No cambiar nada", de: "Nichts ändern") }
    var liftTitle: HTML {
        say(en: "Take all of it back", es: "Retirarlo todo", de: "Alles zurücknehmen")
    }
    var liftSummary: HTML {
        say(
            en: "Take back what was said on this page", es: "Retirar lo indicado en esta página",
            de: "Zurücknehmen, was auf dieser Seite gesagt wurde")
    }
    var liftWords: HTML {
        say(
            en: """
                Apps can then see again what they were allowed and still are. What was said elsewhere stays as it is.
                """,
            es: """
                Las aplicaciones vuelven a ver lo que se les permitió y sigue permitido. Lo que se indicó en otro \
                lugar queda como está.
                """,
            de: """
                Apps sehen dann wieder, was ihnen erlaubt wurde und noch erlaubt ist. Was anderswo gesagt wurde, \
                bleibt, wie es ist.
                """)
    }
    var liftButton: HTML {
        say(en: "Take all of it back now", es: "Retirarlo todo ahora", de: "Jetzt alles zurücknehmen")
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .saved:
            .notice(
                say(
                    en: "Saved. It holds from now on, for every app.",
                    es: "Guardado. Vale desde ahora, para todas las aplicaciones.",
                    de: "Gespeichert. Es gilt ab jetzt, für alle Apps."))
        case .lifted:
            .notice(
                say(
                    en: "Taken back. Nothing that was said on this page holds any more.",
                    es: "Retirado. Ya no vale nada de lo indicado en esta página.",
                    de: "Zurückgenommen. Nichts mehr von dem gilt, was auf dieser Seite gesagt wurde."))
        case .unchanged:
            .notice(say(en: "Nothing was changed.", es: "No se ha cambiado nada.", de: "Es wurde nichts geändert."))
        case .changedMeanwhile:
            .problem(
                say(en: "Not saved", es: "No se ha guardado", de: "Nicht gespeichert"),
                say(
                    en: """
                        It was changed meanwhile, in another window or by somebody else. Below it stands as it is \
                        now; please look once more.
                        """,
                    es: """
                        Se cambió entretanto, en otra ventana o por otra persona. Abajo está como es ahora; mírelo \
                        otra vez.
                        """,
                    de: """
                        Es wurde inzwischen geändert, in einem anderen Fenster oder von jemand anderem. Unten steht \
                        es, wie es jetzt ist; bitte sehen Sie noch einmal nach.
                        """))
        case .noSuchPatient:
            .problem(
                say(en: "Not possible here", es: "Aquí no es posible", de: "Hier nicht möglich"),
                say(
                    en: "You do not act for this patient, or not any more.",
                    es: "Usted no actúa por este paciente, o ya no.",
                    de: "Sie handeln nicht für diese Person, oder nicht mehr."))
        case .recordUnavailable:
            .problem(
                say(
                    en: "The record is not answering", es: "No se puede consultar la historia clínica",
                    de: "Die Akte ist nicht abrufbar"),
                say(
                    en: "Nothing can be changed just now. Try again in a few minutes.",
                    es: "Ahora no se puede cambiar nada. Inténtelo de nuevo en unos minutos.",
                    de: "Gerade lässt sich nichts ändern. Versuchen Sie es in einigen Minuten noch einmal."))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}
