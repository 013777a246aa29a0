import HTTP
import SMART

extension SpokenPage {
    var helpDeskTitle: String { say(en: "Help desk", es: "Servicio de ayuda", de: "Helpdesk") }
    var kindTerm: HTML { say(en: "Account of", es: "Cuenta de", de: "Konto von") }

    func words(for kind: FHIRUser.Kind?) -> String {
        switch kind {
        case .patient: say(en: "a patient", es: "un paciente", de: "Patient/in")
        case .relatedPerson:
            say(
                en: "a relative or carer", es: "un familiar o cuidador", de: "Angehörigen oder Betreuenden")
        case .practitioner, .practitionerRole, .person, nil:
            say(en: "a member of staff", es: "personal", de: "Personal")
        }
    }
}

extension PortalPage {
    var helpDeskLead: HTML {
        say(
            en: "See which apps somebody has connected, and end their access when that person asks for it.",
            es:
                "Vea qué aplicaciones ha conectado una persona y retire su acceso cuando esa persona lo pida.",
            de: "Sehen, welche Apps jemand verbunden hat, und ihren Zugriff beenden, wenn die Person darum bittet.")
    }
}

extension HelpDeskPage {
    var lead: HTML {
        say(
            en: """
                Look after the connected apps of somebody who asks you to. Each look is recorded with your name and \
                your reason; patients can read both.
                """,
            es: """
                Atienda las aplicaciones conectadas de quien se lo pida. Cada consulta se registra con su nombre y el \
                motivo; los pacientes pueden leer ambos.
                """,
            de: """
                Kümmern Sie sich um die verbundenen Apps einer Person, die Sie darum bittet. Jeder Blick wird mit \
                Ihrem Namen und Ihrem Grund festgehalten; Patientinnen und Patienten können beides lesen.
                """)
    }
    var reasonLabel: HTML { say(en: "What it is about", es: "De qué se trata", de: "Worum es geht") }
    var reasonHint: HTML {
        say(
            en: "In a few words, such as “Call 4711: telephone lost”.",
            es: "En pocas palabras, como «Llamada 4711: teléfono perdido».",
            de: "In wenigen Worten, etwa „Anruf 4711: Telefon verloren“.")
    }
    var queryLabel: HTML { say(en: "Who asks", es: "Quién lo pide", de: "Wer darum bittet") }
    var queryHint: HTML {
        say(
            en: "The name, the user name, or a patient’s whole record number.",
            es: "El nombre, el nombre de usuario o el número completo de historia de un paciente.",
            de: "Der Name, der Benutzername oder die ganze Aktennummer einer Patientin oder eines Patienten.")
    }
    var nobodyTitle: HTML { say(en: "Nobody found", es: "No se encontró a nadie", de: "Niemand gefunden") }
    var nobodyWords: HTML {
        say(
            en: "Nobody with an account here has this name or number.",
            es: "Nadie con una cuenta aquí tiene este nombre o número.",
            de: "Niemand mit einem Konto hier hat diesen Namen oder diese Nummer.")
    }
    func foundTitle(_ count: Int, isCut: Bool) -> HTML {
        if isCut {
            return say(
                en: "The first \(count) people found", es: "Las primeras \(count) personas encontradas",
                de: "Die ersten \(count) gefundenen Personen")
        }
        return count == 1
            ? say(en: "1 person found", es: "1 persona encontrada", de: "1 Person gefunden")
            : say(
                en: "\(count) people found", es: "\(count) personas encontradas", de: "\(count) Personen gefunden")
    }
    var proveFirst: HTML {
        say(
            en: "Make sure that it is this person who asks before you go on.",
            es: "Asegúrese de que es esta persona quien lo pide antes de continuar.",
            de: "Vergewissern Sie sich, dass diese Person darum bittet, bevor Sie weitergehen.")
    }
    var disabledMark: HTML { say(en: "locked", es: "bloqueada", de: "gesperrt") }
    func look(at caller: FoundCaller) -> HTML {
        say(
            en: "See the apps<span class=\"unseen\"> of \(caller.name), \(caller.username)</span>",
            es: "Ver las aplicaciones<span class=\"unseen\"> de \(caller.name), \(caller.username)</span>",
            de: "Apps ansehen<span class=\"unseen\">: \(caller.name), \(caller.username)</span>")
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .reasonMissing:
            .problem(
                say(
                    en: "Please say what it is about", es: "Indique de qué se trata",
                    de: "Bitte sagen Sie, worum es geht"),
                say(
                    en: "It takes a few words; they are kept with what you do.",
                    es: "Hacen falta unas palabras; se guardan con lo que usted haga.",
                    de: "Es braucht einige Worte; sie werden mit dem, was Sie tun, festgehalten."), field: "reason")
        case .tooShort:
            .problem(
                say(en: "Please give a name", es: "Indique un nombre", de: "Bitte geben Sie einen Namen an"),
                say(
                    en: "Three letters of it, or a whole user name or record number.",
                    es: "Tres letras, o un nombre de usuario o número de historia completos.",
                    de: "Drei Buchstaben davon, oder einen ganzen Benutzernamen oder eine ganze Aktennummer."),
                field: "q")
        case .recordsSilent:
            .problem(
                say(
                    en: "The records are not answering", es: "No se pueden consultar las historias clínicas",
                    de: "Die Akten sind nicht abrufbar"),
                say(
                    en: "People are found by name, and not by a record number, until they answer again.",
                    es:
                        "Hasta que respondan, se encuentra a las personas por el nombre y no por el número de historia.",
                    de: "Bis sie wieder antworten, werden Personen mit dem Namen gefunden, nicht mit der Aktennummer."))
        case .noSuchPerson:
            .problem(
                say(
                    en: "This person is not there any more", es: "Esta persona ya no está",
                    de: "Diese Person gibt es nicht mehr"),
                say(
                    en: "Please look for the person once more.", es: "Busque de nuevo a la persona, por favor.",
                    de: "Bitte suchen Sie die Person noch einmal."), field: "q")
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}

extension HelpedPersonPage {
    func title(_ name: String) -> String {
        say(en: "Apps of \(name)", es: "Aplicaciones de \(name)", de: "Apps von \(name)")
    }
    func heading(_ name: String) -> HTML {
        say(
            en: "Apps of <bdi>\(name)</bdi>", es: "Aplicaciones de <bdi>\(name)</bdi>",
            de: "Apps von <bdi>\(name)</bdi>")
    }
    var callerLabel: String { say(en: "Who asks", es: "Quién lo pide", de: "Wer darum bittet") }
    func onRecord(_ reason: String) -> HTML {
        say(
            en: "On record with your name: “<bdi>\(reason)</bdi>”",
            es: "Queda registrado con su nombre: «<bdi>\(reason)</bdi>»",
            de: "Mit Ihrem Namen festgehalten: „<bdi>\(reason)</bdi>“")
    }
    package var awayHeading: HTML {
        say(
            en: "They keep their access while the person is away",
            es: "Conservan el acceso cuando la persona no está",
            de: "Sie behalten den Zugriff, auch wenn die Person nicht da ist")
    }
    package var hereHeading: HTML {
        say(
            en: "They have access while the person uses them", es: "Tienen acceso mientras la persona las usa",
            de: "Sie haben Zugriff, während die Person sie nutzt")
    }
    package var policyWords: HTML {
        say(
            en: "\(site.name) answers for this app, so the person was not asked when it started.",
            es: "\(site.name) responde de esta aplicación, por eso no se preguntó a la persona al iniciarla.",
            de: "\(site.name) steht für diese App ein, deshalb wurde die Person beim Start nicht gefragt.")
    }
    package var consequenceWords: HTML {
        say(
            en: """
                An app whose access you end can read nothing more from that moment on, and it cannot be undone here. What \
                it has read before stays with it. The person can allow it again.
                """,
            es: """
                Una aplicación a la que retira el acceso no puede leer nada más desde ese momento, y aquí no se puede \
                deshacer. Lo que ya leyó queda en ella. La persona puede permitirla de nuevo.
                """,
            de: """
                Eine App, deren Zugriff Sie beenden, kann von da an nichts mehr lesen; rückgängig machen lässt sich das \
                hier nicht. Was sie vorher gelesen hat, bleibt bei ihr. Die Person kann sie wieder erlauben.
                """)
    }
    package var emptyWords: HTML {
        say(
            en: "This person has no connected app.", es: "Esta persona no tiene aplicaciones conectadas.",
            de: "Diese Person hat keine verbundene App.")
    }
    var ownRecord: HTML {
        say(en: "The person’s own", es: "La de la persona", de: "Die eigene der Person")
    }
    /// A record whose patient the help desk is not told.
    static func somebodyElses(_ language: Language) -> String {
        language.say(en: "Somebody else’s", es: "De otra persona", de: "Die eines anderen Menschen")
    }
    package func endAllWords(_ count: Int) -> HTML {
        say(
            en: "None of the \(count) apps above can read anything from then on. Each has to ask the person again.",
            es:
                "Ninguna de las \(count) aplicaciones de arriba podrá leer nada. Cada una tendrá que volver a preguntar.",
            de: "Keine der \(count) Apps oben kann von da an noch etwas lesen. Jede muss die Person erneut fragen.")
    }
    var anotherPerson: HTML {
        say(en: "Help somebody else", es: "Atender a otra persona", de: "Jemand anderem helfen")
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .ended(let name): endedNotice(name)
        case .allEnded: allEndedNotice
        case .noSuchApp: noSuchAppNotice
        }
    }
}
