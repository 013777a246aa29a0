import HTTP
import OAuth

extension ActingFor {
    /// "As a parent, until 3 May 2030".
    func words(in language: Language) -> String {
        let (role, day) = (role(in: language), until.words(in: language))
        return language.say(
            en: "As \(role), until \(day)", es: "Como \(role), hasta el \(day)", de: "Als \(role), bis \(day)")
    }

    /// What the record of a consent says of who answered: no name of the patient.
    func wording(in language: Language) -> String {
        let words = words(in: language)
        return language.say(
            en: "For the patient, by a person who acts for them. \(words)",
            es: "En nombre del paciente, por una persona que actúa por él. \(words)",
            de: "Für die Patientin oder den Patienten, durch eine Person, die sie vertritt. \(words)")
    }

    private func role(in language: Language) -> String {
        switch relationship {
        case .parent: language.say(en: "a parent", es: "madre o padre", de: "Elternteil")
        case .guardian: language.say(en: "a legal guardian", es: "tutora o tutor legal", de: "gesetzliche Vertretung")
        case .child: language.say(en: "a daughter or son", es: "hija o hijo", de: "Tochter oder Sohn")
        case .partner: language.say(en: "a partner", es: "pareja", de: "Ehe- oder Lebenspartner/in")
        case .carer: language.say(en: "a carer", es: "persona cuidadora", de: "pflegende Person")
        case .representative:
            language.say(en: "an authorised representative", es: "representante", de: "bevollmächtigte Person")
        }
    }
}

extension ActingChoice {
    static func yourself(_ language: Language) -> String {
        language.say(en: "Yourself", es: "Usted", de: "Sie selbst")
    }
}

extension SpokenPage {
    var forWhom: String { say(en: "For whom are you here?", es: "¿Por quién está aquí?", de: "Für wen sind Sie hier?") }
    var forWhomYouAct: String {
        say(en: "For whom you act", es: "En nombre de quien actúa", de: "Für wen Sie handeln")
    }
}

extension ConsentPage {
    /// Who answers for somebody else reads it before anything else.
    func actingWords(_ acting: ActingFor) -> HTML {
        let name = HTML.name(patient?.displayName(in: language) ?? "")
        let how = acting.words(in: language)
        return say(
            en: "You answer for \(name), for whom you act. (\(how))",
            es: "Usted responde en nombre de \(name), por quien actúa. (\(how))",
            de: "Sie antworten für \(name) und handeln in dessen oder deren Namen. (\(how))")
    }
}
