import HTTP
import OAuth
import SMART

@testable import Endpoints

/// Every page in every state, with one text wherever a text can stand.
enum SamplePages {
    static let today = CalendarDate(secondsSince1970: 1_784_000_000)
    static let scopes =
        "launch/patient openid fhirUser offline_access patient/Patient.rs patient/*.cruds user/Practitioner.rs"

    static func patient(_ text: String, isDeceased: Bool = false) -> PatientSummary {
        PatientSummary(
            id: text, name: text, birthDate: isDeceased ? text : "1961-03-04", sex: text, recordNumber: text,
            isDeceased: isDeceased)
    }

    static func all(_ text: String, in language: Language = .english) -> [(name: String, html: HTML)] {
        $language.withValue(language) { every(text) }
    }

    private static func every(_ text: String) -> [(name: String, html: HTML)] {
        signIn(text) + pickers(text) + encounters(text) + portals(text) + consents(text) + connectedApps(text)
            + narrowings(text) + activities(text) + sessions(text) + secondFactors(text) + emergencies(text)
            + helpDesk(text) + limits(text)
            + developers(text) + others(text)
    }

    private static func limits(_ text: String) -> [(String, HTML)] {
        let notices: [LimitsPage.Notice?] = [
            nil, .saved, .lifted, .unchanged, .changedMeanwhile, .noSuchPatient, .recordUnavailable, .formExpired,
        ]
        let limits = ConsentDirective.Source.allCases.enumerated().map { index, source in
            SharingLimit(
                app: index == 0 ? nil : text, kinds: [text, text], since: today, until: index == 1 ? today : nil,
                isToCome: index == 2, source: source)
        }
        let acting = ActingFor(relationship: .parent, until: today)
        func subject(_ limits: [SharingLimit], _ ticked: Set<String>, _ acting: ActingFor?) -> LimitsPage.Subject {
            LimitsPage.Subject(
                id: text, patient: patient(text), acting: acting, limits: limits, ticked: ticked, version: 3)
        }
        let subjects = [
            nil, subject([], [], nil), subject(limits, ["Goal", "everything"], nil), subject(limits, ["rest"], acting),
        ]
        return notices.flatMap { notice in
            subjects.enumerated().map { index, subject in
                let page = LimitsPage(
                    site: site(text), visitor: visitor(text), people: index == 3 ? people(text) : [], subject: subject,
                    isOffered: index != 2, notice: notice, today: today)
                return ("what apps may not see", page.render())
            }
        }
    }

    private static func developers(_ text: String) -> [(String, HTML)] {
        let notices: [DeveloperPage.Notice?] = [
            nil, .waiting(text), .ended(text), .noToken, .notPossible, .formExpired,
        ]
        let lives: [TokenReport.Life] = [
            .alive, .over, .spent, .patientTaken, .grant(.alive), .grant(.expired), .grant(.ended(text)),
            .grant(.userDisabled), .grant(.clientDisabled), .grant(.consentEnded), .grant(.denied),
        ]
        let explanation = AccessExplanation(
            row: text, asked: text, outcome: text, upstream: text, reason: text, needed: text)
        let standing = lives.enumerated().map { index, life in
            TokenReport.Finding.standing(
                .init(
                    isRefreshToken: index == 0, clientID: text,
                    user: index == 1
                        ? nil
                        : User(id: text, subject: text, name: text, fhirUser: FHIRUser("Patient/p"), access: .all),
                    scopes: ScopeSet(scopes), context: LaunchContext(patient: text, encounter: text),
                    expiresAt: Instant(0), life: life, explanation: index == 2 ? nil : explanation))
        }
        let verdicts: [TokenReport.Verdict] = [.right, .wrong(text), .notCurrent(text), .foreignIssuer]
        let signed = verdicts.map { TokenReport.Finding.signed(.init(header: text, claims: text, verdict: $0)) }
        func page(_ notice: DeveloperPage.Notice?, _ report: TokenReport?) -> HTML {
            DeveloperPage(
                site: site(text), visitor: visitor(text), issuer: text,
                apps: [
                    .init(id: text, name: text, launchURL: text), .init(id: "other", name: text, launchURL: nil),
                ],
                simulations: report == nil ? [] : Simulation.Kind.allCases.map { Simulation(clientID: text, kind: $0) },
                launch: report == nil ? nil : (text, text), report: report, typed: text,
                requestProblem: report.map { _ in text }, notice: notice, launchLifetime: 300, now: Instant(0)
            ).render()
        }
        return notices.map { ("developer, notice", page($0, nil)) }
            + (standing + signed + [.oneTime, .unknown]).map {
                ("developer, report", page(nil, TokenReport(beginning: text, finding: $0)))
            }
    }

    private static func secondFactors(_ text: String) -> [(String, HTML)] {
        let states: [SecondFactorPage.State] = [
            .off(isFresh: true, isDemanded: false), .off(isFresh: false, isDemanded: false),
            .off(isFresh: true, isDemanded: true), .setUp(uri: "otpauth://x", secret: "ABCDEFGH", picture: QRCode("x")),
            .on(codesLeft: 1), .on(codesLeft: 10), .codes(["AAAA-BBBB"], wayOn: "/portal"),
        ]
        let notices: [SecondFactorPage.Notice?] = [nil, .wrong, .delayed(seconds: 8), .removed, .formExpired]
        let own = states.flatMap { state in
            notices.map { notice in
                let page = SecondFactorPage(
                    site: site(text), visitor: visitor(text), csrf: text, interaction: text, state: state,
                    notice: notice)
                return ("second factor", page.render())
            }
        }
        let problems: [SecondStepPage.Problem?] = [nil, .wrong, .delayed(seconds: 8), .formExpired]
        return own
            + problems.flatMap { problem in
                [true, false].map { takesRecoveryCode in
                    let page = SecondStepPage(
                        site: site(text), csrf: text, interaction: text, takesRecoveryCode: takesRecoveryCode,
                        problem: problem)
                    return ("second step", page.render())
                }
            }
    }

    private static func sessions(_ text: String) -> [(String, HTML)] {
        let notices: [SessionsPage.Notice?] = [nil, .ended(1), .ended(2), .noSuchSession, .formExpired]
        let open = BrowserKind.allCases.enumerated().map { index, kind in
            OpenSession(
                id: text, browser: kind, isThisOne: index == 0, secondsSinceSignIn: 5000 * index,
                secondsSinceSeen: 70 * index)
        }
        return notices.flatMap { notice in
            [1, 2, open.count].map { count in
                let page = SessionsPage(
                    site: site(text), visitor: visitor(text), sessions: Array(open.prefix(count)), notice: notice)
                return ("sessions", page.render())
            }
        }
    }

    private static func activities(_ text: String) -> [(String, HTML)] {
        let reader = RecordReader(
            appName: text, personName: text, isOwnUse: false,
            kinds: [.init(words: text, times: 1), .init(words: text, times: 7)],
            first: today, last: today)
        let own = RecordReader(appName: text, personName: nil, isOwnUse: true, kinds: [], first: today, last: today)
        let events = [true, false].map { RecordEvent(date: today, words: text, isEmergency: $0) }
        let activities: [(String, ActivityPage.Activity?)] = [
            ("nobody's", nil), ("empty", .init(since: today, readers: [], events: [])),
            ("full", .init(since: today, readers: [reader, own], events: events)),
        ]
        return activities.map { name, activity in
            ("activity, \(name)", ActivityPage(site: site(text), visitor: visitor(text), activity: activity).render())
        }
    }

    @TaskLocal private static var language = Language.english

    private static func site(_ text: String) -> Endpoints.Site {
        Endpoints.Site(name: text, isDemo: true).speaking(language.rawValue)
    }

    private static func visitor(_ text: String) -> Visitor { Visitor(name: text, csrf: text) }

    private static func searches(_ text: String) -> [(String, PatientSearch)] {
        [
            ("not yet searched", PatientSearch()),
            ("results", PatientSearch(query: text, outcome: .results([patient(text)], isCut: false))),
            (
                "cut results",
                PatientSearch(
                    query: text, outcome: .results([patient(text), patient(text, isDeceased: true)], isCut: true))
            ),
            ("nobody", PatientSearch(query: text, outcome: .nobody)),
            ("too short", PatientSearch(query: text, outcome: .tooShort)),
            ("unavailable", PatientSearch(query: text, outcome: .unavailable)),
        ]
    }

    private static func signIn(_ text: String) -> [(String, HTML)] {
        let problems: [SignInProblem?] = [nil, .wrong, .delayed(seconds: 8), .sessionEnded, .formExpired, .unavailable]
        return problems.flatMap { problem in
            ["", text].map { username in
                let page = SignInPage(
                    site: site(text), csrf: text, interaction: text, username: username, appName: text,
                    problem: problem, demoAccounts: [DemoAccount(label: text, username: text, password: text)])
                return ("sign-in, \(problem.map { "\($0)" } ?? "no problem")", page.render())
            }
        }
    }

    /// Oneself, and somebody by each relationship.
    private static func people(_ text: String) -> [ActingChoice] {
        [ActingChoice(patient: patient(text), acting: nil)]
            + TemporaryAccess.Relationship.allCases.map {
                ActingChoice(
                    patient: patient(text, isDeceased: $0 == .partner),
                    acting: ActingFor(relationship: $0, until: today))
            }
    }

    private static func pickers(_ text: String) -> [(String, HTML)] {
        let choices = [true, false].map { isDown in
            let page = PatientPage(
                site: site(text), visitor: visitor(text), appName: text, interaction: text, search: PatientSearch(),
                people: people(text), isDirectoryDown: isDown, today: today)
            return ("picker, for whom", page.render())
        }
        let confirmation = PatientConfirmationPage(
            site: site(text), visitor: visitor(text), appName: text, interaction: text, patient: patient(text),
            today: today)
        return choices + [("picker, once more", confirmation.render())]
            + searches(text).map { name, search in
                let page = PatientPage(
                    site: site(text), visitor: visitor(text), appName: text, interaction: text, search: search,
                    today: today, offersEmergency: true)
                return ("picker, \(name)", page.render())
            }
    }

    private static func emergencies(_ text: String) -> [(String, HTML)] {
        let notices: [EmergencyPage.Notice?] = [nil, .noSuchPatient, .reasonMissing, .unavailable, .formExpired]
        return notices.map { notice in
            let page = EmergencyPage(
                site: site(text), visitor: visitor(text), interaction: notice == nil ? nil : text, number: text,
                reason: text, lengths: [900, 1800], notice: notice)
            return ("emergency", page.render())
        }
    }

    private static func helpDesk(_ text: String) -> [(String, HTML)] {
        let kinds: [FHIRUser.Kind?] = [.patient, .relatedPerson, .practitioner, nil]
        let callers = kinds.map { kind in
            FoundCaller(
                id: text, username: text, name: text, kind: kind, patient: kind == .patient ? patient(text) : nil,
                isDisabled: kind == nil)
        }
        let outcomes: [HelpDeskPage.Outcome] = [
            .none, .found([], isCut: false), .found([callers[0]], isCut: false), .found(callers, isCut: true),
        ]
        let notices: [HelpDeskPage.Notice?] = [
            nil, .reasonMissing, .tooShort, .recordsSilent, .noSuchPerson, .formExpired,
        ]
        let searches = outcomes.flatMap { outcome in
            notices.map { notice in
                HelpDeskPage(
                    site: site(text), visitor: visitor(text), query: text, reason: text, outcome: outcome,
                    notice: notice, today: today
                ).render()
            }
        }
        let ends: [HelpedPersonPage.Notice?] = [nil, .ended(text), .allEnded, .noSuchApp]
        let people = [[], apps(text)].flatMap { apps in
            ends.flatMap { notice in
                callers.map { caller in
                    HelpedPersonPage(
                        site: site(text), visitor: visitor(text), caller: caller, reason: text, apps: apps,
                        notice: notice, today: today
                    ).render()
                }
            }
        }
        return searches.map { ("help desk", $0) } + people.map { ("help desk, a person", $0) }
    }

    private static func encounters(_ text: String) -> [(String, HTML)] {
        let visit = EncounterSummary(
            id: text, status: text, classCode: text, classWords: text, type: text, start: text, end: text, place: text,
            provider: text)
        let bare = EncounterSummary(id: text, status: "in-progress")
        let outcomes: [EncounterPage.Outcome] = [
            .found([], isCut: false), .found([visit], isCut: false), .found([visit, bare], isCut: true), .unavailable,
        ]
        return outcomes.flatMap { outcome in
            [true, false].map { isOwn in
                let page = EncounterPage(
                    site: site(text), visitor: visitor(text), appName: text, interaction: text, patient: patient(text),
                    isOwnRecord: isOwn, outcome: outcome, today: today)
                return ("encounter, \(outcome)", page.render())
            }
        }
    }

    private static func apps(_ text: String) -> [ConnectedApp] {
        [true, false].flatMap { flag in
            [today, nil].map { day in
                ConnectedApp(
                    id: text, name: text, since: today, lastUsed: day,
                    reads: day.map { ConnectedApp.Reads(times: flag ? 1 : 9, last: $0) },
                    scopes: ScopeSet("\(scopes) patient/Observation.rs?category=\(flag ? "%3Cb%3E" : "x")"),
                    patient: day.map { _ in text }, isOwnRecord: flag, offlineUntil: day,
                    basis: flag ? .consent : .policy)
            }
        }
    }

    private static func connectedApps(_ text: String) -> [(String, HTML)] {
        let notices: [ConnectedAppsPage.Notice?] = [
            nil, .ended(text), .allEnded, .narrowed(text), .unchanged(text), .changedMeanwhile, .noSuchApp,
            .formExpired,
        ]
        return [[], apps(text)].flatMap { apps in
            notices.map { notice in
                let page = ConnectedAppsPage(site: site(text), visitor: visitor(text), apps: apps, notice: notice)
                return ("connected apps", page.render())
            }
        }
    }

    private static func narrowings(_ text: String) -> [(String, HTML)] {
        ["\(scopes) offline_access", "patient/*.rs"].flatMap { scopes in
            [text, nil].map { patient in
                let page = NarrowingPage(
                    site: site(text), visitor: visitor(text), appID: text, appName: text,
                    choices: ConsentPage.choices(
                        ScopeSet(scopes), isOwnRecord: patient == nil, in: site(text).language), patient: patient)
                return ("less for an app", page.render())
            }
        }
    }

    private static func portals(_ text: String) -> [(String, HTML)] {
        let apps = [
            AppTile(id: text, name: text, organization: text, host: text, isVerified: false, scopes: ScopeSet(scopes)),
            AppTile(id: text, name: text, scopes: ScopeSet("openid user/Location.rs")),
            AppTile(id: text, name: text, scopes: ScopeSet("openid")),
        ]
        let notices: [PortalPage.Notice?] = [
            nil, .noSuchPatient, .recordUnavailable, .appUnavailable, .appNeedsPatient(text), .appDenied(text),
            .formExpired,
        ]
        func portal(
            _ reach: PortalPage.Reach, _ search: PatientSearch = PatientSearch(), selected: PatientSummary? = nil,
            apps: [AppTile], notice: PortalPage.Notice? = nil
        ) -> HTML {
            PortalPage(
                site: site(text), visitor: visitor(text), reach: reach, search: search, selected: selected, apps: apps,
                notice: notice, today: today, leadsToConnectedApps: selected != nil,
                people: reach == .represented ? people(text) : [],
                emergencies: [OpenEmergency(patient: patient(text), secondsLeft: 61)], offersEmergency: true,
                leadsToLimits: true, leadsToHelpDesk: true
            ).render()
        }
        return searches(text).map { ("portal, \($0)", portal(.patients, $1, apps: apps)) }
            + notices.map { ("portal, notice", portal(.patients, apps: apps, notice: $0)) }
            + [PortalPage.Reach.patients, .ownRecord, .represented, .nobody].flatMap { reach in
                [nil, patient(text)].map { selected in
                    ("portal, \(reach)", portal(reach, PatientSearch(query: text), selected: selected, apps: apps))
                }
            } + [("portal without apps", portal(.patients, apps: []))]
    }

    private static func consents(_ text: String) -> [(String, HTML)] {
        let requests = [
            scopes, "openid", "__own", "user/Observation.rs", "offline_access launch", "launch", "online_access",
            "patient/Condition.rs patient/Observation.cruds?category=%3Cb%3E,laboratory patient/Observation.r",
        ]
        return requests.flatMap { offered in
            [nil, patient(text), patient(text, isDeceased: true)].flatMap { patient in
                [true, false].map { flag in
                    let page = ConsentPage(
                        site: site(text), visitor: visitor(text), interaction: text, appName: text,
                        organization: flag ? nil : text, appHost: text,
                        isVerified: !flag, isLaunchFromEHR: flag, patient: patient, isOwnRecord: flag,
                        withheld: WithheldScopes(
                            requested: "\(offered) fhirUser system/*.rs user/Device.cud \(text)",
                            offered: ScopeSet(offered),
                            beyondThePerson: ScopeSet(offered.contains("fhirUser") ? "" : "fhirUser"),
                            denied: .init(
                                from: ScopeSet("patient/*.rs"),
                                by: DenyRules([DenyRule(patient: "p", "Condition")]))),
                        offlineLifetime: 92 * 86_400, today: today,
                        ticked: patient == nil ? [] : nil,
                        acting: flag || patient == nil ? nil : ActingFor(relationship: .carer, until: today))
                    return ("consent, \(offered)", page.render())
                }
            }
        }
    }

    private static func others(_ text: String) -> [(String, HTML)] {
        let words: [ErrorPage.Words] = [
            .brokenRequest(from: text),
            .brokenRequest(from: nil), .unverifiedApp(text), .expired, .formExpired, .unavailable,
            .notFound, .refused, .cookieless,
        ]
        return words.flatMap { (words: ErrorPage.Words) in
            [nil, text].map { detail in
                let page = ErrorPage(
                    site: site(text), visitor: detail.map(visitor), words: words, code: detail,
                    developerDescription: detail, requestID: text, linksToPortal: detail == nil,
                    back: detail.map { ErrorPage.AppLink(url: "https://app.example/?\($0)", host: $0) },
                    again: detail.map { "/oauth2/authorize?\($0)" }, isFramed: detail == nil)
                return ("error, \(words)", page.render())
            }
        } + [
            ("signed out", SignedOutPage(site: site(text)).render()),
            ("window", WindowPage(site: site(text), appName: text, interaction: text).render()),
        ]
    }
}
