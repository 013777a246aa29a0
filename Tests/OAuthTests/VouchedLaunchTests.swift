import OAuth
import SMART
import Testing

@Suite("An EHR's word for its user (SMART app-launch#launch-app-ehr-launch)")
struct VouchedLaunchTests {
    private static let started = Fixture.now
    private let user = Fixture.user()

    /// A launch that the EHR prepared so many seconds before the app's request.
    private func interaction(
        _ changes: [String: String?] = [:], vouched secondsBefore: Int? = 100
    ) throws -> Interaction {
        let launch = Launch(
            handle: SecretDigest(of: "h"), clientID: "app", account: "u1", context: LaunchContext(patient: "pat-1"),
            expiresAt: Self.started + 200, vouchedAt: secondsBefore.map { Self.started + -$0 })
        return Interaction(
            id: SecretDigest(of: "i"), request: try Fixture.valid(changes), launch: launch, startedAt: Self.started,
            expiresAt: Self.started + 600, browser: nil)
    }

    private func session(of user: User, authenticated: Int) -> Session {
        Session(
            id: SecretDigest(of: "s"), user: user, authenticatedAt: Self.started + authenticated,
            lastSeenAt: Self.started + authenticated)
    }

    /// Who counts as present.
    enum Who: Sendable {
        case nobody
        case session
        case vouched
    }

    @Test(
        "a session counts where it is the same person's or newer than the request; otherwise the EHR's word does",
        arguments: [
            // The session's user, and when signed in; whether the vouched user is disabled.
            (nil, 0, false, .vouched), (nil, 0, true, .nobody),
            ("u1", -9, false, .session), ("u1", 0, false, .session),
            ("u2", -1, false, .vouched), ("u2", 0, false, .session), ("u2", 1, false, .session),
            ("u2", -1, true, .nobody),
        ] as [(String?, Int, Bool, Who)])
    func presence(_ account: String?, _ authenticated: Int, _ isDisabled: Bool, _ who: Who) throws {
        let session = account.map { self.session(of: Fixture.user($0), authenticated: authenticated) }
        let vouched = Fixture.user(disabled: isDisabled)
        let presence = Presence(session, vouched: vouched, in: try interaction())
        switch who {
        case .nobody: #expect(presence == nil)
        case .session: #expect(presence?.session != nil && presence?.session == session)
        case .vouched: #expect(presence == .vouched(vouched, at: Self.started + -100))
        }
    }

    @Test("without the EHR's word there is a session or nobody, whoever the launch is for")
    func notVouched() throws {
        let interaction = try interaction(vouched: nil)
        #expect(!interaction.isVouchedFor)
        #expect(Presence(nil, vouched: nil, in: interaction) == nil)
        #expect(Presence(nil, vouched: user, in: interaction) == nil)
        let other = session(of: Fixture.user("u2"), authenticated: -9)
        #expect(Presence(other, vouched: nil, in: interaction) == .session(other))
    }

    private func next(
        _ interaction: Interaction, _ session: Session? = nil, trusted: Bool = false, disabled: Bool = false
    ) -> AuthorizationStep {
        let vouched = interaction.isVouchedFor ? Fixture.user(disabled: disabled) : nil
        return AuthorizationStep.next(
            for: Fixture.client(trusted: trusted), presence: Presence(session, vouched: vouched, in: interaction),
            interaction: interaction, denied: .none, at: Self.started + 20)
    }

    private func code(_ step: AuthorizationStep) -> OAuthError.Code? {
        if case .refuse(let error) = step { error.code } else { nil }
    }

    @Test("nobody signs in: a trusted app gets its code, another one asks for consent")
    func noSignIn() throws {
        let interaction = try interaction()
        #expect(next(interaction, trusted: true) == .issue(interaction.request.scopes, .trustedApp))
        #expect(next(interaction) == .consent)
        #expect(next(try self.interaction(["prompt": "consent"]), trusted: true) == .consent)
        #expect(next(interaction, trusted: true, disabled: true) == .login)
    }

    // OpenID Core §3.1.2.1
    @Test(
        "prompt=login is a sign-in with us, though the EHR spoke a moment ago", arguments: ["login", "select_account"])
    func promptLogin(_ prompt: String) throws {
        for before in [0, 1, 100] {
            let interaction = try interaction(["prompt": prompt], vouched: before)
            #expect(next(interaction, trusted: true) == .login)
            let fresh = session(of: user, authenticated: 5)
            #expect(next(interaction, fresh, trusted: true) == .issue(interaction.request.scopes, .trustedApp))
            #expect(next(interaction, session(of: user, authenticated: -5), trusted: true) == .login)
            // Whoever else signs in finds the launch to be another's.
            let other = session(of: Fixture.user("u2"), authenticated: 5)
            #expect(code(next(interaction, other, trusted: true)) == .accessDenied)
        }
    }

    // OpenID Core §3.1.2.1
    @Test(
        "max_age counts from the EHR's word",
        arguments: [(119, false), (120, true), (121, true), (0, false)])
    func maxAge(_ seconds: Int, _ isEnough: Bool) throws {
        let interaction = try interaction(["max_age": "\(seconds)"])
        let expected: AuthorizationStep = isEnough ? .issue(interaction.request.scopes, .trustedApp) : .login
        #expect(next(interaction, trusted: true) == expected)
    }

    @Test("prompt=none is answered by the EHR's word, or refused as it would be otherwise")
    func silent() throws {
        let silent = try interaction(["prompt": "none"])
        #expect(next(silent, trusted: true) == .issue(silent.request.scopes, .trustedApp))
        #expect(code(next(silent)) == .consentRequired)
        #expect(code(next(silent, trusted: true, disabled: true)) == .loginRequired)
        #expect(code(next(try interaction(["prompt": "none", "max_age": "10"]), trusted: true)) == .loginRequired)
    }

    @Test("the launch's account is the one that counts, whoever the store says is vouched for")
    func anotherAccount() throws {
        let interaction = try interaction()
        let step = AuthorizationStep.next(
            for: Fixture.client(trusted: true), presence: .vouched(Fixture.user("u2"), at: Self.started),
            interaction: interaction, denied: .none, at: Self.started)
        #expect(code(step) == .accessDenied)
    }
}
