import JOSE
import JSON
import OAuth
import SMART
import Testing

/// Registration requests, each with one thing changed.
enum Registering {
    static let ceiling =
        "openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.rs "
        + "user/*.rs system/Observation.rs"
    static let policy = RegistrationPolicy(ceiling: ScopeSet(ceiling), approvesPatientApps: true)
    static let secret = SecretDigest(of: "the secret")

    /// A public key set, made once.
    static let jwks: String = {
        guard let key = try? SigningKey.generate(for: .es384) else { preconditionFailure("no key could be made") }
        var jwk = key.publicKey
        jwk.kid = "k1"
        return #"{"keys":[\#(String(decoding: jwk.bytes, as: UTF8.self))]}"#
    }()

    static let usual: [(name: String, json: String)] = [
        ("redirect_uris", #"["https://app.example/cb"]"#), ("client_name", #""Growth Chart""#),
        ("token_endpoint_auth_method", #""none""#), ("scope", #""openid launch/patient patient/Observation.rs""#),
    ]
    static let backend: [(name: String, json: String)] = [
        ("grant_types", #"["client_credentials"]"#), ("token_endpoint_auth_method", #""private_key_jwt""#),
        ("jwks", jwks), ("scope", #""system/Observation.rs""#),
    ]

    /// The members with some replaced, added or (by `nil`) left out.
    static func body(_ members: [(name: String, json: String)] = usual, _ changes: [String: String?] = [:]) -> [UInt8] {
        let kept = members.filter { !changes.keys.contains($0.name) }
        let added = changes.sorted { $0.key < $1.key }.compactMap { name, json in json.map { (name, $0) } }
        let text = (kept + added).map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",")
        return Array("{\(text)}".utf8)
    }

    static func registration(
        _ members: [(name: String, json: String)] = usual, _ changes: [String: String?] = [:],
        isVouchedFor: Bool = false, policy: RegistrationPolicy = policy
    ) throws(OAuthError) -> ClientRegistration {
        try ClientMetadata(json: body(members, changes)).registration(
            id: "id-1", secret: secret, isVouchedFor: isVouchedFor, policy: policy)
    }

    static func refusal(
        _ members: [(name: String, json: String)] = usual, _ changes: [String: String?]
    ) throws -> OAuthError {
        try #require(throws: OAuthError.self) { try registration(members, changes) }
    }

    static func information(_ client: ClientRegistration, secret: Secret? = nil) throws -> JSONValue {
        let information = ClientInformation(
            client, issuedAt: Fixture.now, management: Secret(received: "managing"),
            url: "https://h.example/oauth2/register/id-1", secret: secret)
        return try JSONDocument(information.json).root
    }
}
