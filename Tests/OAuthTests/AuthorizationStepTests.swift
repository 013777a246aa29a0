import OAuth
import SMART
import Testing

@Suite("What an authorization needs next")
struct AuthorizationStepTests {
    private let started = Fixture.now

    private func session(_ user: User = Fixture.user(), authenticated: Int = 10) -> Session {
        Session(
            id: SecretDigest(of: "s"), user: user, authenticatedAt: started + authenticated,
            lastSeenAt: started + authenticated)
    }

    private func interaction(
        _ changes: [String: String?] = [:], launch: Launch? = nil, after session: String? = nil,
        progress: Interaction.Progress? = nil
    ) throws -> Interaction {
        Interaction(
            id: SecretDigest(of: "i"), request: try Fixture.valid(changes), launch: launch, startedAt: started,
            expiresAt: started + 600, browser: nil, earlierSession: session.map { SecretDigest(of: $0) },
            progress: progress)
    }

    private func launch(account: String = "u1", patient: String? = "pat-1") -> Launch {
        Launch(
            handle: SecretDigest(of: "h"), clientID: "app", account: account,
            context: LaunchContext(patient: patient, encounter: "e1"), expiresAt: started + 300)
    }

    private func next(
        _ interaction: Interaction, _ session: Session?, client: ClientRegistration = Fixture.client(), after: Int = 20,
        denied: DenyRule...
    ) -> AuthorizationStep {
        AuthorizationStep.next(
            for: client, presence: Presence(session, vouched: nil, in: interaction), interaction: interaction,
            denied: DenyRules(denied), at: started + after)
    }

    private func code(_ step: AuthorizationStep) -> OAuthError.Code? {
        if case .refuse(let error) = step { error.code } else { nil }
    }

    @Test("sign in, pick, say yes, get the code")
    func standalone() throws {
        #expect(next(try interaction(), nil) == .login)
        #expect(next(try interaction(), session()) == .choosePatient)
        var progress = Interaction.Progress(account: "u1", patient: "pat-1")
        #expect(next(try interaction(progress: progress), session()) == .consent)
        progress.decision = .allowed(ScopeSet("openid patient/*.rs"), consent: "c1")
        #expect(
            next(try interaction(progress: progress), session())
                == .issue(ScopeSet("openid patient/*.rs"), .consent("c1")))
        progress.decision = .denied(consent: "c1")
        #expect(code(next(try interaction(progress: progress), session())) == .accessDenied)
    }

    @Test("what the patient denies elsewhere is refused, or cut, whoever allows it and however the app came")
    func denied() throws {
        let all = DenyRule(patient: "pat-1")
        let progress = Interaction.Progress(account: "u1", patient: "pat-1")
        #expect(code(next(try interaction(progress: progress), session(), denied: all)) == .accessDenied)
        #expect(code(next(try interaction(launch: launch()), session(), denied: all)) == .accessDenied)
        let trusted = Fixture.client(trusted: true)
        #expect(code(next(try interaction(launch: launch()), session(), client: trusted, denied: all)) == .accessDenied)
        let other = DenyRule(patient: "pat-2")
        #expect(next(try interaction(progress: progress), session(), denied: other) == .consent)

        var decided = progress
        decided.decision = .allowed(ScopeSet("openid patient/Patient.rs patient/Observation.rs"), consent: "c1")
        let part = DenyRule(patient: "pat-1", "Observation")
        #expect(
            next(try interaction(progress: decided), session(), denied: part)
                == .issue(ScopeSet("openid patient/Patient.rs"), .consent("c1")))
        decided.decision = .allowed(ScopeSet("openid patient/Observation.rs"), consent: "c1")
        #expect(code(next(try interaction(progress: decided), session(), denied: part)) == .accessDenied)
    }

    @Test("who cancels the picker has said no, though there is no patient yet")
    func noWithoutPatient() throws {
        let progress = Interaction.Progress(account: "u1", decision: .denied(consent: "c1"))
        #expect(code(next(try interaction(progress: progress), session())) == .accessDenied)
    }

    @Test("a patient is never asked which patient, and sees no other")
    func patientUser() throws {
        let patient = Fixture.user(fhirUser: "Patient/me", access: .all)
        #expect(next(try interaction(), session(patient)) == .consent)
        let interaction = try interaction(progress: .init(account: "u1", patient: "other"))
        #expect(code(next(interaction, session(patient))) == .accessDenied)
        #expect(code(next(try self.interaction(launch: launch(patient: "other")), session(patient))) == .accessDenied)
    }

    @Test("an app that needs no patient gets none asked for")
    func noPatient() throws {
        let interaction = try interaction(["scope": "openid user/*.rs"])
        #expect(next(interaction, session()) == .consent)
        #expect(interaction.context(for: Fixture.user(), at: Fixture.now).patient == nil)
    }

    @Test("in an EHR launch the patient is the launch's, and a trusted app asks nobody")
    func ehrLaunch() throws {
        let interaction = try interaction(launch: launch())
        #expect(next(interaction, session()) == .consent)
        #expect(
            next(interaction, session(), client: Fixture.client(trusted: true))
                == .issue(interaction.request.scopes, .trustedApp))
        #expect(interaction.context(for: Fixture.user(), at: Fixture.now).encounter == "e1")
    }

    @Test("trust counts in EHR launches alone, and an app can ask for the page")
    func trustHasBounds() throws {
        let trusted = Fixture.client(trusted: true)
        let picked = Interaction.Progress(account: "u1", patient: "pat-1")
        #expect(next(try interaction(progress: picked), session(), client: trusted) == .consent)
        #expect(next(try interaction(["prompt": "consent"], launch: launch()), session(), client: trusted) == .consent)
    }

    @Test("a launch is good for its user alone: another one is refused, nobody has to sign in")
    func launchOfAnotherUser() throws {
        #expect(next(try interaction(launch: launch()), nil) == .login)
        #expect(code(next(try interaction(launch: launch(account: "u2")), session())) == .accessDenied)
    }

    @Test("what one person chose is nothing to another in the same browser")
    func anotherPerson() throws {
        var progress = Interaction.Progress(account: "u2", patient: "pat-1")
        #expect(next(try interaction(progress: progress), session()) == .choosePatient)
        progress.decision = .allowed(ScopeSet("patient/*.rs"), consent: "c1")
        #expect(code(next(try interaction(progress: progress), session())) == .accessDenied)
    }

    @Test("a user without access to the patient is refused, whoever chose the patient")
    func noAccess() throws {
        let nobody = Fixture.user(access: .none)
        #expect(code(next(try interaction(launch: launch()), session(nobody))) == .accessDenied)
        let some = Fixture.user(access: .patients(["other"]))
        #expect(
            code(next(try interaction(progress: .init(account: "u1", patient: "pat-1")), session(some)))
                == .accessDenied)
    }

    // OpenID Core §3.1.2.6
    @Test("prompt=none gets an answer without a page (OpenID Core §3.1.2.1)")
    func silent() throws {
        let changes: [String: String?] = ["prompt": "none"]
        #expect(code(next(try interaction(changes), nil)) == .loginRequired)
        #expect(code(next(try interaction(changes), session())) == .interactionRequired)
        #expect(code(next(try interaction(changes, launch: launch()), session())) == .consentRequired)
    }

    // OpenID Core §3.1.2.1
    @Test("prompt=login and max_age ask for a sign-in that is newer than the request")
    func freshLogin() throws {
        let old = session(authenticated: -100)
        #expect(next(try interaction(["prompt": "login"]), old) == .login)
        #expect(next(try interaction(["prompt": "select_account"]), old) == .login)
        #expect(next(try interaction(["prompt": "login"]), session(authenticated: 1)) == .choosePatient)
        #expect(next(try interaction(["max_age": "60"]), old) == .login)
        #expect(next(try interaction(["max_age": "600"]), old) == .choosePatient)
        #expect(next(try interaction(["max_age": "0"]), session(authenticated: 1)) == .choosePatient)
        #expect(code(next(try interaction(["max_age": "60", "prompt": "none"]), old)) == .loginRequired)
    }

    // OpenID Core §3.1.2.1: max_age=0 is prompt=login.
    @Test(
        "a session that was there already is no fresh one, though it began in the very second of the request",
        arguments: [["prompt": "login"], ["prompt": "select_account"], ["max_age": "0"]])
    func sameSecond(_ changes: [String: String]) throws {
        let session = session(authenticated: 0)
        #expect(next(try interaction(changes, after: "s"), session, after: 0) == .login)
        #expect(next(try interaction(changes, after: "s"), self.session(authenticated: 1), after: 1) == .login)
        for before in ["another", nil] {
            #expect(next(try interaction(changes, after: before), session, after: 0) == .choosePatient)
        }
        #expect(next(try interaction(["max_age": "1"], after: "s"), session, after: 1) == .choosePatient)
    }

    @Test("a decision never grants more than was asked for")
    func decisionIsBounded() throws {
        var progress = Interaction.Progress(account: "u1", patient: "pat-1")
        progress.decision = .allowed(ScopeSet("patient/*.cruds openid offline_access"), consent: "c1")
        #expect(
            next(try interaction(progress: progress), session())
                == .issue(ScopeSet("patient/*.rs openid"), .consent("c1")))
    }

    @Test(
        "a launch handle serves its app, in its time",
        arguments: [("app", 299, .fresh), ("app", 300, nil), ("b", 1, .leaked), ("b", 300, .leaked)]
            as [(String, Int, Launch.Use?)])
    func use(_ client: String, _ after: Int, _ use: Launch.Use?) {
        #expect((try? launch().used(by: Fixture.client(id: client), at: started + after)) == use)
    }

    // SMART scopes-and-launch-context#standalone-apps
    @Test("an app that asks for a visit gets the person asked: after the patient, before the consent")
    func encounter() throws {
        let client = Fixture.client(scope: "openid launch/patient launch/encounter patient/*.rs user/*.rs")
        func interaction(_ progress: Interaction.Progress?, _ scope: String = "launch/encounter user/*.rs") throws
            -> Interaction
        {
            Interaction(
                id: SecretDigest(of: "i"), request: try Fixture.valid(["scope": scope], client: client), launch: nil,
                startedAt: started, expiresAt: started + 600, browser: nil, progress: progress)
        }
        // A visit is a patient's, so the patient comes first, asked for or not.
        #expect(next(try interaction(nil), session()) == .choosePatient)
        var progress = Interaction.Progress(account: "u1", patient: "pat-1")
        #expect(next(try interaction(progress), session()) == .chooseEncounter)
        progress.encounter = .picked("e7")
        #expect(next(try interaction(progress), session()) == .consent)
        #expect(try interaction(progress).context(for: Fixture.user(), at: Fixture.now).encounter == "e7")
        #expect(try interaction(progress).context(for: Fixture.user(), at: Fixture.now).patient == "pat-1")
        progress.decision = .allowed(ScopeSet("launch/encounter user/*.rs"), consent: "c1")
        #expect(
            next(try interaction(progress), session())
                == .issue(ScopeSet("launch/encounter user/*.rs"), .consent("c1")))

        // There is none, or none of them: that is an answer, too.
        progress = Interaction.Progress(account: "u1", patient: "pat-1", encounter: .without)
        #expect(next(try interaction(progress), session()) == .consent)
        #expect(try interaction(progress).context(for: Fixture.user(), at: Fixture.now).encounter == nil)
        // What another person picked counts for nothing.
        progress = Interaction.Progress(account: "u2", patient: "pat-2", encounter: .picked("e7"))
        #expect(next(try interaction(progress), session()) == .choosePatient)
        #expect(try interaction(progress).context(for: Fixture.user(), at: Fixture.now).encounter == nil)
        // A patient is asked for the own visit, and for no patient.
        let own = session(Fixture.user(fhirUser: "Patient/me", access: .none))
        #expect(next(try interaction(nil), own) == .chooseEncounter)
        // Who says no, says no.
        progress = Interaction.Progress(account: "u1", patient: "pat-1", decision: .denied(consent: "c1"))
        #expect(code(next(try interaction(progress), session())) == .accessDenied)
    }

    @Test("nobody is asked for a visit where none was asked for, where the app may not, or where the EHR has launched")
    func noEncounter() throws {
        let picked = Interaction.Progress(account: "u1", patient: "pat-1")
        #expect(next(try interaction(progress: picked), session()) == .consent)
        // Fixture.client is not registered for launch/encounter.
        let asked = try interaction(["scope": "launch/encounter patient/*.rs"], progress: picked)
        #expect(next(asked, session()) == .consent)
        let client = Fixture.client(scope: "launch launch/encounter patient/*.rs")
        let request = try Fixture.valid(["scope": "launch/encounter patient/*.rs"], client: client)
        let launched = Interaction(
            id: SecretDigest(of: "i"), request: request,
            launch: Launch(
                handle: SecretDigest(of: "h"), clientID: "app", account: "u1", context: LaunchContext(patient: "pat-1"),
                expiresAt: started + 300), startedAt: started, expiresAt: started + 600, browser: nil)
        #expect(next(launched, session()) == .consent)
        #expect(launched.context(for: Fixture.user(), at: Fixture.now).encounter == nil)
    }

    @Test("prompt=none gets no page to pick a visit on (OpenID Core §3.1.2.1)")
    func silentEncounter() throws {
        let client = Fixture.client(scope: "launch/encounter patient/*.rs")
        let request = try Fixture.valid(["scope": "launch/encounter patient/*.rs", "prompt": "none"], client: client)
        let interaction = Interaction(
            id: SecretDigest(of: "i"), request: request, launch: nil, startedAt: started, expiresAt: started + 600,
            browser: nil)
        let own = session(Fixture.user(fhirUser: "Patient/me"))
        #expect(code(next(interaction, own)) == .interactionRequired)
    }

    @Test(
        "which requests are for a visit, and which for a patient",
        arguments: [
            ("openid user/*.rs", false, false), ("launch/patient", true, false), ("patient/*.rs", true, false),
            ("launch/encounter", true, true), ("user/*.rs launch/encounter?role=https%3A%2F%2Fr.example", true, true),
        ])
    func wants(_ scope: String, _ patient: Bool, _ encounter: Bool) throws {
        let client = Fixture.client(
            scope: """
                openid launch/patient launch/encounter launch/encounter?role=https%3A%2F%2Fr.example patient/*.rs \
                user/*.rs
                """)
        let request = try Fixture.valid(["scope": scope], client: client)
        #expect(request.needsPatient == patient)
        #expect(request.wantsEncounter == encounter)
    }
}
