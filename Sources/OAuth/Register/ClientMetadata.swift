import HTTP
import JSON

/// What a client says about itself when it registers (RFC 7591 §2), as sent: read and bounded, and nothing of it proven.
package struct ClientMetadata: Sendable {
    package let redirectURIs: [String]
    /// `token_endpoint_auth_method`
    package let authenticationMethod: String?
    /// `token_endpoint_auth_signing_alg` (OpenID Registration §2)
    package let signingAlgorithm: String?
    package let grantTypes: [String]?
    package let responseTypes: [String]?
    package let scope: String?
    package let name: String?
    package let keys: KeyMember?
    /// `application_type` (OpenID Registration §2)
    package let applicationType: String?
    /// `initiate_login_uri`: where an EHR launch sends the browser. OpenID Registration §2 has this name for the page at
    /// which others begin a sign-in with `iss`, which is what a SMART launch does.
    package let launchURL: String?
    package let presentation: ClientPresentation

    package enum KeyMember: Sendable, Equatable {
        case jwks([UInt8])
        case jwksURI(String)
    }

    /// Bytes of one text; a URL longer than this is cut by browsers and proxies.
    static let textLimit = 2048
    /// Members of one list.
    static let listLimit = 20

    /// Reads the body of a registration request (RFC 7591 §3.1). Members that are not understood are ignored (RFC 7591 §2).
    package init(json body: [UInt8]) throws(OAuthError) {
        try self.init(Self.object(body))
    }

    init(_ sent: JSONValue) throws(OAuthError) {
        // RFC 7591 §3.1.1: what an authority vouches for is not taken for what the client itself says.
        try require(
            sent.given("software_statement") == nil,
            else: OAuthError(
                .invalidSoftwareStatement, "software statements are not supported: send the metadata itself"))
        redirectURIs = try sent.texts("redirect_uris", refusedAs: .invalidRedirectURI) ?? []
        authenticationMethod = try sent.text("token_endpoint_auth_method")
        signingAlgorithm = try sent.text("token_endpoint_auth_signing_alg")
        grantTypes = try sent.texts("grant_types")
        responseTypes = try sent.texts("response_types")
        scope = try sent.text("scope", limit: 8192)
        name = try sent.text("client_name")
        keys = try sent.keys()
        applicationType = try sent.text("application_type")
        launchURL = try sent.text("initiate_login_uri")
        presentation = ClientPresentation(
            organization: try sent.word("organization_name"), clientURI: try sent.page("client_uri"),
            logoURI: try sent.page("logo_uri"),
            policyURI: try sent.page("policy_uri"), termsURI: try sent.page("tos_uri"),
            contacts: try sent.contacts(), softwareID: try sent.word("software_id"),
            softwareVersion: try sent.word("software_version"))
    }

    static func object(_ body: [UInt8]) throws(OAuthError) -> JSONValue {
        let document = try require(
            try? JSONDocument(body, depthLimit: 16),
            else: .invalidRequest("the body is not valid JSON, or names a member twice"))
        try require(document.root.kind == .object, else: .invalidRequest("the body must be a JSON object"))
        try require(!document.holdsNUL, else: .invalidRequest("the body must hold no NUL"))
        return document.root
    }
}

extension OAuthError {
    static func invalidClientMetadata(_ description: String) -> OAuthError {
        OAuthError(.invalidClientMetadata, description)
    }
}

extension JSONValue {
    /// A member that says something: RFC 7592 §2.2 takes null and empty values for members that are left out.
    fileprivate func given(_ name: String) -> JSONValue? {
        guard let value = self[name] else { return nil }
        switch value.kind {
        case .null: return nil
        case .string: return value.equals("") ? nil : value
        case .array: return value.count == 0 ? nil : value
        case .object, .number, .boolean: return value
        }
    }

    fileprivate func text(_ name: String, limit: Int = ClientMetadata.textLimit) throws(OAuthError) -> String? {
        guard let value = given(name) else { return nil }
        let text = try require(value.string, else: .invalidClientMetadata("\(name) must be a string"))
        try require(text.utf8.count <= limit, else: .invalidClientMetadata("\(name) is longer than \(limit) bytes"))
        return text
    }

    fileprivate func texts(
        _ name: String, refusedAs code: OAuthError.Code = .invalidClientMetadata
    ) throws(OAuthError) -> [String]? {
        guard let value = given(name) else { return nil }
        try require(value.kind == .array, else: OAuthError(code, "\(name) must be an array of strings"))
        try require(
            value.count <= ClientMetadata.listLimit,
            else: OAuthError(code, "\(name) has more than \(ClientMetadata.listLimit) members"))
        var texts: [String] = []
        for element in value.elements {
            let text = try require(element.string, else: OAuthError(code, "\(name) must be an array of strings"))
            try require(
                text.utf8.count <= ClientMetadata.textLimit,
                else: OAuthError(code, "a member of \(name) is longer than \(ClientMetadata.textLimit) bytes"))
            texts.append(text)
        }
        return texts
    }

    /// A web page or picture for people: https, for it stands on pages of ours (RFC 7591 §5).
    fileprivate func page(_ name: String) throws(OAuthError) -> String? {
        guard let text = try text(name) else { return nil }
        try require(
            AbsoluteURL(text)?.scheme == "https", else: .invalidClientMetadata("\(name) must be an absolute https URL"))
        return text
    }

    /// A short text that people may read.
    fileprivate func word(_ name: String) throws(OAuthError) -> String? {
        guard let text = try text(name) else { return nil }
        try require(
            ClientName.isPossible(text),
            else: .invalidClientMetadata("\(name) has 1 to \(ClientName.longest) visible characters"))
        return text
    }

    fileprivate func contacts() throws(OAuthError) -> [String] {
        let contacts = try texts("contacts") ?? []
        try require(
            contacts.allSatisfy { ClientName.isPossible($0) },
            else: .invalidClientMetadata("each of contacts has 1 to \(ClientName.longest) visible characters"))
        return contacts
    }

    fileprivate func keys() throws(OAuthError) -> ClientMetadata.KeyMember? {
        let uri = try text("jwks_uri")
        guard let jwks = given("jwks") else { return uri.map { .jwksURI($0) } }
        // RFC 7591 §2
        try require(uri == nil, else: .invalidClientMetadata("jwks and jwks_uri exclude each other: send one of them"))
        try require(
            jwks.kind == .object, else: .invalidClientMetadata("jwks must be a JSON object with the member keys"))
        return .jwks(Array(jwks.bytes))
    }
}
