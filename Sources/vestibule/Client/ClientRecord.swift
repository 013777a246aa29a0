import JOSE
import OAuth

/// What the commands show of a client.
extension ClientRegistration {
    /// What sort of client it is, in a word.
    var kind: String {
        if roles.contains(.ehr) { return "ehr" }
        if roles.contains(.resourceServer) { return "resource-server" }
        if !grantTypes.contains(.authorizationCode) { return "backend" }
        return isPublic ? "public" : "confidential"
    }

    /// Whether it can do anything, in a word.
    var status: String {
        switch approval {
        case .pending: "pending"
        case .rejected: "rejected"
        case .approved: isDisabled ? "disabled" : "active"
        }
    }

    var summary: Output.Record {
        [
            ("client_id", .text(id)), ("name", .text(name)), ("kind", .text(kind)), ("status", .text(status)),
            ("verified", .flag(isVerified)), ("trusted", .flag(isTrusted)),
        ]
    }

    /// Everything but secrets, of which nothing is kept that could be shown.
    var record: Output.Record {
        let expiries = secretExpiries
        let keys = registeredKeys
        return summary + [
            ("disabled", .flag(isDisabled)), ("auth_method", .text(authentication.name.rawValue)),
            ("grant_types", .list(grantTypes.map(\.rawValue).sorted())),
            ("roles", .list(roles.map(\.rawValue).sorted())),
            ("scope", .text(scopes.description)), ("access", .text(access.description)),
            ("redirect_uris", .list(redirectURIs.map(\.description))),
            ("launch_urls", .list(launchURLs)), ("origins", .list(registeredOrigins)), ("native", .flag(isNative)),
            ("secrets", .number(expiries?.count)), ("old_secret_expires", .number(expiries?.compactMap { $0 }.max())),
            ("jwks_kids", .list(keys.kids)), ("jwks_uri", .text(keys.uri)), ("jwks_mirror", .text(keys.mirror)),
            ("jwks_file", .text(keys.file)), ("algorithms", .list(keys.algorithms)),
            ("access_token_lifetime", .number(lifetimes.accessToken)),
            ("refresh_token_lifetime", .number(lifetimes.refreshToken)),
            ("organization", .text(presentation.organization)),
            ("client_uri", .text(presentation.clientURI)), ("logo_uri", .text(presentation.logoURI)),
            ("policy_uri", .text(presentation.policyURI)), ("tos_uri", .text(presentation.termsURI)),
            ("contacts", .list(presentation.contacts)), ("software_id", .text(presentation.softwareID)),
            ("software_version", .text(presentation.softwareVersion)),
        ]
    }

    /// When each secret ends, if it does; `nil` for a client that has none.
    private var secretExpiries: [Int?]? {
        guard case .secret(let secrets, _) = authentication else { return nil }
        return secrets.map { $0.expiresAt?.seconds }
    }

    private struct Keys {
        var kids: [String] = []
        var uri: String?
        var mirror: String?
        var file: String?
        var algorithms: [String] = []
    }

    private var registeredKeys: Keys {
        guard case .privateKey(let keys) = authentication else { return Keys() }
        var shown = Keys(uri: keys.registered.uri, algorithms: keys.algorithms.map(\.rawValue).sorted())
        switch keys.registered {
        case .given(let jwks): shown.kids = (try? JWKSet(json: jwks))?.keys.compactMap(\.kid) ?? []
        case .uri(_, let mirror): shown.mirror = mirror
        case .file(let path, _): shown.file = path
        }
        return shown
    }
}
