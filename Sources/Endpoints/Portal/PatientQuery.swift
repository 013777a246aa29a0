/// What a person typed, as a FHIR search (FHIR R4 patient#search).
enum PatientQuery: Equatable {
    case birthDate(String)
    case recordNumber(String)
    /// Every word must begin some part of the name.
    case name([String])

    /// Three characters, a date or an exact number; anything shorter would list half the hospital.
    init?(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
        let whole = words.joined(separator: " ")
        guard whole.count <= 100 else { return nil }
        if let date = CalendarDate(whole), date.day != nil {
            self = .birthDate(whole)
        } else if words.count == 1, whole.contains(where: { $0.isNumber }) {
            self = .recordNumber(whole)
        } else {
            guard words.contains(where: { $0.count >= 3 }) else { return nil }
            self = .name(words)
        }
    }

    var parameters: [(name: String, value: String)] {
        switch self {
        case .birthDate(let date): [("birthdate", date)]
        case .recordNumber(let number): [("identifier", Self.escaped(number))]
        case .name(let words): words.map { ("name", Self.escaped($0)) }
        }
    }

    /// FHIR R4 search#escaping: these four would change the meaning of a value.
    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if "\\,$|".contains(character) { text += "\\" }
            text.append(character)
        }
    }
}
