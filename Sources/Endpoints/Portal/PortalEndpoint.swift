import HTTP
import JOSE
import OAuth
import SMART
import Service
import Store

package typealias PortalStores = ClientStore & AccountStore & UserStore & AttemptStore & SessionStore & InteractionStore
    & LaunchStore & GrantStore & ConsentStore & AuditStore & AccountingStore & DenyRuleStore & EmergencyStore
    & SecondFactorStore & HelpDeskStore & OwnDirectiveStore

/// The people's pages: sign in, pick a patient, say yes or no, launch an app.
///
/// Each page does one thing, stores it and goes back to the authorization endpoint or the portal; none issues a code.
package struct PortalEndpoint: Endpoint {
    let urls: ServerURLs
    /// In the language of the request that is answered.
    private(set) var site: Site
    let policy: TokenPolicy
    let sessionPolicy: SessionPolicy
    let stores: any PortalStores
    let directory: any PatientDirectory
    let hashing: Turnstile
    let secondFactorPolicy: SecondFactorPolicy
    /// Reads the key that second factors are sealed under: whoever has none asks nobody for it.
    let totpKey: @Sendable () throws(ConfigurationError) -> [UInt8]
    let demoAccounts: [DemoAccount]
    let frames: [FrameOrigin]
    /// The seconds for which a record may be opened in an emergency at most; `nil` where that is not offered.
    let longestEmergency: Int?
    /// Whether patients may say here what no app may see; what is said already they see, and take back, in any case.
    let offersLimits: Bool
    /// In demo mode alone: without it there is no developer page.
    let desk: DeveloperDesk?
    let clock: Clock
    let secrets: SecretSource

    /// - Parameter hashing: shared by all workers, for one password hash takes 32 MiB.
    package init(
        urls: ServerURLs, site: Site, policy: TokenPolicy, sessionPolicy: SessionPolicy, stores: any PortalStores,
        directory: any PatientDirectory, hashing: Turnstile, secondFactorPolicy: SecondFactorPolicy = .optional,
        totpKey: @escaping @Sendable () throws(ConfigurationError) -> [UInt8], demoAccounts: [DemoAccount] = [],
        frames: [FrameOrigin] = [], longestEmergency: Int? = nil,
        offersLimits: Bool = false, desk: DeveloperDesk? = nil, clock: @escaping Clock,
        secrets: SecretSource = .system
    ) {
        self.urls = urls
        self.site = site
        self.policy = policy
        self.sessionPolicy = sessionPolicy
        self.stores = stores
        self.directory = directory
        self.hashing = hashing
        self.secondFactorPolicy = secondFactorPolicy
        self.totpKey = totpKey
        self.demoAccounts = demoAccounts
        self.frames = frames
        self.longestEmergency = longestEmergency
        self.offersLimits = offersLimits
        self.desk = desk
        self.clock = clock
        self.secrets = secrets
    }

    package func respond(to request: Request) -> Response {
        var endpoint = self
        endpoint.site = site.speaking(to: request)
        return endpoint.answer(request)
    }

    private func answer(_ request: Request) -> Response {
        do {
            return try page(request)
        } catch {
            let words: ErrorPage.Words = error.code == .temporarilyUnavailable ? .unavailable : .refused
            return problem(words, error, status: error.code == .temporarilyUnavailable ? 503 : 400, request)
        }
    }

    private func page(_ request: Request) throws(OAuthError) -> Response {
        switch (request.path, request.method) {
        case ("/portal", .get), ("/portal/", .get): try home(request)
        case ("/portal", .post): try search(request)
        case ("/portal/launch", .post): try launch(request)
        case ("/portal/sign-in", .get): try signInPage(request)
        case ("/portal/sign-in", .post): try signIn(request)
        case ("/portal/sign-out", .post): try signOut(request)
        case ("/portal/signed-out", .get): .page(SignedOutPage(site: site).render())
        case ("/portal/patient", .get): try patientPage(request)
        case ("/portal/patient", .post): try choosePatient(request)
        case ("/portal/encounter", .get): try encounterPage(request)
        case ("/portal/encounter", .post): try chooseEncounter(request)
        case ("/portal/apps", .get): try appsPage(request)
        case ("/portal/apps", .post): try endAccess(request)
        case (NarrowingPage.path, .get): try narrowingPage(request)
        case (NarrowingPage.path, .post): try narrow(request)
        case ("/portal/activity", .get): try activityPage(request)
        case (LimitsPage.path, .get): try limitsPage(request)
        case (LimitsPage.path, .post): try limit(request)
        case ("/portal/sessions", .get): try sessionsPage(request)
        case ("/portal/sessions", .post): try endSessions(request)
        case (EmergencyPage.path, .get): try emergencyPage(request)
        case (EmergencyPage.path, .post): try beginEmergency(request)
        case (EmergencyPage.endPath, .post): try endEmergency(request)
        case (HelpDeskPage.path, .get): try helpDesk(request)
        case (HelpDeskPage.path, .post): try findCallers(request)
        case (HelpDeskPage.personPath, .post): try helpPerson(request)
        case ("/portal/second-step", .get): try secondStepPage(request)
        case ("/portal/second-step", .post): try takeSecondStep(request)
        case (SecondFactorPage.path, .get): try secondFactorPage(request)
        case (SecondFactorPage.path, .post): try changeSecondFactor(request)
        case ("/portal/consent", .get): try consentPage(request)
        case ("/portal/consent", .post): try decide(request)
        case (DeveloperPage.path, .get) where desk != nil: try developerPage(request)
        case (DeveloperPage.path, .post) where desk != nil: try develop(request)
        case (DeveloperPage.path, _) where desk != nil: .methodNotAllowed("GET, POST")
        case (site.stylesheet.path, .get), (site.stylesheet.path, .head): stylesheet
        case (site.logo?.path, .get), (site.logo?.path, .head):
            site.logo?.response ?? problem(.notFound, nil, status: 404, request)
        case (site.style.path, .get), (site.style.path, .head): style
        case ("/portal/", _), ("/portal/activity", _), ("/portal/signed-out", _), (site.stylesheet.path, _),
            (site.logo?.path, _), (site.style.path, _):
            .methodNotAllowed("GET")
        case ("/portal/launch", _), ("/portal/sign-out", _), (EmergencyPage.endPath, _), (HelpDeskPage.personPath, _):
            .methodNotAllowed("POST")
        case ("/portal", _), ("/portal/sign-in", _), ("/portal/patient", _), ("/portal/encounter", _),
            ("/portal/consent", _), ("/portal/apps", _), ("/portal/sessions", _), (NarrowingPage.path, _),
            (EmergencyPage.path, _), ("/portal/second-step", _), (SecondFactorPage.path, _), (HelpDeskPage.path, _),
            (LimitsPage.path, _):
            .methodNotAllowed("GET, POST")
        default:
            problem(.notFound, nil, status: 404, request)
        }
    }

    /// New content has a new address, so it may be kept for ever.
    private var stylesheet: Response {
        Response(
            status: 200,
            fields: [
                ("Content-Type", "text/css; charset=utf-8"),
                ("Cache-Control", "public, max-age=31536000, immutable"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: site.stylesheet.bytes)
    }

    /// The look of our pages for apps that want to resemble them, readable by any of their pages
    /// (SMART scopes-and-launch-context#styling).
    private var style: Response {
        var response = Response.json(site.style.bytes)
        response.set("Cache-Control", to: "public, max-age=31536000, immutable")
        response.set("X-Content-Type-Options", to: "nosniff")
        return CORS(.any, methods: "GET, HEAD").allowing(response)
    }

    // MARK: What every page needs

    var today: CalendarDate { CalendarDate(secondsSince1970: clock().seconds) }

    func visitor(of request: Request) throws(OAuthError) -> BrowserSession {
        try BrowserSession(request, sessions: stores, policy: sessionPolicy, at: clock())
    }

    /// Whoever is not signed in does that first, and comes back.
    func signInFirst(_ destination: SignInPage.Destination) -> Response {
        .seeOther("\(urls.portal)/sign-in?next=\(destination.rawValue)")
    }

    /// Whether a POST comes from one of our own pages in this browser.
    func isOurs(_ form: Form, _ request: Request, token: String?) -> Bool {
        BrowserSession.isOurs(form, request, origin: urls.origin, token: token)
    }

    /// What the page frame shows of a signed-in person.
    func shown(_ visitor: BrowserSession, _ session: Session) -> Visitor {
        Visitor(name: session.user.name, csrf: visitor.formToken ?? "")
    }

    /// What the page frame shows of a person in the middle of an authorization.
    func shown(_ visit: Visit, _ presence: Presence) throws(OAuthError) -> Visitor {
        Visitor(
            name: presence.user.name, csrf: try formToken(of: visit),
            canSignOut: visit.visitor.session != nil && !visit.isFramed)
    }
}
