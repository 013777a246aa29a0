import HTTP
import OAuth
import SMART
import Service
import Store

package typealias RegisterStores = RegistrationStore & AttemptStore

/// Where apps register themselves (RFC 7591 §3) and manage their registrations (RFC 7592 §2).
package struct RegisterEndpoint: Endpoint {
    private let urls: ServerURLs
    private let mode: Configuration.Registration.Mode
    private let policy: RegistrationPolicy
    private let stores: any RegisterStores
    private let clock: Clock
    private let secrets: SecretSource
    private let path: String

    package init(
        urls: ServerURLs, mode: Configuration.Registration.Mode, policy: RegistrationPolicy, stores: any RegisterStores,
        clock: @escaping Clock, secrets: SecretSource = .system
    ) {
        self.urls = urls
        self.mode = mode
        self.policy = policy
        self.stores = stores
        self.clock = clock
        self.secrets = secrets
        path = AbsoluteURL(urls.registration)?.path ?? ""
    }

    package func respond(to request: Request) -> Response {
        // No browser calls this: there is no preflight to answer and no origin to allow.
        do throws(OAuthError) {
            guard mode != .off else { throw Self.isOff }
            if request.path == path {
                guard request.method == .post else { return .oauthMethodNotAllowed("POST", for: request) }
                return try register(request)
            }
            guard request.path.hasPrefix("\(path)/") else { throw Self.isOff }
            return try manage(String(request.path.dropFirst(path.count + 1)), request)
        } catch {
            return refusal(error, for: request)
        }
    }

    /// How many may register themselves in a day where no token is asked for: so that nobody fills the store.
    package static let dailyLimit = 1000

    private static let isOff = OAuthError(
        .registrationNotSupported, "apps do not register themselves here: ask the hospital to register yours")
}

// RFC 7591 §3
extension RegisterEndpoint {
    private func register(_ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        let token = try initialAccessToken(of: request, at: now)

        let metadata = try ClientMetadata(json: json(of: request))
        let secret = secrets.fresh(.clientSecret)
        let management = secrets.fresh(.registrationAccessToken)
        let client = try metadata.registration(
            id: secrets.identifier(), secret: secret.digest, isVouchedFor: token != nil, policy: policy)

        switch try stored(
            stores.register(
                client, management: management.digest, spending: token,
                dailyLimit: token == nil ? Self.dailyLimit : nil,
                at: now))
        {
        case .registered: break
        case .tokenNotGood: throw try refusedToken(request, at: now)
        case .tooMany:
            throw OAuthError(
                .temporarilyUnavailable, "too many apps have registered today; try again tomorrow, or ask the hospital",
                detail: "daily limit of registrations", retryAfter: 3600)
        }
        let information = ClientInformation(
            client, issuedAt: now, management: management, url: url(of: client), secret: secret)
        return .oauth(information.json, status: 201).remarking("event", "client_registered")
            .remarking("client", client.id).remarking("approval", client.approval.rawValue)
    }

    /// What lets the client register: `nil` where nothing is asked for, and then each registration counts, be it good or bad.
    private func initialAccessToken(of request: Request, at now: Instant) throws(OAuthError) -> SecretDigest? {
        guard mode == .token else {
            let delay = try stored(stores.begin(Attempt.registration(from: request.remoteAddress), at: now))
            guard delay == 0 else {
                throw OAuthError(
                    .temporarilyUnavailable, "too many registrations from this address; try again in \(delay) s",
                    detail: "throttled", retryAfter: delay, isThrottled: true)
            }
            return nil
        }
        let token = try bearer(of: request).digest
        guard try stored(stores.isGood(initialAccessToken: token, at: now)) else {
            throw try refusedToken(request, at: now)
        }
        return token
    }
}

// RFC 7592 §2
extension RegisterEndpoint {
    private func manage(_ id: String, _ request: Request) throws(OAuthError) -> Response {
        switch request.method {
        case .get: try read(id, request)
        case .put: try update(id, request)
        case .delete: try delete(id, request)
        default: .oauthMethodNotAllowed("GET, PUT, DELETE", for: request)
        }
    }

    private func read(_ id: String, _ request: Request) throws(OAuthError) -> Response {
        let management = try bearer(of: request)
        let client = try managed(id, by: management, request)
        return information(client, client.registration, management)
    }

    private func update(_ id: String, _ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        let management = try bearer(of: request)
        var client = try managed(id, by: management, request)
        let update = try ClientUpdate(json: json(of: request))
        // What an administrator changes in the same moment is read again.
        for _ in 0..<3 {
            let updated = try update.applied(to: client.registration, policy: policy, at: now)
            if try stored(stores.replace(client.registration, with: updated, at: now)) {
                return information(client, updated, management).remarking("event", "client_updated")
                    .remarking("approval", updated.approval.rawValue)
            }
            client = try managed(id, by: management, request)
        }
        throw .unavailable(detail: "a registration changed under three reads")
    }

    private func delete(_ id: String, _ request: Request) throws(OAuthError) -> Response {
        let client = try managed(id, by: bearer(of: request), request)
        // RFC 7592 §2.3: its grants end, and with them its tokens.
        _ = try stored(stores.delete(client: client.registration.id, at: clock()))
        return Response(status: 204, fields: [("Cache-Control", "no-store"), ("Pragma", "no-cache")])
            .remarking("event", "client_deleted").remarking("client", client.registration.id)
    }

    /// RFC 7592 §2.1: an unknown client, one that has no such token and another client's token are all the same refusal.
    private func managed(
        _ id: String, by management: Secret, _ request: Request
    ) throws(OAuthError) -> RegisteredClient {
        guard let client = try stored(stores.client(id, managedBy: management.digest)) else {
            throw try refusedToken(request, at: clock())
        }
        return client
    }

    private func information(
        _ client: RegisteredClient, _ registration: ClientRegistration, _ management: Secret
    ) -> Response {
        let information = ClientInformation(
            registration, issuedAt: client.issuedAt, management: management, url: url(of: registration))
        return .oauth(information.json).remarking("client", registration.id)
    }

    private func url(of client: ClientRegistration) -> String { "\(urls.registration)/\(client.id)" }
}

extension RegisterEndpoint {
    /// RFC 7591 §3.1
    private func json(of request: Request) throws(OAuthError) -> [UInt8] {
        try require(
            request.contentType == "application/json", else: .invalidRequest("the body must be application/json"))
        return request.body
    }

    /// RFC 6750 §2.1
    private func bearer(of request: Request) throws(OAuthError) -> Secret {
        guard case .bearer(let text) = request.credentials else { throw Self.missingToken }
        return Secret(received: text)
    }

    private static let missingToken = OAuthError(.invalidToken, "this needs a token: Authorization: Bearer ...")

    /// A token that nobody has, and whoever tries many of them waits.
    private func refusedToken(_ request: Request, at now: Instant) throws(OAuthError) -> OAuthError {
        OAuthError(.invalidToken, "the token is unknown, expired or used up")
            .throttled(for: try stored(stores.begin(Attempt.token(from: request.remoteAddress), at: now)))
    }

    private func refusal(_ error: OAuthError, for request: Request) -> Response {
        if error.code == .registrationNotSupported {
            return .oauth(error.json, status: 404).refusing(error)
        }
        var response = Response.oauth(error, for: request)
        guard error.code == .invalidToken, error.status == 401 else { return response }
        // RFC 6750 §3.1: who brought no token is told no error code.
        let code = error == Self.missingToken ? [] : [(name: "error", value: error.code.rawValue)]
        response.set("WWW-Authenticate", to: Challenge("Bearer", [("realm", urls.issuer)] + code).field)
        return response
    }
}
