import HTTP
import OAuth
import Store

extension ActivityPage {
    var noRecordWords: HTML {
        say(
            en: "This page is for patients. Your account does not belong to a patient’s record.",
            es: "Esta página es para pacientes. Su cuenta no corresponde a la historia clínica de un paciente.",
            de: "Diese Seite ist für Patientinnen und Patienten. Zu Ihrem Konto gehört keine Patientenakte.")
    }
    func lead(since date: String) -> HTML {
        say(
            en: "What apps were given from your record at \(site.name) since \(date).",
            es: "Lo que las aplicaciones han recibido de su historia clínica en \(site.name) desde el \(date).",
            de: "Was Apps seit \(date) aus Ihrer Akte bei \(site.name) bekommen haben.")
    }
    var notHere: HTML {
        say(
            en:
                """
                Staff who work with your record inside the hospital’s own systems are not on this page, and \
                neither are programs that read many records at once. The help desk can tell you more.
                """,
            es:
                """
                En esta página no figura el personal que trabaja con su historia clínica en los sistemas propios \
                del hospital, ni los programas que leen muchas historias a la vez. El servicio de ayuda puede \
                decirle más.
                """,
            de:
                """
                Personal, das mit Ihrer Akte in den eigenen Systemen des Krankenhauses arbeitet, steht nicht auf \
                dieser Seite, und auch keine Programme, die viele Akten auf einmal lesen. Der Helpdesk kann \
                Ihnen mehr sagen.
                """
        )
    }
    var emergencyTitle: HTML {
        say(en: "Opened in an emergency", es: "Abierta en una emergencia", de: "Im Notfall geöffnet")
    }
    var decisionsSummary: HTML {
        say(
            en: "When apps were let in or kept out, and when their access ended",
            es: "Cuándo se permitieron o limitaron aplicaciones y cuándo terminó su acceso",
            de: "Wann Apps erlaubt oder eingeschränkt wurden und wann ihr Zugriff endete")
    }
    var nobodyTitle: HTML {
        say(
            en: "Nobody has read your record by an app", es: "Nadie ha leído su historia clínica con una aplicación",
            de: "Niemand hat Ihre Akte mit einer App gelesen")
    }
    var nobodyWords: HTML {
        say(
            en: "When an app is given something from your record, it stands here a few seconds later.",
            es: "Cuando una aplicación reciba algo de su historia clínica, aparecerá aquí unos segundos después.",
            de: "Wenn eine App etwas aus Ihrer Akte bekommt, steht es wenige Sekunden später hier.")
    }
    var readersTitle: HTML {
        say(
            en: "Apps that read your record", es: "Aplicaciones que han leído su historia clínica",
            de: "Apps, die Ihre Akte gelesen haben")
    }
    var usedByTerm: HTML { say(en: "Used by", es: "Usada por", de: "Genutzt von") }
    var firstReadTerm: HTML { say(en: "First read on", es: "Primera lectura el", de: "Zuerst gelesen am") }
    var lastReadTerm: HTML { say(en: "Last read on", es: "Última lectura el", de: "Zuletzt gelesen am") }
    func whatItWasGiven(_ app: String) -> HTML {
        say(
            en: "What it was given<span class=\"unseen\"> (\(app))</span>",
            es: "Qué ha recibido<span class=\"unseen\"> (\(app))</span>",
            de: "Was sie bekommen hat<span class=\"unseen\"> (\(app))</span>")
    }
    var you: HTML { say(en: "You", es: "Usted", de: "Ihnen selbst") }
    var byItself: HTML {
        say(
            en: "Nobody: it works by itself", es: "Nadie: funciona por sí sola",
            de: "Niemandem: Sie arbeitet von selbst")
    }
    func times(_ count: Int) -> HTML {
        count == 1
            ? say(en: "once", es: "una vez", de: "einmal")
            : say(en: "\(count) times", es: "\(count) veces", de: "\(count)-mal")
    }
    var decisionsTitle: HTML {
        say(en: "What was decided", es: "Qué se ha decidido", de: "Was entschieden wurde")
    }
}

extension RecordReader {
    static func severalKinds(_ language: Language) -> String {
        language.say(
            en: "several kinds of information", es: "varios tipos de información", de: "mehrere Arten von Daten")
    }
    static func goneApp(_ language: Language) -> String {
        language.say(
            en: "An app that is not connected any more", es: "Una aplicación que ya no está conectada",
            de: "Eine App, die nicht mehr verbunden ist")
    }
    static func gonePerson(_ language: Language) -> String {
        language.say(
            en: "A person who has no account any more", es: "Una persona que ya no tiene cuenta",
            de: "Eine Person, die kein Konto mehr hat")
    }
}

extension RecordEvent {
    /// What an act was, to the person whose record it is about; `nil` for what is of no interest to anybody.
    static func words(_ act: RecordAct, in language: Language) -> String? {
        let app = act.clientName ?? language.say(en: "an app", es: "una aplicación", de: "eine App")
        let person = act.personName ?? language.say(en: "Somebody", es: "Alguien", de: "Jemand")
        return switch act.act {
        case .breakGlassBegin:
            opened(by: person, act, in: language)
        case .breakGlassEnd:
            closed(by: person, act, in: language)
        case .consentAllow:
            language.say(
                en: "\(person) allowed \(app) to use information.", es: "\(person) permitió a \(app) usar información.",
                de: "\(person) hat die Nutzung von Daten erlaubt: \(app).")
        case .consentDeny:
            language.say(
                en: "\(person) did not allow \(app) to use information.",
                es: "\(person) no permitió a \(app) usar información.",
                de: "\(person) hat die Nutzung von Daten nicht erlaubt: \(app).")
        case .consentChange where act.isByStaff:
            language.say(
                en: "Staff changed what \(app) may use; \(person) had allowed it.",
                es: "El personal cambió lo que \(app) puede usar; lo había permitido \(person).",
                de: "Das Personal hat geändert, was \(app) nutzen darf; erlaubt hatte es \(person).")
        case .consentWithdraw where act.isByStaff:
            language.say(
                en: "Staff took back what \(app) was allowed; \(person) had allowed it.",
                es: "El personal retiró lo que se había permitido a \(app); lo había permitido \(person).",
                de: "Das Personal hat zurückgenommen, was \(app) durfte; erlaubt hatte es \(person).")
        case .helpDeskView:
            looked(person, act.statement ?? "", in: language)
        case .helpDeskEnd:
            ended(app, by: person, act.statement ?? "", in: language)
        case .consentChange:
            language.say(
                en: "\(person) changed what \(app) may use.", es: "\(person) cambió lo que \(app) puede usar.",
                de: "\(person) hat geändert, was \(app) nutzen darf.")
        case .consentWithdraw:
            language.say(
                en: "\(person) took back what \(app) was allowed.",
                es: "\(person) retiró lo que había permitido a \(app).",
                de: "\(person) hat zurückgenommen, was \(app) durfte.")
        case .consentExpire:
            language.say(
                en: "What \(app) was allowed came to its end.", es: "Terminó lo que se había permitido a \(app).",
                de: "Was \(app) durfte, ist abgelaufen.")
        case .codeIssue:
            language.say(
                en: "\(person) opened \(app) with your record.", es: "\(person) abrió \(app) con su historia clínica.",
                de: "\(person) hat \(app) mit Ihrer Akte geöffnet.")
        case .grantEnd:
            language.say(
                en: "The access of \(app) ended.", es: "Terminó el acceso de \(app).",
                de: "Der Zugriff ist beendet: \(app).")
        case .directiveRecord, .directiveChange:
            limited(by: act.personName, isByStaff: act.isByStaff, in: language)
        case .directiveWithdraw:
            opened(by: act.personName, isByStaff: act.isByStaff, in: language)
        case .proxyAdd:
            language.say(
                en: "\(person) may act for you.", es: "\(person) puede actuar en su nombre.",
                de: "\(person) darf für Sie handeln.")
        case .proxyRemove:
            language.say(
                en: "\(person) no longer acts for you.", es: "\(person) ya no actúa en su nombre.",
                de: "\(person) handelt nicht mehr für Sie.")
        default: nil
        }
    }

    private static func limited(by person: String?, isByStaff: Bool, in language: Language) -> String {
        if let person {
            return language.say(
                en: "\(person) changed what apps may not see.",
                es: "\(person) cambió lo que las aplicaciones no pueden ver.",
                de: "\(person) hat geändert, was Apps nicht sehen dürfen.")
        }
        return isByStaff
            ? language.say(
                en: "Staff entered what apps may not see.",
                es: "El personal anotó lo que las aplicaciones no pueden ver.",
                de: "Das Personal hat eingetragen, was Apps nicht sehen dürfen.")
            : language.say(
                en: "Another system told what apps may not see.",
                es: "Otro sistema comunicó lo que las aplicaciones no pueden ver.",
                de: "Ein anderes System hat gemeldet, was Apps nicht sehen dürfen.")
    }

    private static func opened(by person: String?, isByStaff: Bool, in language: Language) -> String {
        if let person {
            return language.say(
                en: "\(person) took back what apps may not see.",
                es: "\(person) retiró lo que las aplicaciones no podían ver.",
                de: "\(person) hat zurückgenommen, was Apps nicht sehen durften.")
        }
        return isByStaff
            ? language.say(
                en: "Staff took back what apps may not see.",
                es: "El personal retiró lo que las aplicaciones no podían ver.",
                de: "Das Personal hat zurückgenommen, was Apps nicht sehen durften.")
            : language.say(
                en: "Another system took back what apps may not see.",
                es: "Otro sistema retiró lo que las aplicaciones no podían ver.",
                de: "Ein anderes System hat zurückgenommen, was Apps nicht sehen durften.")
    }

    private static func looked(_ person: String, _ reason: String, in language: Language) -> String {
        language.say(
            en: "\(person) of the help desk looked at your connected apps. The reason that was given: \(reason)",
            es:
                "\(person), del servicio de ayuda, consultó sus aplicaciones conectadas. Motivo indicado: \(reason)",
            de: "\(person) vom Helpdesk hat Ihre verbundenen Apps angesehen. Angegebener Grund: \(reason)")
    }

    private static func ended(_ app: String, by person: String, _ reason: String, in language: Language) -> String {
        language.say(
            en: "\(person) of the help desk ended the access of \(app). The reason that was given: \(reason)",
            es: "\(person), del servicio de ayuda, retiró el acceso de \(app). Motivo indicado: \(reason)",
            de: "\(person) vom Helpdesk hat den Zugriff beendet: \(app). Angegebener Grund: \(reason)")
    }

    private static func opened(by person: String, _ act: RecordAct, in language: Language) -> String {
        let words =
            act.until.map { until in
                let longest = minutes(from: act.time, to: until, in: language)
                return language.say(
                    en: "\(person) opened your record in an emergency, for \(longest) at most.",
                    es: "\(person) abrió su historia clínica en una emergencia, durante \(longest) como máximo.",
                    de: "\(person) hat Ihre Akte in einem Notfall geöffnet, für höchstens \(longest).")
            }
            ?? language.say(
                en: "\(person) opened your record in an emergency.",
                es: "\(person) abrió su historia clínica en una emergencia.",
                de: "\(person) hat Ihre Akte in einem Notfall geöffnet.")
        guard let reason = act.statement else { return words }
        return language.say(
            en: "\(words) The reason that was given: \(reason)", es: "\(words) Motivo indicado: \(reason)",
            de: "\(words) Angegebener Grund: \(reason)")
    }

    private static func closed(by person: String, _ act: RecordAct, in language: Language) -> String {
        guard let since = act.since, let until = act.until else {
            return language.say(
                en: "The emergency access of \(person) ended.", es: "Terminó el acceso de emergencia de \(person).",
                de: "Der Notfallzugriff ist beendet: \(person).")
        }
        let length = minutes(from: since, to: until, in: language)
        return language.say(
            en: "The emergency access of \(person) ended after \(length).",
            es: "El acceso de emergencia de \(person) terminó al cabo de \(length).",
            de: "Der Notfallzugriff endete nach \(length): \(person).")
    }

    /// What has begun counts.
    private static func minutes(from start: Instant, to end: Instant, in language: Language) -> String {
        let count = max(1, (end - start + 59) / 60)
        return count == 1
            ? language.say(en: "1 minute", es: "1 minuto", de: "1 Minute")
            : language.say(en: "\(count) minutes", es: "\(count) minutos", de: "\(count) Minuten")
    }
}
