import HTTP

/// What is said to a person in the language of that person. The texts of a page stand in a file beside it, whole sentences
/// with slots, each in all languages.
package protocol SpokenPage: Sendable {
    var site: Site { get }
}

extension SpokenPage {
    var language: Language { site.language }

    func say<Text>(
        en: @autoclosure () -> Text, es: @autoclosure () -> Text, de: @autoclosure () -> Text
    ) -> Text {
        language.say(en: en(), es: es(), de: de())
    }

    // MARK: What several pages say

    var forDeveloper: HTML {
        say(
            en: "For the developer of the app", es: "Para el desarrollador de la aplicación",
            de: "Für Entwickler der App")
    }

    var userNameLabel: HTML { say(en: "User name", es: "Nombre de usuario", de: "Benutzername") }
    var patientLabel: String { say(en: "Patient", es: "Paciente", de: "Patient/in") }
    var yourRecord: String { say(en: "Your record", es: "Su historia clínica", de: "Ihre Akte") }
    var tryOnceMore: HTML {
        say(en: "Please try once more", es: "Inténtelo de nuevo, por favor", de: "Bitte versuchen Sie es noch einmal")
    }
    var pageRenewed: HTML {
        say(
            en: "This page was open for a long time, so it has been renewed.",
            es: "Esta página llevaba mucho tiempo abierta, por eso se ha renovado.",
            de: "Diese Seite war lange geöffnet und wurde deshalb erneuert.")
    }
    var cancel: HTML {
        say(
            en: "Cancel and return to the app", es: "Cancelar y volver a la aplicación",
            de: "Abbrechen und zurück zur App")
    }
    var chosenMark: String { say(en: "Chosen", es: "Seleccionado", de: "Ausgewählt") }
    var backToStart: HTML { say(en: "Back to the start", es: "Volver al inicio", de: "Zurück zum Anfang") }
    var noRecordTitle: HTML {
        say(
            en: "There is no record of yours here", es: "Aquí no hay ninguna historia clínica suya",
            de: "Hier gibt es keine Akte von Ihnen")
    }
    var choose: HTML { say(en: "Choose", es: "Elegir", de: "Auswählen") }
    var signInTitle: String { say(en: "Sign in", es: "Iniciar sesión", de: "Anmelden") }
    var activityTitle: String {
        say(en: "Who used your record", es: "Quién ha usado su historia clínica", de: "Wer Ihre Akte genutzt hat")
    }
    var connectedAppsTitle: String {
        say(en: "Connected apps", es: "Aplicaciones conectadas", de: "Verbundene Apps")
    }
}

extension HTML {
    /// A name as it is written, whichever way the text around it runs.
    static func name(_ text: String) -> HTML { "<strong><bdi>\(text)</bdi></strong>" }
}
