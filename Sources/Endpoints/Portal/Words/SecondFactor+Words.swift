import HTTP

extension SpokenPage {
    var secondFactorTitle: String {
        say(en: "Sign-in with a second step", es: "Inicio de sesión en dos pasos", de: "Anmeldung in zwei Schritten")
    }
    var codeLabel: HTML { say(en: "Six-digit code", es: "Código de seis cifras", de: "Sechsstelliger Code") }
    var wrongTitle: HTML { say(en: "That did not work", es: "No ha funcionado", de: "Das hat nicht geklappt") }
    var wrongCode: HTML {
        say(
            en: "The code is not right, or it was used before. Wait for the next one and type it.",
            es: "El código no es correcto o ya se ha usado. Espere al siguiente y escríbalo.",
            de: "Der Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und geben Sie ihn ein.")
    }
    var tooManyTitle: HTML {
        say(en: "Please wait a moment", es: "Espere un momento, por favor", de: "Bitte warten Sie einen Moment")
    }
    func tooMany(_ seconds: Int) -> HTML {
        let span = TimeInWords.span(seconds, in: language)
        return say(
            en: "To keep the account safe, it takes no code for the next \(span). Then try again.",
            es: "Para proteger la cuenta, no se acepta ningún código durante \(span). Después, inténtelo de nuevo.",
            de: """
                Zum Schutz des Kontos wird ein Code erst in \(span) wieder angenommen. Versuchen Sie es dann noch \
                einmal.
                """)
    }
}

extension SecondStepPage {
    var title: String { say(en: "Second step", es: "Segundo paso", de: "Zweiter Schritt") }
    var codeLead: HTML {
        say(
            en: "Type the code that the authenticator app on your phone shows for \(site.name).",
            es: "Escriba el código que muestra para \(site.name) la aplicación de autenticación de su teléfono.",
            de: "Geben Sie den Code ein, den die Authentifizierungs-App auf Ihrem Telefon für \(site.name) zeigt.")
    }
    var recoveryLead: HTML {
        say(
            en: "Type one of the recovery codes that you kept. Each works once.",
            es: "Escriba uno de los códigos de recuperación que guardó. Cada uno sirve una sola vez.",
            de: "Geben Sie einen Ihrer aufbewahrten Wiederherstellungscodes ein. Jeder gilt ein Mal.")
    }
    var recoveryLabel: HTML { say(en: "Recovery code", es: "Código de recuperación", de: "Wiederherstellungscode") }
    var wrongRecovery: HTML {
        say(
            en: "The recovery code is not right, or it was used before. Try another one.",
            es: "El código de recuperación no es correcto o ya se ha usado. Pruebe con otro.",
            de: "Der Wiederherstellungscode stimmt nicht oder wurde schon benutzt. Versuchen Sie einen anderen.")
    }
    var useRecovery: HTML {
        say(
            en: "Phone not at hand? Use a recovery code", es: "¿No tiene el teléfono? Use un código de recuperación",
            de: "Telefon nicht zur Hand? Einen Wiederherstellungscode benutzen")
    }
    var useCode: HTML {
        say(
            en: "Use the code from the phone", es: "Usar el código del teléfono", de: "Den Code vom Telefon benutzen")
    }
    var lostBoth: HTML {
        say(
            en: "Phone and codes lost? Ask the help desk of \(site.name).",
            es: "¿Ha perdido el teléfono y los códigos? Pregunte al servicio de ayuda de \(site.name).",
            de: "Telefon und Codes verloren? Fragen Sie den Helpdesk von \(site.name).")
    }
}

extension SecondFactorPage {
    var demanded: HTML {
        say(
            en: "\(site.name) asks you to protect your account with a second step. It takes two minutes, once.",
            es: "\(site.name) le pide que proteja su cuenta con un segundo paso. Son dos minutos, una sola vez.",
            de:
                "\(site.name) bittet Sie, Ihr Konto mit einem zweiten Schritt zu schützen. Das dauert einmal zwei Minuten."
        )
    }
    var isOff: HTML {
        say(
            en: "Your account is protected by your password alone.",
            es: "Su cuenta está protegida solo por la contraseña.",
            de: "Ihr Konto ist nur durch Ihr Passwort geschützt.")
    }
    var explanation: HTML {
        say(
            en: """
                With a second step, you type a six-digit code from an app on your phone after your password. Somebody \
                who knows your password alone cannot sign in.
                """,
            es: """
                Con un segundo paso, después de la contraseña escribe un código de seis cifras de una aplicación de su \
                teléfono. Quien solo conozca su contraseña no podrá iniciar sesión.
                """,
            de: """
                Mit einem zweiten Schritt geben Sie nach dem Passwort einen sechsstelligen Code aus einer App auf Ihrem \
                Telefon ein. Wer nur Ihr Passwort kennt, kann sich nicht anmelden.
                """)
    }
    var begin: HTML { say(en: "Set it up", es: "Configurarlo", de: "Einrichten") }
    var signInFirst: HTML {
        say(
            en: "You signed in a while ago. Sign in again first, so that nobody else sets it up at your desk.",
            es: "Inició sesión hace un rato. Vuelva a hacerlo primero, para que nadie más lo configure en su lugar.",
            de: """
                Ihre Anmeldung liegt schon etwas zurück. Melden Sie sich zuerst wieder an, damit niemand sonst an Ihrem \
                Platz etwas einrichtet.
                """)
    }
    var stepApp: HTML {
        say(
            en: "Open an authenticator app on your phone, or install one.",
            es: "Abra una aplicación de autenticación en su teléfono o instale una.",
            de: "Öffnen Sie eine Authentifizierungs-App auf Ihrem Telefon, oder installieren Sie eine.")
    }
    var stepScan: HTML {
        say(
            en: "Scan this picture with the app.", es: "Escanee esta imagen con la aplicación.",
            de: "Scannen Sie dieses Bild mit der App.")
    }
    var pictureLabel: String {
        say(
            en: "QR code for the authenticator app", es: "Código QR para la aplicación de autenticación",
            de: "QR-Code für die Authentifizierungs-App")
    }
    var openApp: HTML {
        say(
            en: "On this phone? Open the app", es: "¿En este teléfono? Abrir la aplicación",
            de: "An diesem Telefon? Die App öffnen")
    }
    var typeIt: HTML {
        say(
            en: "Or type this key into the app:", es: "O escriba esta clave en la aplicación:",
            de: "Oder geben Sie diesen Schlüssel in die App ein:")
    }
    var stepCode: HTML {
        say(
            en: "Type the code that the app shows now.", es: "Escriba el código que ahora muestra la aplicación.",
            de: "Geben Sie den Code ein, den die App jetzt zeigt.")
    }
    var confirm: HTML { say(en: "Confirm", es: "Confirmar", de: "Bestätigen") }
    var isOn: HTML {
        say(
            en: "Your account is protected by your password and a code from your phone.",
            es: "Su cuenta está protegida por la contraseña y un código de su teléfono.",
            de: "Ihr Konto ist durch Ihr Passwort und einen Code von Ihrem Telefon geschützt.")
    }
    func left(_ codes: Int) -> HTML {
        codes == 1
            ? say(
                en: "One recovery code is left.", es: "Queda un código de recuperación.",
                de: "Ein Wiederherstellungscode ist übrig.")
            : say(
                en: "\(codes) recovery codes are left.", es: "Quedan \(codes) códigos de recuperación.",
                de: "\(codes) Wiederherstellungscodes sind übrig.")
    }
    var newCodesTitle: HTML {
        say(en: "New recovery codes", es: "Nuevos códigos de recuperación", de: "Neue Wiederherstellungscodes")
    }
    var newCodesLead: HTML {
        say(
            en: "Ten new ones; the old ones end.", es: "Diez nuevos; los anteriores dejan de servir.",
            de: "Zehn neue; die alten gelten nicht mehr.")
    }
    var newCodes: HTML { say(en: "Make new codes", es: "Crear códigos nuevos", de: "Neue Codes erstellen") }
    var switchOffTitle: HTML {
        say(
            en: "Switch off, or change the phone", es: "Desactivar o cambiar de teléfono",
            de: "Ausschalten oder Telefon wechseln")
    }
    var switchOffLead: HTML {
        say(
            en: """
                For another phone, switch it off and set it up anew. If \(site.name) asks for a second step, the next \
                sign-in leads you through it.
                """,
            es: """
                Para otro teléfono, desactívelo y configúrelo de nuevo. Si \(site.name) pide un segundo paso, el próximo \
                inicio de sesión le guiará.
                """,
            de: """
                Für ein anderes Telefon schalten Sie den zweiten Schritt aus und richten ihn neu ein. Wenn \(site.name) \
                ihn verlangt, führt Sie die nächste Anmeldung hindurch.
                """)
    }
    var switchOff: HTML { say(en: "Switch off", es: "Desactivar", de: "Ausschalten") }
    var removed: HTML {
        say(
            en: "The second step is switched off.", es: "El segundo paso está desactivado.",
            de: "Der zweite Schritt ist ausgeschaltet.")
    }
    var codesTitle: String {
        say(en: "Your recovery codes", es: "Sus códigos de recuperación", de: "Ihre Wiederherstellungscodes")
    }
    var codesLead: HTML {
        say(
            en: "The second step is on. Write these codes down now: they are shown only once.",
            es: "El segundo paso está activado. Anote ahora estos códigos: solo se muestran una vez.",
            de: "Der zweite Schritt ist aktiv. Schreiben Sie diese Codes jetzt auf: Sie werden nur ein Mal gezeigt.")
    }
    var codesKept: HTML {
        say(
            en: "Keep them away from your phone. If you lose it, each of them lets you in once.",
            es: "Guárdelos lejos del teléfono. Si lo pierde, cada uno le permite entrar una vez.",
            de: "Bewahren Sie sie getrennt vom Telefon auf. Wenn Sie es verlieren, öffnet jeder von ihnen ein Mal.")
    }
    var goOn: HTML {
        say(en: "I have kept them: go on", es: "Los he guardado: continuar", de: "Ich habe sie aufbewahrt: weiter")
    }
}

extension PortalPage {
    var secondFactorLead: HTML {
        say(
            en: "Protect your account with a code from your phone beside your password.",
            es: "Proteja su cuenta con un código de su teléfono además de la contraseña.",
            de: "Schützen Sie Ihr Konto neben dem Passwort mit einem Code von Ihrem Telefon.")
    }
}
