import HTTP

/// Where the information of a scope lies, as people think of it, in the order in which it is told.
enum RecordPlace: String, CaseIterable {
    case patient
    case user
    case system
    /// What says nothing of any patient: staff, places, medicines, terminology.
    case directories

    /// In German in the accusative: what an app reaches for.
    func words(for reader: ConsentSentences.Reader, in language: Language) -> String {
        switch (self, reader) {
        case (.patient, .patient):
            language.say(en: "your record", es: "su historia clínica", de: "Ihre Akte")
        case (.patient, .other):
            language.say(
                en: "this patient’s record", es: "la historia clínica de este paciente", de: "die Akte dieser Person")
        case (.user, _):
            language.say(
                en: "the records of all patients you may see",
                es: "las historias clínicas de todos los pacientes que usted puede ver",
                de: "die Akten aller Personen, die Sie sehen dürfen")
        case (.system, _):
            language.say(
                en: "the records of all patients, even when nobody is signed in",
                es: "las historias clínicas de todos los pacientes, aunque nadie haya iniciado sesión",
                de: "die Akten aller Personen, auch wenn niemand angemeldet ist")
        case (.directories, _):
            language.say(
                en: "the hospital’s directories and catalogs", es: "los directorios y catálogos del hospital",
                de: "die Verzeichnisse und Kataloge des Krankenhauses")
        }
    }

    /// What is done there: "See in your record".
    func doing(_ act: RecordUse, for reader: ConsentSentences.Reader, in language: Language) -> String {
        let place = words(for: reader, in: language)
        let dative = germanDative(for: reader)
        switch act {
        case .see: return language.say(en: "See in \(place)", es: "Ver en \(place)", de: "In \(dative) sehen")
        case .change:
            return language.say(
                en: "Add to or change in \(place)", es: "Añadir o cambiar en \(place)",
                de: "In \(dative) ergänzen oder ändern")
        case .delete:
            return language.say(en: "Delete from \(place)", es: "Eliminar de \(place)", de: "Aus \(dative) löschen")
        case .use(let permissions):
            let verbs =
                permissions?.words(in: language) ?? language.say(en: "use", es: "usar", de: "nutzen")
            return language.say(en: "\(verbs) in \(place)", es: "\(verbs) en \(place)", de: "in \(dative) \(verbs)")
        }
    }

    private func germanDative(for reader: ConsentSentences.Reader) -> String {
        switch (self, reader) {
        case (.patient, .patient): "Ihrer Akte"
        case (.patient, .other): "der Akte dieser Person"
        case (.user, _): "den Akten aller Personen, die Sie sehen dürfen,"
        case (.system, _): "den Akten aller Personen, auch wenn niemand angemeldet ist,"
        case (.directories, _): "den Verzeichnissen und Katalogen des Krankenhauses"
        }
    }
}

/// What sentences say that an app does in records.
enum RecordUse {
    case see
    case change
    case delete
    /// These alone; `nil` where each kind has its own.
    case use(Permissions?)
}

extension ClinicalScope.Context {
    /// A patient may see the own record and no other, so what is asked of the user is asked of that record.
    func place(for reader: ConsentSentences.Reader) -> RecordPlace {
        switch (self, reader) {
        case (.patient, _), (.user, .patient): .patient
        case (.user, .other): .user
        case (.system, _): .system
        }
    }
}

extension ClinicalScope {
    /// Where one type lies that a scope of this context speaks of.
    func place(of type: String, for reader: ConsentSentences.Reader) -> RecordPlace {
        let isImpersonal = Compartment.of(type)?.isImpersonal ?? false
        return isImpersonal && context != .system ? .directories : context.place(for: reader)
    }

    /// A wildcard lies with the records, although it reaches the directories as well.
    func place(for reader: ConsentSentences.Reader) -> RecordPlace {
        resourceType.map { place(of: $0, for: reader) } ?? context.place(for: reader)
    }
}
