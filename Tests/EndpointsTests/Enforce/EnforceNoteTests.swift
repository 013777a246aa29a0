import HTTP
import OAuth
import SMART
import Store
import Testing

// Requirement 207
@Suite("What the enforcer notes of a token's use")
struct EnforceNoteTests {
    private static func site(
        seen secondsAgo: Int? = nil, used: Int? = nil, scopes: String = "patient/*.rs"
    ) -> Site {
        var site = Site(LyingServer(#"{"resourceType":"Patient","id":"kermit"}"#), scopes: scopes)
        let now = Instant(site.now)
        site.store.tokens["good"] = site.store.tokens["good"].map { token in
            ActiveToken(
                grantID: "g7", clientID: token.clientID, user: token.user, context: token.context,
                scopes: token.scopes, fhirBase: token.fhirBase, issuedAt: token.issuedAt, expiresAt: token.expiresAt,
                session: secondsAgo.map {
                    OnlineSession(id: SecretDigest(of: "s"), lastSeenAt: now + -$0, expiresAt: now + 600)
                }, lastUsedAt: used.map { now + -$0 })
        }
        return site
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token
    @Test(
        "a read keeps its session awake, once a minute; without a session it is noted once an hour",
        arguments: [
            (nil, nil, 1), (nil, 3599, 0), (nil, 3600, 1), (59, 0, 0), (60, 0, 1), (59, nil, 1),
        ] as [(Int?, Int?, Int)])
    func reads(_ seen: Int?, _ used: Int?, _ notes: Int) throws {
        let site = Self.site(seen: seen, used: used)
        #expect(try site.answer(.get, "/fhir/Patient/kermit").status == 200)
        #expect(site.store.notes.all.count == notes)
        for note in site.store.notes.all {
            #expect(note.grant == "g7")
            #expect(note.session == seen.map { _ in SecretDigest(of: "s") })
            #expect(note.at == Instant(site.now) && note.policy.idle == SessionPolicy().idle)
        }
    }

    @Test("what is refused is no use, and neither is what needs no token")
    func refused() throws {
        let site = Self.site(seen: 600)
        let asked: [(method: Request.Method, target: String, token: String?, status: Int)] = [
            (.delete, "/fhir/Patient/kermit", "good", 403), (.get, "/fhir/Patient/kermit", nil, 401),
            (.get, "/fhir/Patient/kermit", "unknown", 401),
            (.get, "/fhir/Patient/kermit?access_token=good", "good", 400),
            (.get, "/fhir/metadata", "good", 200),
        ]
        for (method, target, token, status) in asked {
            #expect(try site.answer(method, target, token: token).status == status)
        }
        #expect(site.store.notes.all.isEmpty)
    }

    @Test("what is handed on is a use, too")
    func handedOn() throws {
        let site = Self.site(seen: 60, used: 0, scopes: "system/*.cruds")
        let response = try site.answer(.put, "/fhir/Observation/1")
        #expect(response.value(of: "X-Accel-Redirect") != nil)
        #expect(site.store.notes.all.count == 1)
    }

    @Test("a note that cannot be kept just now refuses nobody")
    func lost() throws {
        let site = Self.site(seen: 60)
        site.store.notes.isFull = true
        #expect(try site.answer(.get, "/fhir/Patient/kermit").status == 200)
    }
}
