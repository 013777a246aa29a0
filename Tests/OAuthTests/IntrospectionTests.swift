import JSON
import OAuth
import SMART
import Testing

@Suite("RFC 7662 introspection")
struct IntrospectionTests {
    private func token(
        of client: String = "app", scopes: String = "openid fhirUser patient/*.rs", user: User? = Fixture.user(),
        context: LaunchContext = LaunchContext(patient: "p1", encounter: "e1", needPatientBanner: true),
        consent: String? = nil
    ) -> ActiveToken {
        ActiveToken(
            grantID: "g", clientID: client, user: user, context: context, scopes: ScopeSet(scopes),
            fhirBase: "https://h.example/fhir", issuedAt: Fixture.now, expiresAt: Fixture.now + 900, consent: consent)
    }

    // RFC 7662 §2.1; SMART token-introspection#authorization-to-perform-token-introspection
    @Test("whose tokens a client that proved itself hears of")
    func clients() throws {
        let secret = ClientAuthenticationMethod.secret(
            [ClientSecret(digest: SecretDigest(of: "s"))], isTakenFromBody: true)
        let sent = try ClientAuthentication(.init(method: .post, path: "/"), .init("client_id=app&client_secret=s"))
        func caller(_ roles: Set<ClientRegistration.Role>) throws -> IntrospectionCaller {
            try IntrospectionCaller(
                Fixture.client(authentication: secret, roles: roles).authenticated(by: sent, at: Fixture.now))
        }
        for roles in [[], [.ehr]] as [Set<ClientRegistration.Role>] {
            let caller = try caller(roles)
            #expect(caller.mayHear(of: "app") && !caller.mayHear(of: "other"))
        }
        let server = try caller([.resourceServer])
        #expect(server.mayHear(of: "app") && server.mayHear(of: "other"))
        #expect(server.clientID == "app")
        let error = try #require(throws: OAuthError.self) {
            try IntrospectionCaller(Fixture.proven(Fixture.client(roles: [.resourceServer])))
        }
        #expect(error.code == .invalidClient)
    }

    @Test(
        "whose tokens the bearer of a token hears of",
        arguments: [
            ("patient/*.rs", false), ("system/*.rs", false), ("__introspect", true), ("system/*.rs __introspect", true),
            ("__introspection", false), ("__Introspect", false), ("https://h.example/__introspect", false),
        ])
    func bearers(_ scopes: String, _ mayAskAboutAll: Bool) {
        let backend = ActiveToken(
            grantID: "g", clientID: "app", user: nil, context: LaunchContext(), scopes: ScopeSet(scopes),
            fhirBase: Fixture.base.description, issuedAt: Fixture.now, expiresAt: Fixture.now + 300)
        let caller = IntrospectionCaller(bearing: backend)
        #expect(caller.mayHear(of: "app"))
        #expect(caller.mayHear(of: "other") == mayAskAboutAll)
        // A person's token is about that person's access alone, whatever its scopes are.
        #expect(!IntrospectionCaller(bearing: token(scopes: scopes)).mayHear(of: "other"))
    }

    private func json(_ response: IntrospectionResponse) -> String { String(decoding: response.json, as: UTF8.self) }

    // RFC 7662 §2.2: further members are the service's own.
    @Test("a token that reaches many says whose records are denied to it, for no scope can")
    func denied() throws {
        let denied = DenyRules([DenyRule(patient: "p1"), DenyRule(patient: "p2", "Observation")])
        let service = ActiveToken(
            grantID: "g", clientID: "app", user: nil, context: LaunchContext(), scopes: ScopeSet("system/*.rs"),
            fhirBase: "https://h.example/fhir", issuedAt: Fixture.now, expiresAt: Fixture.now + 900)
        let told = json(.active(try #require(service.limited(by: denied)), issuer: Fixture.base))
        #expect(
            told.contains(
                #""extensions":{"vestibule_denied":[{"patient":"https://h.example/fhir/Patient/p1","scope":"patient/*.cruds"}"#
            ))
        #expect(told.contains(#"/Patient/p2","scope":"patient/Observation.cruds"}]"#))
        #expect(!json(.active(service, issuer: Fixture.base)).contains("extensions"))
    }

    @Test("a patient's own consent is named as IHE's Privacy Consent on FHIR names it, and nobody else's is")
    func privacyConsent() throws {
        let patient = User(
            id: "m", subject: "s", name: "Maja", fhirUser: FHIRUser("Patient/p1"), access: .none)
        let base = Fixture.base.description
        let told = json(.active(token(user: patient, consent: "c1"), issuer: Fixture.base))
        #expect(
            told.contains(
                #""extensions":{"ihe_pcf":{"patient_id":"\#(base)/Patient/p1","doc_id":"\#(base)/Consent/\#(Consent.resourceID(of: "c1"))"}}"#
            ))
        // A clinician's allowance is no patient's consent; what rests on the site's policy has none.
        for other in [token(consent: "c1"), token(user: patient)] {
            #expect(!json(.active(other, issuer: Fixture.base)).contains("extensions"))
        }
    }

    // RFC 7662 §2.2; SMART token-introspection#required-fields-in-the-introspection-response
    @Test("an active token is told with its scopes, its person and its context, as the token response told them")
    func active() {
        #expect(
            json(.active(token(), issuer: Fixture.base)) == """
                {"active":true,"scope":"openid fhirUser patient/*.rs","client_id":"app","token_type":"Bearer",\
                "iat":1800000000,"exp":1800000900,"iss":"https://h.example/fhir","sub":"sub-u1",\
                "aud":"https://h.example/fhir","fhirUser":"https://h.example/fhir/Practitioner/p1","patient":"p1",\
                "encounter":"e1","need_patient_banner":true}
                """)
    }

    @Test("who the person is comes with openid and fhirUser alone")
    func identity() throws {
        func members(_ scopes: String, user: User? = Fixture.user()) throws -> [Bool] {
            let root = try JSONDocument(
                IntrospectionResponse.active(token(scopes: scopes, user: user), issuer: Fixture.base).json
            ).root
            return ["sub", "fhirUser"].map { root[$0] != nil }
        }
        #expect(try members("patient/*.rs") == [false, false])
        #expect(try members("openid patient/*.rs") == [true, false])
        #expect(try members("fhirUser patient/*.rs") == [false, true])
        #expect(try members("openid fhirUser", user: Fixture.user(fhirUser: nil)) == [true, false])
        #expect(try members("openid fhirUser", user: nil) == [false, false])
    }

    @Test("a backend's token is nobody's")
    func backend() {
        let token = token(scopes: "system/*.rs", user: nil, context: LaunchContext())
        #expect(
            json(.active(token, issuer: Fixture.base)) == """
                {"active":true,"scope":"system/*.rs","client_id":"app","token_type":"Bearer","iat":1800000000,\
                "exp":1800000900,"iss":"https://h.example/fhir","aud":"https://h.example/fhir"}
                """)
        #expect(token.access == .none && token.fhirUser == nil && token.patient == nil)
    }

    @Test("a refresh token says whose it is, and no type of token that a FHIR server would take")
    func refreshToken() {
        let token = RefreshToken(
            digest: SecretDigest(of: "r"), authorization: Fixture.authorization(), expiresAt: Fixture.now + 60)
        #expect(
            json(.activeRefreshToken(token, issuer: Fixture.base, at: Fixture.now)) == """
                {"active":true,"scope":"openid fhirUser patient/*.rs","client_id":"app","exp":1800000060,\
                "iss":"https://h.example/fhir"}
                """)
    }

    @Test("everything else is one word")
    func inactive() {
        #expect(json(.inactive) == #"{"active":false}"#)
    }

    @Test(
        "a use is noted once an hour, in a session once a minute",
        arguments: [
            // Seconds since the last note, and since the session's; whether it is worth another.
            (nil, nil, true), (3599, nil, false), (3600, nil, true), (0, 59, false), (0, 60, true), (3600, 0, true),
            (nil, 0, true),
        ] as [(Int?, Int?, Bool)])
    func notes(_ used: Int?, _ seen: Int?, _ wants: Bool) {
        let session = seen.map {
            OnlineSession(
                id: SecretDigest(of: "s"), lastSeenAt: Fixture.now + -$0, expiresAt: Fixture.now + 43_200)
        }
        let token = ActiveToken(
            grantID: "g", clientID: "app", user: Fixture.user(), context: LaunchContext(), scopes: ScopeSet("openid"),
            fhirBase: "b", issuedAt: Fixture.now, expiresAt: Fixture.now + 900, session: session,
            lastUsedAt: used.map { Fixture.now + -$0 })
        #expect(token.wantsTouch(at: Fixture.now) == wants)
    }
}
