import HTTP

extension EncounterSummary {
    /// "Outpatient visit: Follow-up"
    package func title(in language: Language) -> String {
        type.map { "\(kind(language)): \($0)" } ?? kind(language)
    }

    private func kind(_ language: Language) -> String {
        switch classCode {
        case "AMB": language.say(en: "Outpatient visit", es: "Consulta ambulatoria", de: "Ambulanter Besuch")
        case "EMER": language.say(en: "Emergency visit", es: "Visita a urgencias", de: "Besuch in der Notaufnahme")
        case "FLD":
            language.say(
                en: "Visit outside the hospital", es: "Atención fuera del hospital",
                de: "Besuch außerhalb des Krankenhauses")
        case "HH": language.say(en: "Home visit", es: "Visita a domicilio", de: "Hausbesuch")
        case "IMP", "ACUTE", "NONAC":
            language.say(en: "Hospital stay", es: "Hospitalización", de: "Krankenhausaufenthalt")
        case "OBSENC":
            language.say(en: "Stay for observation", es: "Estancia en observación", de: "Aufenthalt zur Beobachtung")
        case "PRENC":
            language.say(en: "Visit before a stay", es: "Visita previa al ingreso", de: "Besuch vor einem Aufenthalt")
        case "SS": language.say(en: "Short stay", es: "Estancia corta", de: "Kurzer Aufenthalt")
        case "VR":
            language.say(
                en: "Video or telephone visit", es: "Consulta por vídeo o teléfono",
                de: "Video- oder Telefonsprechstunde")
        default: classWords ?? language.say(en: "Visit", es: "Visita", de: "Besuch")
        }
    }

    /// "4 Mar 2026, 10:30 to 11:00"; a text that is no moment stands as it is.
    package func when(in language: Language) -> String {
        let first = start.map { RecordedTime($0)?.words(in: language) ?? $0 }
        let last = end.map { end -> String in
            guard let moment = RecordedTime(end) else { return end }
            // On the same day, the time says it.
            let isSameDay = moment.date == start.flatMap { RecordedTime($0) }?.date
            return isSameDay ? moment.time ?? moment.words(in: language) : moment.words(in: language)
        }
        switch (first, last) {
        case (nil, nil): return PatientSummary.missing(language)
        case (let first?, nil):
            return isGoingOn ? language.say(en: "Since \(first)", es: "Desde el \(first)", de: "Seit \(first)") : first
        case (nil, let last?): return language.say(en: "Until \(last)", es: "Hasta el \(last)", de: "Bis \(last)")
        case (let first?, let last?):
            return first == last
                ? first : language.say(en: "\(first) to \(last)", es: "\(first) – \(last)", de: "\(first) bis \(last)")
        }
    }

    package func placeWords(in language: Language) -> String {
        let words = [place, provider].compactMap { $0 }
        return words.isEmpty ? PatientSummary.missing(language) : words.joined(separator: ", ")
    }

    package func statusWords(in language: Language) -> String {
        switch status {
        case "planned": language.say(en: "Planned", es: "Prevista", de: "Geplant")
        case "arrived":
            language.say(en: "Patient has arrived", es: "El paciente ha llegado", de: "Patient/in ist eingetroffen")
        case "triaged":
            language.say(en: "Waiting to be seen", es: "En espera de atención", de: "Wartet auf die Behandlung")
        case "in-progress": language.say(en: "Going on now", es: "En curso", de: "Findet gerade statt")
        case "onleave": language.say(en: "On leave", es: "De permiso", de: "Beurlaubt")
        case "finished": language.say(en: "Finished", es: "Terminada", de: "Beendet")
        case "cancelled": language.say(en: "Cancelled", es: "Cancelada", de: "Abgesagt")
        case "entered-in-error":
            language.say(en: "Entered by mistake", es: "Registrada por error", de: "Irrtümlich erfasst")
        default: language.say(en: "Not known", es: "Se desconoce", de: "Nicht bekannt")
        }
    }

    /// Which visit this is, for a button that has to stand by itself.
    func distinction(in language: Language) -> String {
        "\(title(in: language)), \(when(in: language)), \(placeWords(in: language))"
    }

    static func whenTerm(_ language: Language) -> HTML { language.say(en: "When", es: "Cuándo", de: "Wann") }
    static func whereTerm(_ language: Language) -> HTML { language.say(en: "Where", es: "Dónde", de: "Wo") }
    static func statusTerm(_ language: Language) -> HTML { language.say(en: "Status", es: "Estado", de: "Stand") }
}

extension EncounterPage {
    var title: String { say(en: "Choose a visit", es: "Elija una visita", de: "Besuch auswählen") }
    var lead: HTML {
        if isOwnRecord {
            return say(
                en: "\(.name(appName)) asks which visit or stay of yours it is opened for.",
                es: "\(.name(appName)) pregunta para cuál de sus visitas u hospitalizaciones se abre.",
                de: "\(.name(appName)) fragt, für welchen Ihrer Besuche oder Aufenthalte die App geöffnet wird.")
        }
        let name: HTML = "<bdi>\(patient.displayName(in: language))</bdi>"
        return say(
            en: "\(.name(appName)) asks which visit or stay of \(name) it is opened for.",
            es: "\(.name(appName)) pregunta para qué visita u hospitalización de \(name) se abre.",
            de: "\(.name(appName)) fragt, für welchen Besuch oder Aufenthalt von \(name) die App geöffnet wird.")
    }
    var without: HTML {
        say(en: "Continue without a visit", es: "Continuar sin visita", de: "Ohne Besuch fortfahren")
    }
    var silentTitle: HTML {
        say(
            en: "The visits are not answering", es: "No se pueden consultar las visitas",
            de: "Die Besuche sind nicht abrufbar")
    }
    var silent: HTML {
        say(
            en: "They cannot be reached just now. Try again in a few minutes, or continue without a visit.",
            es: "Ahora no se puede acceder a ellas. Inténtelo de nuevo en unos minutos o continúe sin visita.",
            de: """
                Sie sind gerade nicht erreichbar. Versuchen Sie es in einigen Minuten noch einmal, oder fahren Sie \
                ohne Besuch fort.
                """)
    }
    var none: HTML {
        say(
            en: "No visits or stays are recorded.", es: "No consta ninguna visita ni hospitalización.",
            de: "Es sind keine Besuche oder Aufenthalte erfasst.")
    }
    func heading(_ count: Int, isCut: Bool) -> HTML {
        if isCut {
            return say(
                en: "The \(count) most recent visits", es: "Las \(count) visitas más recientes",
                de: "Die letzten \(count) Besuche")
        }
        if count == 1 { return say(en: "1 visit", es: "1 visita", de: "1 Besuch") }
        return say(en: "\(count) visits", es: "\(count) visitas", de: "\(count) Besuche")
    }
    var now: HTML { say(en: "Now", es: "Ahora", de: "Jetzt") }
}
