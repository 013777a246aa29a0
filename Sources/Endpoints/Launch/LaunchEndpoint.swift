import ClientKeys
import HTTP
import JSON
import OAuth
import SMART
import Store

package typealias LaunchStores = AuthenticationStores & UserStore & LaunchStore & DenyRuleStore

/// Where an EHR prepares a launch in one call: who, which app, which context; the answer is the URL to open in the browser
/// (SMART app-launch#launch-app-ehr-launch).
package struct LaunchEndpoint: Endpoint {
    private let urls: ServerURLs
    private let styleURL: String
    private let policy: TokenPolicy
    private let stores: any LaunchStores
    private let authenticator: ClientAuthenticator
    private let clock: Clock
    private let secrets: SecretSource

    package init(
        urls: ServerURLs, styleURL: String, policy: TokenPolicy, stores: any LaunchStores, keys: any ClientKeySource,
        clock: @escaping Clock, secrets: SecretSource = .system
    ) {
        self.urls = urls
        self.styleURL = styleURL
        self.policy = policy
        self.stores = stores
        authenticator = ClientAuthenticator(stores: stores, keys: keys, urls: urls)
        self.clock = clock
        self.secrets = secrets
    }

    package func respond(to request: Request) -> Response {
        // No browser calls this: there is no preflight to answer and no origin to allow.
        guard request.method == .post else { return .oauthMethodNotAllowed("POST", for: request) }
        do {
            return try answer(request)
        } catch {
            return .oauth(error, for: request)
        }
    }

    private func answer(_ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        let (parameters, authentication) = try read(request)
        let ehr = try authenticator.client(authentication, for: request, at: now)
        try require(
            ehr.registration.roles.contains(.ehr) && !ehr.registration.isPublic,
            else: .unauthorizedClient("this client is not registered as an EHR"))
        let launch = try LaunchRequest(parameters)

        let user: User? =
            switch launch.user {
            case .username(let name): try stored(stores.user(named: name))
            case .resource(let resource): try stored(stores.user(representedBy: resource))
            }
        let handle = secrets.fresh(.launch)
        let prepared = try launch.prepared(
            for: stored(stores.client(launch.app)), user: user,
            denied: launch.context.patient.map { patient throws(OAuthError) in
                try stored(stores.denyRules(for: launch.app, about: patient, at: now))
            } ?? .none, handle: handle, iss: urls.issuer, styleURL: styleURL, lifetime: policy.launch, vouched: true,
            at: now)

        try stored(stores.add(prepared.launch, at: now))
        var writer = JSONWriter()
        writer.object {
            $0.member("launch", handle.text)
            $0.member("launch_url", prepared.link.url)
            $0.member("iss", urls.issuer)
            $0.member("expires_in", policy.launch)
        }
        return .oauth(writer.bytes, status: 201).remarking("event", "launch_prepared").remarking("client", ehr.id)
            .remarking("app", launch.app)
    }

    /// A form, as every endpoint of OAuth takes it, or a JSON object with the same members.
    private func read(_ request: Request) throws(OAuthError) -> (LaunchParameters, ClientAuthentication) {
        guard request.contentType == "application/json" else {
            let form = try form(of: request)
            if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
            return (.form(form), try ClientAuthentication(request, form))
        }
        guard request.query.isEmpty else { throw .invalidRequest("parameters belong in the body, not in the URL") }
        guard let document = try? JSONDocument(request.body), document.root.kind == .object else {
            throw .invalidRequest("the body must be a JSON object")
        }
        try require(!document.holdsNUL, else: .invalidRequest("the body must hold no NUL"))
        let authentication = ["client_id", "client_secret", "client_assertion", "client_assertion_type"].compactMap {
            name in
            document.root[name]?.string.map { (name: name, value: $0) }
        }
        return (.json(document), try ClientAuthentication(request, Form(authentication)))
    }
}
