/// Where the information of a scope lies, as people think of it, in the order in which it is told.
enum RecordPlace: String, CaseIterable {
    case patient
    case user
    case system
    /// What says nothing of any patient: staff, places, medicines, terminology.
    case directories

    func words(for reader: ConsentSentences.Reader) -> String {
        switch (self, reader) {
        case (.patient, .patient): "your record"
        case (.patient, .other): "this patient’s record"
        case (.user, _): "the records of all patients you may see"
        case (.system, _): "the records of all patients, even when nobody is signed in"
        case (.directories, _): "the hospital’s directories and catalogs"
        }
    }
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
