import HTTP
import SMART

extension ConsentPage {
    var title: String {
        say(en: "Allow \(appName)?", es: "¿Permitir \(appName)?", de: "\(appName) erlauben?")
    }

    var question: HTML {
        let name: HTML = "<bdi>\(appName)</bdi>"
        let records = ConsentSentences.records(choices.offered, for: reader, in: language)
        if !records.isEmpty {
            let all = language.list(records)
            return say(
                en: "Allow \(name) to use \(all)?", es: "¿Permite que \(name) use \(all)?",
                de: "Darf \(name) auf \(all) zugreifen?")
        }
        guard choices.identity != nil else {
            return say(en: "Allow \(name)?", es: "¿Permite \(name)?", de: "\(name) erlauben?")
        }
        return say(
            en: "Allow \(name) to know who you are?", es: "¿Permite que \(name) sepa quién es usted?",
            de: "Darf \(name) wissen, wer Sie sind?")
    }

    var origin: HTML {
        isLaunchFromEHR
            ? say(
                en: "You started \(.name(appName)) from \(site.name). Nothing is shared before you answer.",
                es: """
                    Usted ha iniciado \(.name(appName)) desde \(site.name). No se comparte nada antes de su \
                    respuesta.
                    """,
                de: """
                    Sie haben \(.name(appName)) von \(site.name) aus gestartet. Bevor Sie antworten, wird nichts \
                    weitergegeben.
                    """)
            : say(
                en: "\(.name(appName)) asks \(site.name) for access. Nothing is shared before you answer.",
                es: "\(.name(appName)) pide acceso a \(site.name). No se comparte nada antes de su respuesta.",
                de: "\(.name(appName)) bittet \(site.name) um Zugriff. Bevor Sie antworten, wird nichts weitergegeben.")
    }

    /// Of an app that somebody at the site has looked at.
    var whoseWords: HTML {
        guard let organization else {
            return say(
                en: "\(site.name) has looked at this app.", es: "\(site.name) ha revisado esta aplicación.",
                de: "\(site.name) hat sich diese App angesehen.")
        }
        return say(
            en: "It is an app of \(.name(organization)). \(site.name) has looked at it.",
            es: "Es una aplicación de \(.name(organization)). \(site.name) la ha revisado.",
            de: "Es ist eine App von \(.name(organization)). \(site.name) hat sie sich angesehen.")
    }
    /// Behind the caution.
    func claimWords(_ organization: String) -> HTML {
        say(
            en: " It says that it is from \(.name(organization)).", es: " Dice que es de \(.name(organization)).",
            de: " Sie gibt an, von \(.name(organization)) zu sein.")
    }
    var cautionWords: HTML {
        say(
            en: """
                <strong>This app is unverified:</strong> nobody at \(site.name) has looked at it, and it chose its \
                name itself. Allow it only if you know it and expected this question.
                """,
            es: """
                <strong>Esta aplicación no está verificada:</strong> nadie de \(site.name) la ha revisado y ella \
                misma ha elegido su nombre. Permítala solo si la conoce y esperaba esta pregunta.
                """,
            de: """
                <strong>Diese App ist nicht geprüft:</strong> Niemand von \(site.name) hat sie sich angesehen, und \
                ihren Namen hat sie selbst gewählt. Erlauben Sie sie nur, wenn Sie sie kennen und diese Frage \
                erwartet haben.
                """)
    }

    var chooseTitle: HTML {
        say(en: "Choose what it gets", es: "Elija qué recibe", de: "Wählen Sie, was die App bekommt")
    }

    var advice: HTML {
        ticked == nil
            ? say(
                en: """
                    All that the app asks for is ticked. Untick what it shall not get; it may be able to do less \
                    then.
                    """,
                es: """
                    Todo lo que pide la aplicación está marcado. Desmarque lo que no deba recibir; quizá entonces \
                    pueda hacer menos.
                    """,
                de: """
                    Alles, worum die App bittet, ist angekreuzt. Entfernen Sie das Kreuz bei dem, was sie nicht \
                    bekommen soll; vielleicht kann sie dann weniger.
                    """)
            : say(
                en: "Tick what it may get; without the rest it may be able to do less.",
                es: "Marque lo que puede recibir; sin el resto, quizá pueda hacer menos.",
                de: "Kreuzen Sie an, was sie bekommen darf; ohne den Rest kann sie vielleicht weniger.")
    }

    var neverMore: HTML {
        say(
            en: " It never gets more than you may see yourself.",
            es: " Nunca recibe más de lo que usted mismo puede ver.",
            de: " Sie bekommt nie mehr, als Sie selbst sehen dürfen.")
    }

    var untickAll: HTML {
        say(en: "Untick everything", es: "Desmarcar todo", de: "Alle Kreuze entfernen")
    }
    var tickAll: HTML { say(en: "Tick everything", es: "Marcar todo", de: "Alles ankreuzen") }
    var everythingTitle: HTML { say(en: "This is everything", es: "Esto es todo", de: "Das ist alles") }
    var everythingWords: HTML {
        say(
            en: """
                The app asks for all kinds of information: what is recorded now, and what will be recorded later, \
                sensitive matters included. As soon as you untick one kind, it gets nothing but what you leave \
                ticked, and no kinds that are new later.
                """,
            es: """
                La aplicación pide todo tipo de información: la que consta ahora y la que se registre más adelante, \
                incluidos los asuntos delicados. En cuanto desmarque un tipo, recibirá solo lo que deje marcado y \
                ningún tipo nuevo más adelante.
                """,
            de: """
                Die App bittet um alle Arten von Daten: was jetzt erfasst ist und was später erfasst wird, auch \
                Vertrauliches. Sobald Sie bei einer Art das Kreuz entfernen, bekommt sie nur noch, was angekreuzt \
                bleibt, und keine Arten, die später dazukommen.
                """)
    }

    var offlineTitle: HTML {
        say(en: "While you are away", es: "Cuando usted no está", de: "Wenn Sie nicht da sind")
    }
    var offlineWords: HTML {
        let span = TimeInWords.span(offlineLifetime, in: language)
        let permissions = choices.offered.clinical.reduce(into: Permissions()) { $0.formUnion($1.permissions) }
        if permissions.isEmpty {
            return say(
                en: """
                    It keeps its access while you are away only if this is ticked. It can then go on using what you \
                    allow without you being here, for up to \(span) after its last use, or until you ask \
                    \(site.name) to end it.
                    """,
                es: """
                    Solo conserva el acceso cuando usted no está si esto está marcado. Entonces puede seguir usando \
                    lo que usted permite sin que esté presente, hasta \(span) después del último uso o hasta que \
                    pida a \(site.name) que lo retire.
                    """,
                de: """
                    Nur wenn dies angekreuzt ist, behält sie den Zugriff, während Sie nicht da sind. Sie kann dann \
                    ohne Sie weiter nutzen, was Sie erlauben, bis zu \(span) nach der letzten Nutzung oder bis Sie \
                    \(site.name) bitten, den Zugriff zu beenden.
                    """)
        }
        if permissions.isSubset(of: [.read, .search]) {
            return say(
                en: """
                    It keeps its access while you are away only if this is ticked. It can then go on reading without \
                    you being here, for up to \(span) after its last use, or until you ask \(site.name) to end it.
                    """,
                es: """
                    Solo conserva el acceso cuando usted no está si esto está marcado. Entonces puede seguir leyendo \
                    sin que usted esté presente, hasta \(span) después del último uso o hasta que pida a \
                    \(site.name) que lo retire.
                    """,
                de: """
                    Nur wenn dies angekreuzt ist, behält sie den Zugriff, während Sie nicht da sind. Sie kann dann \
                    ohne Sie weiterlesen, bis zu \(span) nach der letzten Nutzung oder bis Sie \(site.name) bitten, \
                    den Zugriff zu beenden.
                    """)
        }
        return say(
            en: """
                It keeps its access while you are away only if this is ticked. It can then go on reading and \
                changing without you being here, for up to \(span) after its last use, or until you ask \(site.name) \
                to end it.
                """,
            es: """
                Solo conserva el acceso cuando usted no está si esto está marcado. Entonces puede seguir leyendo y \
                cambiando datos sin que usted esté presente, hasta \(span) después del último uso o hasta que pida a \
                \(site.name) que lo retire.
                """,
            de: """
                Nur wenn dies angekreuzt ist, behält sie den Zugriff, während Sie nicht da sind. Sie kann dann ohne \
                Sie weiterlesen und ändern, bis zu \(span) nach der letzten Nutzung oder bis Sie \(site.name) \
                bitten, den Zugriff zu beenden.
                """)
    }

    /// Host and patient stand once more beside the buttons, where a long page has left them far above.
    var destination: HTML {
        let host = HTML.name(appHost)
        guard !isOwnRecord else {
            return say(
                en: """
                    It goes to \(host). What the app then does with your information is up to the people who run it; \
                    their privacy policy tells you more.
                    """,
                es: """
                    Va a \(host). Lo que la aplicación haga después con su información depende de quienes la \
                    gestionan; su política de privacidad le dice más.
                    """,
                de: """
                    Es geht an \(host). Was die App dann mit Ihren Daten macht, entscheiden ihre Betreiber; deren \
                    Datenschutzerklärung sagt Ihnen mehr.
                    """)
        }
        guard let patient else {
            return say(en: "It goes to \(host).", es: "Va a \(host).", de: "Es geht an \(host).")
        }
        let name = HTML.name(patient.displayName(in: language))
        let who = patient.distinction(on: today, in: language)
        return say(
            en: "It is about \(name), \(who), and goes to \(host).", es: "Se trata de \(name), \(who), y va a \(host).",
            de: "Es betrifft \(name), \(who), und geht an \(host).")
    }

    var answerTitle: HTML { say(en: "Your answer", es: "Su respuesta", de: "Ihre Antwort") }
    var allow: HTML { say(en: "Allow", es: "Permitir", de: "Erlauben") }
    var deny: HTML { say(en: "Don’t allow", es: "No permitir", de: "Nicht erlauben") }

    var withheldTitle: HTML {
        say(
            en: "What the app asked for and does not get", es: "Lo que la aplicación ha pedido y no recibe",
            de: "Was die App erbeten hat und nicht bekommt")
    }
    var withheldWords: HTML {
        say(
            en: "This stays closed to the app, whatever you answer. It may be able to do less without it.",
            es:
                "Esto queda cerrado para la aplicación, responda usted lo que responda. Quizá sin ello pueda hacer menos.",
            de: "Das bleibt der App verschlossen, was immer Sie antworten. Vielleicht kann sie ohne das weniger.")
    }
    var notRegisteredWords: HTML {
        say(
            en: "\(site.name) has not approved the app for this:",
            es: "\(site.name) no ha autorizado la aplicación para esto:",
            de: "Dafür hat \(site.name) die App nicht zugelassen:")
    }
    var beyondYouWords: HTML {
        say(
            en: "Your account cannot give this:", es: "Su cuenta no puede dar esto:",
            de: "Das kann Ihr Konto nicht geben:")
    }
    var deniedElsewhereWords: HTML {
        isOwnRecord
            ? say(
                en: "You have told \(site.name) that the app may not have this:",
                es: "Usted ha comunicado a \(site.name) que la aplicación no puede tener esto:",
                de: "Sie haben \(site.name) gesagt, dass die App das nicht haben darf:")
            : say(
                en: "The patient does not let the app have this:",
                es: "El paciente no permite que la aplicación tenga esto:",
                de: "Das lässt die Patientin oder der Patient der App nicht zu:")
    }
    func changeItAt(_ link: HTML) -> HTML {
        say(
            en: "What was said on our own page can be changed there: \(link)",
            es: "Lo que se indicó en nuestra propia página se puede cambiar allí: \(link)",
            de: "Was auf unserer eigenen Seite gesagt wurde, lässt sich dort ändern: \(link)")
    }
    var forServicesWords: HTML {
        say(
            en: "This is only for programs that work without a person:",
            es: "Esto es solo para programas que trabajan sin ninguna persona:",
            de: "Das ist nur für Programme, die ohne einen Menschen arbeiten:")
    }
    var unknownWords: HTML {
        say(
            en: "\(site.name) does not know this:", es: "\(site.name) no conoce esto:",
            de: "Das kennt \(site.name) nicht:")
    }
    func quoted(_ scope: String) -> String {
        say(en: "“\(scope)”", es: "«\(scope)»", de: "„\(scope)“")
    }
}

extension ConsentTicks {
    var alsoTitle: HTML {
        choices.groups.isEmpty
            ? language.say(en: "The app may", es: "La aplicación puede", de: "Die App darf")
            : language.say(en: "Also", es: "También", de: "Außerdem")
    }
    var besidesWords: HTML {
        language.say(
            en: "Whatever you allow, the app will also", es: "Permita lo que permita, la aplicación también va a",
            de: "Was immer Sie erlauben, die App wird außerdem")
    }
    func kinds(of words: String) -> HTML {
        language.say(en: "Kinds of \(words)", es: "Tipos: \(words)", de: "Arten: \(words)")
    }
    var severalKinds: HTML {
        language.say(
            en: """
                What is filed under several kinds is shared if one of them is ticked; what is filed under none, only \
                if all are.
                """,
            es: """
                Lo que figura en varios tipos se comparte si uno de ellos está marcado; lo que no figura en ninguno, \
                solo si lo están todos.
                """,
            de: """
                Was unter mehreren Arten abgelegt ist, wird geteilt, wenn eine davon angekreuzt ist; was unter \
                keiner abgelegt ist, nur wenn alle es sind.
                """)
    }
}
