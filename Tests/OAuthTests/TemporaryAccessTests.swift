import OAuth
import SMART
import Testing

// Protocol E12
@Suite("Acting for a patient until a day")
struct TemporaryAccessTests {
    private static let until = Fixture.now + 100

    private static func user(
        _ fhirUser: String = "RelatedPerson/rosa", access: UserAccess = .none, for patients: [String] = ["pat-1"]
    ) -> User {
        User(
            id: "u1", subject: "sub-u1", name: "Rosa", fhirUser: FHIRUser(fhirUser), access: access,
            temporaryAccess: patients.map { TemporaryAccess(patient: $0, relationship: .parent, until: until) })
    }

    @Test("it adds to what the person sees, up to the moment and not at it")
    func moment() {
        let user = Self.user()
        #expect(user.effectiveAccess(at: Self.until + -1) == .patients(["pat-1"]))
        #expect(user.effectiveAccess(at: Self.until) == .none)
        #expect(Self.user("Patient/me").effectiveAccess(at: Fixture.now) == .patients(["me", "pat-1"]))
        #expect(Self.user(access: .all).effectiveAccess(at: Self.until) == .all)
        #expect(user.maySee(patientIn: LaunchContext(patient: "pat-1"), at: Fixture.now))
        #expect(!user.maySee(patientIn: LaunchContext(patient: "pat-1"), at: Self.until))
        #expect(!user.maySee(patientIn: LaunchContext(patient: "pat-2"), at: Fixture.now))
    }

    @Test(
        "nobody is asked for whom where there is one alone",
        arguments: [
            ("RelatedPerson/rosa", .none, ["pat-1"], "pat-1"), ("RelatedPerson/rosa", .none, ["pat-1", "pat-2"], nil),
            ("RelatedPerson/rosa", .none, [], nil), ("RelatedPerson/rosa", .patients(["pat-3"]), ["pat-1"], nil),
            ("Patient/me", .none, [], "me"), ("Patient/me", .none, ["pat-1"], nil),
        ] as [(String, UserAccess, [String], String?)])
    func sole(_ fhirUser: String, _ access: UserAccess, _ patients: [String], _ patient: String?) {
        #expect(Self.user(fhirUser, access: access, for: patients).solePatient(at: Fixture.now) == patient)
    }

    private static func token(_ scopes: String, of user: User, patient: String?) -> ActiveToken {
        ActiveToken(
            grantID: "g", clientID: "app", user: user, context: LaunchContext(patient: patient),
            scopes: ScopeSet(scopes), fhirBase: "https://h.example/fhir", issuedAt: Fixture.now,
            expiresAt: Fixture.now + 300)
    }

    private static func reach(_ token: ActiveToken, at now: Instant) -> [String] {
        let rule = TokenAccess(token, at: now).rule(.read, on: "Condition")
        return ["me", "pat-1", "pat-2"].filter { patient in
            guard case .restricted(let grants) = rule else { return rule == .unrestricted }
            return grants.contains { if case .patients(let ids) = $0.reach { ids.contains(patient) } else { false } }
        }
    }

    @Test(
        "an app that was let in for one patient reaches no other and not the person, whatever its scopes",
        arguments: [
            ("patient/*.rs", "pat-1", ["pat-1"]), ("user/*.rs", "pat-1", ["pat-1"]), ("user/*.rs", "me", ["me"]),
            ("user/*.rs patient/*.rs", "me", ["me"]), ("user/*.rs", nil, ["me"]), ("patient/*.rs", "pat-9", []),
        ] as [(String, String?, [String])])
    func apps(_ scopes: String, _ patient: String?, _ reached: [String]) {
        let user = Self.user("Patient/me", for: ["pat-1", "pat-2"])
        #expect(Self.reach(Self.token(scopes, of: user, patient: patient), at: Fixture.now) == reached)
    }

    @Test("when it is over, its tokens reach nothing, are not active and are not refreshed")
    func end() throws {
        let token = Self.token("patient/*.rs user/*.rs", of: Self.user(), patient: "pat-1")
        #expect(token.isActive(at: Self.until + -1) && !token.isActive(at: Self.until))
        #expect(Self.reach(token, at: Self.until).isEmpty)
        let authorization = Fixture.authorization(user: Self.user())
        #expect(authorization.policy == .proxyConsent)
        #expect(authorization.end(at: Fixture.now) == Self.until)
        #expect(Fixture.authorization().end(at: Fixture.now) == nil)
        let refresh = RefreshToken(
            digest: SecretDigest(of: "rt"), authorization: authorization, expiresAt: Self.until + 900, use: nil,
            isEnded: false, session: nil)
        #expect(refresh.isActive(at: Self.until + -1, policy: SessionPolicy()))
        #expect(!refresh.isActive(at: Self.until, policy: SessionPolicy()))
    }

    @Test("what is between picking and answering ends with it, and does not become the person's own")
    func between() throws {
        let user = Self.user("Patient/me")
        func interaction(_ patient: String?) throws -> Interaction {
            Interaction(
                id: SecretDigest(of: "i"), request: try Fixture.valid(), launch: nil, startedAt: Fixture.now,
                expiresAt: Fixture.now + 600, browser: nil,
                progress: Interaction.Progress(account: "u1", patient: patient))
        }
        func next(_ patient: String?, at now: Instant) throws -> AuthorizationStep {
            let session = Session(
                id: SecretDigest(of: "s"), user: user, authenticatedAt: Fixture.now + 1, lastSeenAt: Fixture.now + 1)
            return AuthorizationStep.next(
                for: Fixture.client(), presence: .session(session), interaction: try interaction(patient),
                denied: .none,
                at: now)
        }
        #expect(try next(nil, at: Fixture.now + 2) == .choosePatient)
        #expect(try next("pat-1", at: Fixture.now + 2) == .consent)
        guard case .refuse(let error) = try next("pat-1", at: Self.until) else {
            Issue.record("it went on")
            return
        }
        #expect(error.code == .accessDenied)
        #expect(try next(nil, at: Self.until) == .consent)
    }
}
