import Endpoints
import HTTP
import JSON
import OAuth
import Testing

/// What one of the endpoints of OAuth said.
struct TestAnswer {
    let response: Response
    private let root: JSONValue?

    init(_ response: Response) throws {
        self.response = response
        root = response.body.isEmpty ? nil : try JSONDocument(response.body).root
    }

    var status: Int { response.status }
    var error: String? { self["error"] }
    /// For the app's developer.
    var description: String { self["error_description"] ?? "" }
    /// What our log alone hears.
    var detail: String? { response.remarks.first { "\($0.name)" == "detail" }?.value }
    var retryAfter: String? { response.value(of: "retry-after") }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var members: Set<String> { Set(root?.members.map(\.name) ?? []) }

    subscript(_ member: String) -> String? { root?[member]?.string }
    func number(_ member: String) -> Int? { root?[member]?.integer }
    func flag(_ member: String) -> Bool? { root?[member]?.bool }
}

extension TestHouse {
    enum Door {
        case token
        case introspection
        case revocation
        case launch
    }

    /// A form sent to one of the endpoints, from an address.
    func ask(
        _ door: Door, _ parameters: [String: String?], _ fields: [(name: String, value: String)] = [],
        from address: String = "192.0.2.1"
    ) throws -> TestAnswer {
        let pairs = parameters.sorted { $0.key < $1.key }.compactMap { name, value in value.map { (name, $0) } }
        return try ask(door, TestHouse.post(pairs, fields: fields, from: address))
    }

    func ask(_ door: Door, _ request: Request) throws -> TestAnswer {
        switch door {
        case .token:
            var endpoint = try token()
            return try TestAnswer(endpoint.respond(to: request))
        case .introspection: return try TestAnswer(introspect().respond(to: request))
        case .revocation: return try TestAnswer(revoke().respond(to: request))
        case .launch: return try TestAnswer(launches().respond(to: request))
        }
    }

    /// Redeems a code as the public app does, with some parameters changed or (by `nil`) left out.
    func redeem(
        _ code: String, for client: String = "app", _ changes: [String: String?] = [:],
        _ fields: [(name: String, value: String)] = []
    ) throws -> TestAnswer {
        var parameters: [String: String?] = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": "https://\(client).example/cb",
            "code_verifier": TestHouse.verifier, "client_id": client,
        ]
        parameters.merge(changes) { $1 }
        return try ask(.token, parameters, fields)
    }

    func refresh(
        _ token: String?, _ changes: [String: String?] = [:], _ fields: [(name: String, value: String)] = [],
        from address: String = "192.0.2.1"
    ) throws -> TestAnswer {
        var parameters: [String: String?] = [
            "grant_type": "refresh_token", "refresh_token": token, "client_id": "app",
        ]
        parameters.merge(changes) { $1 }
        return try ask(.token, parameters, fields, from: address)
    }

    func isAlive(_ accessToken: String?) throws -> Bool {
        try store().accessToken(SecretDigest(of: try #require(accessToken)), at: instant, policy: SessionPolicy())
            != nil
    }
}
