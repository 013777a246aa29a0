import HTTP
import OAuth

extension TokenReportMarkup {
    var title: HTML { say(en: "What was found", es: "Lo que se ha encontrado", de: "Was gefunden wurde") }
    func beginsWith(_ text: String) -> HTML {
        say(
            en: "The token begins with <code>\(text)</code>", es: "El token empieza por <code>\(text)</code>",
            de: "Das Token beginnt mit <code>\(text)</code>")
    }
    var oneTimeWords: HTML {
        say(
            en: "It is good once, such as a code or a launch handle, and only whoever uses it learns more.",
            es: "Sirve una sola vez, como un código o un identificador de inicio, y solo quien lo usa sabe más.",
            de: "Es gilt einmal, wie ein Code oder ein Start-Handle, und nur wer es benutzt, erfährt mehr.")
    }
    var unknownWords: HTML {
        say(
            en: "Nobody has it here: it is unknown, or expired long ago.",
            es: "Aquí nadie lo tiene: es desconocido o caducó hace tiempo.",
            de: "Hier hat es niemand: Es ist unbekannt oder längst abgelaufen.")
    }

    var kindLabel: HTML { say(en: "It is", es: "Es", de: "Es ist") }
    var accessToken: HTML { say(en: "An access token", es: "Un token de acceso", de: "Ein Zugriffstoken") }
    var refreshToken: HTML { say(en: "A refresh token", es: "Un token de renovación", de: "Ein Erneuerungstoken") }
    var signedToken: HTML { say(en: "A signed token", es: "Un token firmado", de: "Ein signiertes Token") }
    var lifeLabel: HTML { say(en: "Is it good?", es: "¿Sirve?", de: "Gilt es?") }
    var endsLabel: HTML { say(en: "Until", es: "Hasta", de: "Bis") }
    var appLabel: HTML { say(en: "Its app", es: "Su aplicación", de: "Seine App") }
    var personLabel: HTML { say(en: "Its person", es: "Su persona", de: "Seine Person") }
    var nobody: HTML { say(en: "nobody: a program", es: "nadie: un programa", de: "niemand: ein Programm") }
    var fhirUserLabel: HTML { "<code>fhirUser</code>" }
    var patientRow: HTML { "<code>patient</code>" }
    var encounterLabel: HTML { "<code>encounter</code>" }
    var mayLabel: HTML { say(en: "It may", es: "Permite", de: "Es darf") }
    var scopesLabel: HTML { "<code>scope</code>" }
    var ruleLabel: HTML {
        say(en: "The rule for the request", es: "La regla de la petición", de: "Die Regel der Anfrage")
    }
    var askedLabel: HTML { say(en: "It asks for", es: "Pide", de: "Sie fragt nach") }
    var outcomeLabel: HTML { say(en: "What is done", es: "Qué se hace", de: "Was geschieht") }
    var upstreamLabel: HTML {
        say(
            en: "What the FHIR server is asked", es: "Qué se pide al servidor FHIR",
            de: "Was der FHIR-Server gefragt wird")
    }
    var reasonLabel: HTML { say(en: "Why", es: "Por qué", de: "Warum") }
    var neededLabel: HTML {
        say(en: "A scope that would do", es: "Un scope que bastaría", de: "Ein Scope, der genügen würde")
    }
    var headerLabel: HTML { say(en: "Its header", es: "Su cabecera", de: "Sein Kopf") }
    var claimsLabel: HTML { say(en: "What it says", es: "Lo que dice", de: "Was es sagt") }

    func words(_ life: TokenReport.Life) -> HTML {
        switch life {
        case .alive: say(en: "Yes", es: "Sí", de: "Ja")
        case .over:
            say(
                en: "No: it has expired or was ended, or its person has signed out",
                es: "No: ha caducado o se ha retirado, o su persona ha cerrado la sesión",
                de: "Nein: Es ist abgelaufen oder beendet, oder seine Person hat sich abgemeldet")
        case .spent:
            say(
                en: "No: it was exchanged for the next one", es: "No: se ha canjeado por el siguiente",
                de: "Nein: Es wurde gegen das nächste getauscht")
        case .patientTaken:
            say(
                en: "No: its person has no access to this patient any more",
                es: "No: su persona ya no tiene acceso a este paciente",
                de: "Nein: Seine Person hat keinen Zugriff mehr auf diese Akte")
        case .grant(let state): words(state)
        }
    }

    private func words(_ state: StandingGrant.State) -> HTML {
        switch state {
        case .alive: say(en: "Yes", es: "Sí", de: "Ja")
        case .expired:
            say(
                en: "No: its grant has expired", es: "No: su permiso ha caducado",
                de: "Nein: Seine Erlaubnis ist abgelaufen")
        case .ended(let reason):
            say(
                en: "No: its grant was ended (<code>\(reason)</code>)",
                es: "No: su permiso se ha retirado (<code>\(reason)</code>)",
                de: "Nein: Seine Erlaubnis wurde beendet (<code>\(reason)</code>)")
        case .userDisabled:
            say(
                en: "No: the account of its person is disabled", es: "No: la cuenta de su persona está desactivada",
                de: "Nein: Das Konto seiner Person ist gesperrt")
        case .clientDisabled:
            say(
                en: "No: its app is disabled or not approved", es: "No: su aplicación está desactivada o no aprobada",
                de: "Nein: Seine App ist gesperrt oder nicht zugelassen")
        case .denied:
            say(
                en: "No: the patient in context denies its app all of it",
                es: "No: el paciente elegido deniega todo a su aplicación",
                de: "Nein: Die ausgewählte Person verweigert seiner App alles")
        case .consentEnded:
            say(
                en: "No: what its person had allowed was withdrawn or is over",
                es: "No: lo que su persona había permitido se ha retirado o ha terminado",
                de: "Nein: Was seine Person erlaubt hatte, wurde widerrufen oder ist vorbei")
        }
    }

    func words(_ verdict: TokenReport.Verdict) -> HTML {
        switch verdict {
        case .right:
            say(
                en: "Yes: signed with a key of this server", es: "Sí: firmado con una clave de este servidor",
                de: "Ja: mit einem Schlüssel dieses Servers signiert")
        case .wrong:
            say(
                en: "No: this server did not sign it", es: "No: este servidor no lo ha firmado",
                de: "Nein: Dieser Server hat es nicht signiert")
        case .notCurrent:
            say(
                en: "No: signed by this server, and its time is over",
                es: "No: firmado por este servidor, pero su tiempo ha pasado",
                de: "Nein: von diesem Server signiert, aber seine Zeit ist vorbei")
        case .foreignIssuer:
            say(
                en: "No: it names another issuer", es: "No: nombra a otro emisor",
                de: "Nein: Es nennt einen anderen Aussteller")
        }
    }
}
