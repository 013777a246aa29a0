import HTTP

extension SpokenPage {
    var emergencyTitle: String {
        say(en: "Open in an emergency", es: "Abrir en una emergencia", de: "Im Notfall öffnen")
    }
    var emergencyDoorTitle: HTML {
        say(
            en: "Somebody you may not see?", es: "¿Alguien a quien no puede ver?",
            de: "Jemand, den Sie nicht sehen dürfen?")
    }
    var emergencyDoorWords: HTML {
        say(
            en: "If care cannot wait, you can open one record for some minutes. The patient will be told.",
            es:
                "Si la atención no puede esperar, puede abrir una historia durante unos minutos. Se informará al paciente.",
            de: """
                Wenn die Behandlung nicht warten kann, können Sie eine Akte für einige Minuten öffnen. Die Patientin \
                oder der Patient erfährt davon.
                """)
    }
}

extension EmergencyPage {
    var warning: HTML {
        say(
            en: """
                <strong>Only if somebody’s care cannot wait.</strong> Your name, the time and your reason are recorded, \
                an alarm is raised at \(site.name), and the patient can read who opened the record and why.
                """,
            es: """
                <strong>Solo si la atención de una persona no puede esperar.</strong> Se registran su nombre, la hora y \
                el motivo, se avisa en \(site.name), y el paciente puede leer quién abrió la historia y por qué.
                """,
            de: """
                <strong>Nur wenn eine Behandlung nicht warten kann.</strong> Ihr Name, die Zeit und Ihr Grund werden \
                festgehalten, bei \(site.name) wird Alarm ausgelöst, und die Patientin oder der Patient kann lesen, \
                wer die Akte geöffnet hat und warum.
                """)
    }
    var numberLabel: HTML {
        say(en: "Record number", es: "Número de historia", de: "Aktennummer")
    }
    var numberHint: HTML {
        say(
            en: "The whole number, as on the wristband or the referral.",
            es: "El número completo, como en la pulsera o el volante.",
            de: "Die ganze Nummer, wie auf dem Armband oder der Überweisung.")
    }
    var reasonLabel: HTML { say(en: "Reason", es: "Motivo", de: "Grund") }
    var reasonHint: HTML {
        say(
            en: "In a few words. The patient can read it.", es: "En pocas palabras. El paciente puede leerlo.",
            de: "In wenigen Worten. Die Patientin oder der Patient kann ihn lesen.")
    }
    func open(for seconds: Int) -> HTML {
        let minutes = String(max(1, seconds / 60))
        return say(
            en: "Open for \(minutes) minutes", es: "Abrir durante \(minutes) minutos",
            de: "Für \(minutes) Minuten öffnen")
    }
    var back: HTML {
        say(en: "Back, without opening anything", es: "Volver sin abrir nada", de: "Zurück, ohne etwas zu öffnen")
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .noSuchPatient:
            .problem(
                say(
                    en: "No record has this number", es: "Ninguna historia tiene este número",
                    de: "Keine Akte hat diese Nummer"),
                say(
                    en: "Check each digit. Nobody is found by a part of it.",
                    es: "Compruebe cada cifra. No se encuentra a nadie por una parte del número.",
                    de: "Prüfen Sie jede Ziffer. Mit einem Teil der Nummer wird niemand gefunden."),
                field: "number")
        case .reasonMissing:
            .problem(
                say(en: "Please give a reason", es: "Indique un motivo", de: "Bitte geben Sie einen Grund an"),
                say(
                    en: "A few words say why care cannot wait.",
                    es: "Unas palabras dicen por qué la atención no puede esperar.",
                    de: "Einige Worte sagen, warum die Behandlung nicht warten kann."), field: "reason")
        case .unavailable:
            .problem(
                say(
                    en: "The record is not answering", es: "No se puede consultar la historia clínica",
                    de: "Die Akte ist nicht abrufbar"),
                say(
                    en: "Nothing was opened. Try again in a moment.",
                    es: "No se ha abierto nada. Inténtelo de nuevo en un momento.",
                    de: "Es wurde nichts geöffnet. Versuchen Sie es gleich noch einmal."))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}

extension PortalPage {
    var openEmergenciesTitle: HTML {
        say(en: "Open in an emergency now", es: "Abierto ahora por una emergencia", de: "Jetzt im Notfall geöffnet")
    }
    func minutesLeft(_ emergency: OpenEmergency) -> HTML {
        let minutes = String((emergency.secondsLeft + 59) / 60)
        return say(
            en: "Minutes left: \(minutes)", es: "Minutos restantes: \(minutes)", de: "Noch Minuten: \(minutes)")
    }
    func endNow(_ name: String) -> HTML {
        say(
            en: "End now<span class=\"unseen\">: \(name)</span>",
            es: "Terminar ahora<span class=\"unseen\">: \(name)</span>",
            de: "Jetzt beenden<span class=\"unseen\">: \(name)</span>")
    }
}
