import HTTP

extension PortalPage {
    var title: String { say(en: "Start an app", es: "Iniciar una aplicación", de: "App starten") }
    var activityLead: HTML {
        say(
            en: "See which apps read something from your record, and when.",
            es: "Vea qué aplicaciones han leído algo de su historia clínica y cuándo.",
            de: "Sehen Sie, welche Apps etwas aus Ihrer Akte gelesen haben, und wann.")
    }
    var connectedAppsLead: HTML {
        say(
            en: "See which apps you have allowed to use information, and end their access.",
            es: "Vea a qué aplicaciones ha permitido usar información y ponga fin a su acceso.",
            de: "Sehen Sie, welchen Apps Sie die Nutzung von Daten erlaubt haben, und beenden Sie deren Zugriff.")
    }
    var recordSilent: HTML {
        say(
            en: "Your record cannot be shown just now. Try again in a few minutes.",
            es: "Su historia clínica no se puede mostrar ahora. Inténtelo de nuevo en unos minutos.",
            de: "Ihre Akte kann gerade nicht angezeigt werden. Versuchen Sie es in einigen Minuten noch einmal.")
    }
    var stepOne: HTML { say(en: "Step 1 of 2", es: "Paso 1 de 2", de: "Schritt 1 von 2") }
    var stepOneDone: HTML {
        say(en: "Step 1 of 2: done", es: "Paso 1 de 2: hecho", de: "Schritt 1 von 2: erledigt")
    }
    var stepTwo: HTML { say(en: "Step 2 of 2", es: "Paso 2 de 2", de: "Schritt 2 von 2") }
    var chosenPatient: String {
        say(en: "Chosen patient", es: "Paciente elegido", de: "Ausgewählte Patientin oder ausgewählter Patient")
    }
    var chooseAnother: HTML {
        say(en: "Choose another patient", es: "Elegir otro paciente", de: "Andere Person auswählen")
    }
    var findPatient: HTML { say(en: "Find the patient", es: "Busque al paciente", de: "Patient/in suchen") }
    var noPatientsTitle: HTML {
        say(en: "No patients yet", es: "Todavía no hay pacientes", de: "Noch keine Patientinnen und Patienten")
    }
    var noPatients: HTML {
        say(
            en: """
                Your account works, and no patients have been assigned to it yet. If you expected to find somebody \
                here, ask the help desk of \(site.name).
                """,
            es: """
                Su cuenta funciona, pero todavía no tiene pacientes asignados. Si esperaba encontrar a alguien aquí, \
                pregunte al servicio de ayuda de \(site.name).
                """,
            de: """
                Ihr Konto funktioniert, ihm ist aber noch niemand zugeordnet. Wenn Sie hier jemanden erwartet haben, \
                fragen Sie den Helpdesk von \(site.name).
                """)
    }
    var noAppsTitle: HTML {
        say(en: "No apps yet", es: "Todavía no hay aplicaciones", de: "Noch keine Apps")
    }
    var unverified: HTML {
        say(
            en: "Unverified: nobody at \(site.name) has looked at it",
            es: "No verificada: nadie de \(site.name) la ha revisado",
            de: "Nicht geprüft: Niemand von \(site.name) hat sie sich angesehen")
    }
    var seesNoRecord: HTML {
        say(en: "Sees nobody’s record", es: "No ve ninguna historia clínica", de: "Sieht keine Akte")
    }
    var noApps: HTML {
        say(
            en: "No app is set up for you yet. The help desk can tell you more.",
            es: "Todavía no hay ninguna aplicación preparada para usted. El servicio de ayuda puede decirle más.",
            de: "Für Sie ist noch keine App eingerichtet. Der Helpdesk kann Ihnen mehr sagen.")
    }
    var withoutPatient: HTML {
        say(
            en: "You can start without a patient", es: "Puede iniciar sin paciente",
            de: "Ohne ausgewählte Person können Sie starten")
    }

    var appHeading: HTML {
        switch (reach, selected) {
        case (.ownRecord, _?):
            return say(en: "Open your record with", es: "Abrir su historia clínica con", de: "Ihre Akte öffnen mit")
        case (_, let patient?):
            let name: HTML = "<bdi>\(patient.displayName(in: language))</bdi>"
            return say(
                en: "Open the record of \(name) with", es: "Abrir la historia clínica de \(name) con",
                de: "Akte von \(name) öffnen mit")
        case (_, nil): return say(en: "Choose the app", es: "Elija la aplicación", de: "App auswählen")
        }
    }

    var waitingReason: HTML {
        switch reach {
        case .patients:
            say(
                en: "As soon as a patient is chosen, you can start:",
                es: "En cuanto elija un paciente, podrá iniciar:",
                de: "Sobald eine Person ausgewählt ist, können Sie starten:")
        case .ownRecord:
            say(
                en: "As soon as your record can be shown, you can start:",
                es: "En cuanto se pueda mostrar su historia clínica, podrá iniciar:",
                de: "Sobald Ihre Akte angezeigt werden kann, können Sie starten:")
        case .represented:
            say(
                en: "As soon as you have chosen for whom, you can start:",
                es: "En cuanto elija por quién está aquí, podrá iniciar:",
                de: "Sobald Sie gewählt haben, für wen, können Sie starten:")
        case .nobody:
            say(
                en: "As soon as a patient is assigned to you, you can start:",
                es: "En cuanto se le asigne un paciente, podrá iniciar:",
                de: "Sobald Ihnen jemand zugeordnet ist, können Sie starten:")
        }
    }

    func launch(_ app: String) -> HTML {
        let name = HTML.name(app)
        guard let selected else { return say(en: "Launch \(name)", es: "Iniciar \(name)", de: "\(name) starten") }
        let patient = selected.displayName(in: language)
        return say(
            en: "Launch \(name)<span class=\"unseen\"> with the record of \(patient)</span>",
            es: "Iniciar \(name)<span class=\"unseen\"> con la historia clínica de \(patient)</span>",
            de: "\(name) starten<span class=\"unseen\"> mit der Akte von \(patient)</span>")
    }

    private var appDeniedTitle: HTML {
        say(
            en: "This app may not see this record", es: "Esta aplicación no puede ver esta historia clínica",
            de: "Diese App darf diese Akte nicht sehen")
    }

    private func appDenied(_ name: String) -> HTML {
        let name = HTML.name(name)
        return reach == .ownRecord
            ? say(
                en: "You have decided that \(name) may see nothing of your record, so it cannot be opened with it.",
                es: """
                    Usted ha decidido que \(name) no vea nada de su historia clínica, así que no se puede abrir con \
                    ella.
                    """,
                de: """
                    Sie haben entschieden, dass \(name) nichts aus Ihrer Akte sehen darf. Deshalb lässt sich die App \
                    nicht damit öffnen.
                    """)
            : say(
                en: "It was decided for this patient that \(name) may see nothing of the record.",
                es: "Para este paciente se decidió que \(name) no vea nada de la historia clínica.",
                de: "Für diese Person wurde entschieden, dass \(name) nichts aus der Akte sehen darf.")
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .noSuchPatient:
            .problem(
                say(en: "No such patient", es: "No existe ese paciente", de: "Diese Person gibt es hier nicht"),
                say(
                    en: "The patient is not here, or not among those you may see.",
                    es: "El paciente no está aquí o no es uno de los que usted puede ver.",
                    de: "Die Person ist nicht hier oder gehört nicht zu denen, die Sie sehen dürfen."))
        case .recordUnavailable:
            .problem(
                say(
                    en: "The record is not answering", es: "No se puede consultar la historia clínica",
                    de: "Die Akte ist nicht abrufbar"),
                say(
                    en: "It cannot be opened just now. Try again in a few minutes.",
                    es: "Ahora no se puede abrir. Inténtelo de nuevo en unos minutos.",
                    de: "Sie kann gerade nicht geöffnet werden. Versuchen Sie es in einigen Minuten noch einmal."))
        case .appUnavailable:
            .problem(
                say(
                    en: "This app cannot be started", es: "Esta aplicación no se puede iniciar",
                    de: "Diese App kann nicht gestartet werden"),
                say(
                    en: "It is switched off or not fully set up. The help desk can tell you more.",
                    es: "Está desactivada o aún no está lista. El servicio de ayuda puede decirle más.",
                    de: "Sie ist ausgeschaltet oder nicht fertig eingerichtet. Der Helpdesk kann Ihnen mehr sagen."))
        case .appNeedsPatient(let name):
            .problem(
                say(
                    en: "Choose a patient first", es: "Elija primero un paciente",
                    de: "Wählen Sie zuerst eine Person aus"),
                say(
                    en: "<bdi>\(name)</bdi> opens with the record of a patient.",
                    es: "<bdi>\(name)</bdi> se abre con la historia clínica de un paciente.",
                    de: "<bdi>\(name)</bdi> wird mit einer Patientenakte geöffnet."))
        case .appDenied(let name): .problem(appDeniedTitle, appDenied(name))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}
