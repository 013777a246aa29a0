import HTTP
import OAuth
import SMART
import Store

/// For the developers of apps: launch URLs, what a token is, failures to try. There is no such page but in demo mode.
extension PortalEndpoint {
    func developerPage(_ request: Request) throws(OAuthError) -> Response {
        let visitor = try visitor(of: request)
        guard let desk, let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?next=developer") }
        return try developerPage(desk, visitor, session)
    }

    /// The page's forms.
    func develop(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let desk, let session = visitor.session else { return .seeOther("\(urls.portal)/sign-in?next=developer") }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try developerPage(desk, visitor, session, notice: .formExpired, status: 403)
        }
        switch form["do"] {
        case "launch": return try launchURL(form, desk, visitor, session)
        case "inspect": return try inspect(form, desk, visitor, session)
        case "simulate":
            guard let kind = form["kind"].flatMap(Simulation.Kind.init(rawValue:)), let client = try app(form) else {
                return try developerPage(desk, visitor, session, notice: .notPossible, status: 400)
            }
            try stored(desk.stores.add(Simulation(clientID: client.id, kind: kind), at: clock()))
            return try developerPage(desk, visitor, session, notice: .waiting(client.name))
                .remarking("event", "simulation").remarking("client", client.id)
        case "end":
            guard let point = form["point"].flatMap(Simulation.Point.init(rawValue:)), let client = try app(form) else {
                return try developerPage(desk, visitor, session, notice: .notPossible, status: 400)
            }
            try stored(desk.stores.end(simulationAt: point, of: client.id))
            return try developerPage(desk, visitor, session, notice: .ended(client.name))
        default:
            return try developerPage(desk, visitor, session, notice: .notPossible, status: 400)
        }
    }

    /// A launch of one's own, as the portal makes it, with its URL to copy.
    private func launchURL(
        _ form: Form, _ desk: DeveloperDesk, _ visitor: BrowserSession, _ session: Session
    ) throws(OAuthError) -> Response {
        let patient = form["patient"]
        guard let client = try app(form), let launchURL = client.launchURLs.first,
            patient.map({ session.user.effectiveAccess(at: clock()).includes(patient: $0) }) ?? true
        else { return try developerPage(desk, visitor, session, notice: .notPossible, status: 400) }
        let now = clock()
        let handle = secrets.fresh(.launch)
        let context = LaunchContext(patient: patient, needPatientBanner: true, smartStyleURL: urls.url(of: site.style))
        try stored(
            stores.add(
                Launch(
                    handle: handle.digest, clientID: client.id, account: session.user.id, context: context,
                    expiresAt: now + policy.launch), at: now))
        let link = LaunchLink(to: launchURL, iss: urls.issuer, handle: handle).url
        return try developerPage(desk, visitor, session, launch: (client.name, link))
            .remarking("event", "launched").remarking("client", client.id)
    }

    private func inspect(
        _ form: Form, _ desk: DeveloperDesk, _ visitor: BrowserSession, _ session: Session
    ) throws(OAuthError) -> Response {
        let token = (form["token"] ?? "").filter { !$0.isWhitespace }
        guard !token.isEmpty else { return try developerPage(desk, visitor, session, notice: .noToken, status: 400) }
        let typed = form["request"] ?? ""
        var (asked, problem): (FHIRRequest?, String?) = (nil, nil)
        do {
            asked = try FHIRRequest.typed(typed, under: urls.fhirBase)
            if asked == nil, !typed.isEmpty { problem = "a request is written as GET /Observation?code=x" }
        } catch {
            problem = "refused with \(error.status) before any rule: \(error.text)"
        }
        let report = try desk.report(on: token, asked: asked, at: clock())
        return try developerPage(desk, visitor, session, report: report, typed: typed, problem: problem)
    }

    private func app(_ form: Form) throws(OAuthError) -> ClientRegistration? {
        guard let id = form["client"] else { return nil }
        return try stored(stores.client(id)).flatMap { $0.isUsable ? $0 : nil }
    }

    private func developerPage(
        _ desk: DeveloperDesk, _ visitor: BrowserSession, _ session: Session, notice: DeveloperPage.Notice? = nil,
        launch: (app: String, url: String)? = nil, report: TokenReport? = nil, typed: String = "",
        problem: String? = nil, status: Int = 200
    ) throws(OAuthError) -> Response {
        let now = clock()
        let clients = try stored(stores.clients()).filter(\.isUsable)
        let page = DeveloperPage(
            site: site, visitor: shown(visitor, session), issuer: urls.issuer,
            apps: clients.filter { !$0.roles.contains(.resourceServer) && !$0.roles.contains(.ehr) }.map { client in
                DeveloperPage.App(id: client.id, name: client.name, launchURL: client.launchURLs.first)
            },
            simulations: try stored(desk.stores.simulations(at: now)), launch: launch, report: report, typed: typed,
            requestProblem: problem, notice: notice, launchLifetime: policy.launch, now: now)
        return .page(page.render(), status: status)
    }
}
