import HTTP
import OAuth

extension DeveloperPage {
    var title: String { say(en: "For developers", es: "Para desarrolladores", de: "Für Entwickler") }
    var lead: HTML {
        say(
            en: "Try your app against this demonstration. No other installation has this page.",
            es: "Pruebe su aplicación con esta demostración. Ninguna otra instalación tiene esta página.",
            de: "Probieren Sie Ihre App mit dieser Demonstration aus. Keine andere Installation hat diese Seite.")
    }

    // MARK: Launch URLs

    var launchesTitle: HTML { say(en: "Launch URLs", es: "URL de inicio", de: "Start-URLs") }
    var launchHint: HTML {
        let span = TimeInWords.span(launchLifetime, in: language)
        return say(
            en: "Good once, for \(span), in this browser, for you.",
            es: "Sirve una vez, durante \(span), en este navegador, para usted.",
            de: "Einmal gültig, binnen \(span), in diesem Browser, für Sie.")
    }
    func madeFor(_ app: String) -> HTML {
        say(
            en: "Launch URL of <bdi>\(app)</bdi>", es: "URL de inicio de <bdi>\(app)</bdi>",
            de: "Start-URL von <bdi>\(app)</bdi>")
    }
    var issuerLabel: HTML {
        say(
            en: "FHIR base, for a start from the app itself (iss)",
            es: "Base FHIR, para iniciar desde la propia aplicación (iss)",
            de: "FHIR-Basis, für den Start von der App aus (iss)")
    }
    var appLabel: HTML { say(en: "The app", es: "La aplicación", de: "Die App") }
    var patientIDLabel: HTML {
        say(en: "Id of the patient", es: "Identificador del paciente", de: "ID der Patientin oder des Patienten")
    }
    var patientIDHint: HTML {
        say(
            en: "Empty for a launch without a patient", es: "Vacío para iniciar sin paciente",
            de: "Leer für einen Start ohne ausgewählte Person")
    }
    var makeLaunch: HTML { say(en: "Make a launch URL", es: "Crear una URL de inicio", de: "Start-URL erzeugen") }

    // MARK: Tokens

    var inspectorTitle: HTML { say(en: "What is this token?", es: "¿Qué es este token?", de: "Was ist dieses Token?") }
    var tokenLabel: HTML {
        say(en: "Token or id_token", es: "Token o id_token", de: "Token oder id_token")
    }
    var tokenHint: HTML {
        say(
            en: "It is looked at and not kept. Give it to nobody else.",
            es: "Se examina y no se guarda. No se lo dé a nadie más.",
            de: "Es wird angesehen und nicht aufbewahrt. Geben Sie es sonst niemandem.")
    }
    var requestLabel: HTML {
        say(
            en: "A FHIR request, to see what decides about it", es: "Una petición FHIR, para ver qué decide sobre ella",
            de: "Eine FHIR-Anfrage, um zu sehen, was über sie entscheidet")
    }
    var requestHint: HTML {
        say(
            en: "As in <code>GET /Observation?code=8867-4</code>; it is not sent",
            es: "Por ejemplo, <code>GET /Observation?code=8867-4</code>; no se envía",
            de: "Zum Beispiel <code>GET /Observation?code=8867-4</code>; sie wird nicht gesendet")
    }
    var inspect: HTML { say(en: "Look at it", es: "Examinar", de: "Ansehen") }

    // MARK: Failures

    var failuresTitle: HTML {
        say(en: "Let something go wrong", es: "Hacer que algo falle", de: "Etwas schiefgehen lassen")
    }
    var failuresWords: HTML {
        let span = TimeInWords.span(Simulation.lifetime, in: language)
        return say(
            en: """
                It happens to the next request of the app, whoever uses it, and once. What is not met within \(span) is \
                forgotten.
                """,
            es: """
                Le ocurre a la siguiente petición de la aplicación, la use quien la use, y una sola vez. Lo que no se \
                cumple en \(span) se olvida.
                """,
            de: """
                Es trifft die nächste Anfrage der App, wer immer sie benutzt, und nur einmal. Was binnen \(span) nicht \
                eintritt, ist vergessen.
                """)
    }
    var kindLabel: HTML { say(en: "What happens", es: "Qué ocurre", de: "Was geschieht") }
    var simulate: HTML { say(en: "Let it happen", es: "Hacer que ocurra", de: "Geschehen lassen") }
    var end: HTML { say(en: "Take it back", es: "Anular", de: "Zurücknehmen") }

    func words(_ kind: Simulation.Kind) -> String {
        switch kind {
        case .accessDenied:
            say(
                en: "The authorization is denied: access_denied", es: "La autorización se deniega: access_denied",
                de: "Die Erlaubnis wird verweigert: access_denied")
        case .invalidScope:
            say(
                en: "The authorization is refused: invalid_scope", es: "La autorización se rechaza: invalid_scope",
                de: "Die Erlaubnis wird abgelehnt: invalid_scope")
        case .authorizationUnavailable:
            say(
                en: "The authorization cannot answer: temporarily_unavailable",
                es: "La autorización no puede responder: temporarily_unavailable",
                de: "Die Erlaubnis ist nicht erreichbar: temporarily_unavailable")
        case .slowAuthorization:
            say(
                en: "The authorization takes five seconds", es: "La autorización tarda cinco segundos",
                de: "Die Erlaubnis dauert fünf Sekunden")
        case .invalidGrant:
            say(
                en: "The exchange or refresh fails: invalid_grant",
                es: "El canje o la renovación falla: invalid_grant",
                de: "Der Tausch oder die Erneuerung scheitert: invalid_grant")
        case .invalidClient:
            say(
                en: "The app is not recognized: invalid_client", es: "No se reconoce la aplicación: invalid_client",
                de: "Die App wird nicht erkannt: invalid_client")
        case .tokenUnavailable:
            say(
                en: "The token endpoint cannot answer: 503", es: "El punto de tokens no puede responder: 503",
                de: "Der Token-Endpunkt ist nicht erreichbar: 503")
        case .slowToken:
            say(
                en: "The tokens take five seconds", es: "Los tokens tardan cinco segundos",
                de: "Die Token brauchen fünf Sekunden")
        case .expiredToken:
            say(
                en: "The access token has expired after a second", es: "El token de acceso caduca en un segundo",
                de: "Das Zugriffstoken ist nach einer Sekunde abgelaufen")
        }
    }

    func markup(_ notice: Notice) -> HTML {
        switch notice {
        case .waiting(let app):
            .notice(
                say(
                    en: "It will happen to the next request of <bdi>\(app)</bdi>.",
                    es: "Ocurrirá con la siguiente petición de <bdi>\(app)</bdi>.",
                    de: "Es trifft die nächste Anfrage von <bdi>\(app)</bdi>."))
        case .ended(let app):
            .notice(
                say(
                    en: "Nothing of the kind happens to <bdi>\(app)</bdi> any more.",
                    es: "A <bdi>\(app)</bdi> ya no le ocurre nada de eso.",
                    de: "<bdi>\(app)</bdi> trifft nichts dergleichen mehr."))
        case .noToken:
            .problem(
                tryOnceMore,
                say(
                    en: "Paste the token that you want to look at.", es: "Pegue el token que quiere examinar.",
                    de: "Fügen Sie das Token ein, das Sie ansehen möchten."), field: "token")
        case .notPossible:
            .problem(
                tryOnceMore,
                say(
                    en: "That does not go together: there is no such app, patient or kind.",
                    es: "Eso no encaja: no existe tal aplicación, paciente o tipo.",
                    de: "Das passt nicht zusammen: Diese App, Person oder Art gibt es nicht."))
        case .formExpired: .problem(tryOnceMore, pageRenewed)
        }
    }
}
