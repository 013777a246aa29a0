import HTTP

extension PatientSummary {
    func displayName(in language: Language) -> String {
        name.isEmpty
            ? language.say(en: "Name not recorded", es: "Nombre no registrado", de: "Name nicht erfasst") : name
    }

    /// "4 Mar 1961 (65 years)". A text that is no date stands as it is; the dead have no age.
    package func birthWords(on today: CalendarDate, in language: Language) -> String {
        guard let birthDate else { return Self.missing(language) }
        guard let date = CalendarDate(birthDate) else { return birthDate }
        let words = date.words(in: language)
        guard !isDeceased, let age = date.age(on: today) else { return words }
        return "\(words) (\(age.words(in: language)))"
    }

    func sexWords(in language: Language) -> String {
        switch sex {
        case nil: Self.missing(language)
        case "male": language.say(en: "Male", es: "Masculino", de: "Männlich")
        case "female": language.say(en: "Female", es: "Femenino", de: "Weiblich")
        case "other": language.say(en: "Other", es: "Otro", de: "Divers")
        case "unknown": language.say(en: "Unknown", es: "Desconocido", de: "Unbekannt")
        case let word?: word
        }
    }

    func recordNumberWords(in language: Language) -> String { recordNumber ?? Self.missing(language) }

    static func missing(_ language: Language) -> String {
        language.say(en: "Not recorded", es: "No consta", de: "Nicht erfasst")
    }

    /// Who this is beyond the name, for a button that has to stand by itself.
    func distinction(on today: CalendarDate, in language: Language) -> String {
        let birth = birthWords(on: today, in: language)
        switch (birthDate == nil, recordNumber) {
        case (false, let number?):
            return language.say(
                en: "born \(birth), record number \(number)",
                es: "fecha de nacimiento \(birth), número de historia \(number)",
                de: "geboren \(birth), Aktennummer \(number)")
        case (false, nil):
            return language.say(
                en: "born \(birth), record number not recorded",
                es: "fecha de nacimiento \(birth), sin número de historia",
                de: "geboren \(birth), ohne Aktennummer")
        case (true, let number?):
            return language.say(
                en: "birth date not recorded, record number \(number)",
                es: "sin fecha de nacimiento, número de historia \(number)",
                de: "Geburtsdatum nicht erfasst, Aktennummer \(number)")
        case (true, nil):
            return language.say(
                en: "birth date not recorded, record number not recorded",
                es: "sin fecha de nacimiento ni número de historia",
                de: "Geburtsdatum und Aktennummer nicht erfasst")
        }
    }

    static func bornTerm(_ language: Language) -> HTML { language.say(en: "Born", es: "Nacimiento", de: "Geboren") }
    static func sexTerm(_ language: Language) -> HTML { language.say(en: "Sex", es: "Sexo", de: "Geschlecht") }
    static func recordNumberTerm(_ language: Language) -> HTML {
        language.say(en: "Record number", es: "Número de historia", de: "Aktennummer")
    }
    static func deceased(_ language: Language) -> HTML {
        language.say(en: "Deceased", es: "Fallecimiento registrado", de: "Verstorben")
    }
}

extension PatientSearch {
    /// What a title says of the outcome, for those who hear the page before they see it.
    func titleSuffix(in language: Language) -> String {
        switch outcome {
        case .results(let patients, isCut: true):
            language.say(
                en: " (first \(patients.count) found)", es: " (primeros \(patients.count) resultados)",
                de: " (die ersten \(patients.count) Treffer)")
        case .results(let patients, isCut: false):
            language.say(
                en: " (\(patients.count) found)",
                es: patients.count == 1 ? " (1 resultado)" : " (\(patients.count) resultados)",
                de: " (\(patients.count) gefunden)")
        case .nobody: language.say(en: " (nobody found)", es: " (sin resultados)", de: " (niemand gefunden)")
        case .none, .tooShort, .unavailable: ""
        }
    }

    func problem(in language: Language) -> HTML? {
        switch outcome {
        case .tooShort:
            .problem(
                language.say(
                    en: "The search needs a little more", es: "La búsqueda necesita algo más",
                    de: "Die Suche braucht etwas mehr"),
                language.say(
                    en: "Type at least three letters of the name, a birth date or a whole record number.",
                    es: """
                        Escriba al menos tres letras del nombre, una fecha de nacimiento o un número de historia \
                        completo.
                        """,
                    de: """
                        Geben Sie mindestens drei Buchstaben des Namens, ein Geburtsdatum oder eine ganze \
                        Aktennummer ein.
                        """),
                field: "q")
        case .unavailable:
            .problem(
                language.say(
                    en: "The search is not answering", es: "La búsqueda no responde", de: "Die Suche antwortet nicht"),
                language.say(
                    en: "The records cannot be reached just now. Try again in a few minutes.",
                    es: "Ahora no se puede acceder a las historias clínicas. Inténtelo de nuevo en unos minutos.",
                    de: "Die Akten sind gerade nicht erreichbar. Versuchen Sie es in einigen Minuten noch einmal."))
        case .none, .results, .nobody: nil
        }
    }

    static func label(_ language: Language) -> HTML {
        language.say(
            en: "Name, birth date or record number", es: "Nombre, fecha de nacimiento o número de historia",
            de: "Name, Geburtsdatum oder Aktennummer")
    }
    static func hint(_ language: Language) -> HTML {
        language.say(
            en: "For example: Shaw, 1961-03-04 or a whole record number",
            es: "Por ejemplo: Shaw, 1961-03-04 o un número de historia completo",
            de: "Zum Beispiel: Shaw, 1961-03-04 oder eine ganze Aktennummer")
    }
    static func search(_ language: Language) -> HTML { language.say(en: "Search", es: "Buscar", de: "Suchen") }
    static func atLeast(_ language: Language) -> HTML {
        language.say(
            en: "At least three letters, a date or a whole number",
            es: "Al menos tres letras, una fecha o un número completo",
            de: "Mindestens drei Buchstaben, ein Datum oder eine ganze Nummer")
    }
    static func nobodyFound(_ language: Language) -> HTML {
        language.say(en: "Nobody found", es: "No se ha encontrado a nadie", de: "Niemand gefunden")
    }
    func noMatch(_ language: Language) -> HTML {
        language.say(
            en: """
                No patient you may see matches <bdi>“\(query)”</bdi>. Check the spelling, or try the birth date or \
                the record number.
                """,
            es: """
                Ningún paciente que usted pueda ver coincide con <bdi>«\(query)»</bdi>. Revise la ortografía o \
                pruebe con la fecha de nacimiento o el número de historia.
                """,
            de: """
                Unter den Personen, die Sie sehen dürfen, passt niemand zu <bdi>„\(query)“</bdi>. Prüfen Sie die \
                Schreibweise oder suchen Sie mit dem Geburtsdatum oder der Aktennummer.
                """)
    }
    static func recentHeading(_ language: Language) -> HTML {
        language.say(en: "Opened lately", es: "Abiertos hace poco", de: "Zuletzt geöffnet")
    }
    static func thereAreMore(_ language: Language) -> HTML {
        language.say(
            en: "There are more. Add a first name or a birth date to narrow the search.",
            es: "Hay más. Añada un nombre de pila o una fecha de nacimiento para acotar la búsqueda.",
            de: "Es gibt noch mehr. Ergänzen Sie einen Vornamen oder ein Geburtsdatum, um die Suche einzugrenzen.")
    }
    static func heading(_ count: Int, isCut: Bool, _ language: Language) -> HTML {
        if isCut {
            return language.say(
                en: "The first \(count) patients found", es: "Los primeros \(count) pacientes encontrados",
                de: "Die ersten \(count) gefundenen Personen")
        }
        if count == 1 {
            return language.say(en: "1 patient found", es: "1 paciente encontrado", de: "1 Person gefunden")
        }
        return language.say(
            en: "\(count) patients found", es: "\(count) pacientes encontrados", de: "\(count) Personen gefunden")
    }
}

extension PatientPage {
    var title: String { say(en: "Choose a patient", es: "Elija un paciente", de: "Patient/in auswählen") }
    var lead: HTML {
        say(
            en: "\(.name(appName)) needs to know whose record to open.",
            es: "\(.name(appName)) necesita saber qué historia clínica debe abrir.",
            de: "\(.name(appName)) muss wissen, wessen Akte geöffnet werden soll.")
    }
}

extension PatientConfirmationPage {
    var title: String {
        say(en: "Is this the right patient?", es: "¿Es este el paciente?", de: "Ist das die richtige Person?")
    }
    var lead: HTML {
        say(
            en: "\(.name(appName)) will open this record.", es: "\(.name(appName)) abrirá esta historia clínica.",
            de: "\(.name(appName)) öffnet diese Akte.")
    }
    var right: HTML {
        say(en: "Yes, this is the patient", es: "Sí, es este paciente", de: "Ja, das ist die Person")
    }
    var other: HTML { say(en: "Choose another", es: "Elegir otro", de: "Andere Person auswählen") }
}
