import SMART

/// An app as the administrator registered it (RFC 6749 §2, SMART app-launch#register-app-with-ehr).
package struct ClientRegistration: Sendable {
    /// How a client proves who it is (RFC 6749 §2.1).
    package enum Authentication: Sendable, Equatable {
        /// A public client: it has nothing to prove.
        case none
        /// `client_secret_basic`; two secrets overlap while one is rotated.
        case secret([ClientSecret])
    }

    /// A secret as the store keeps it; the old one of a rotation has an end.
    package struct ClientSecret: Sendable, Equatable {
        package let digest: SecretDigest
        package let expiresAt: Instant?

        package init(digest: SecretDigest, expiresAt: Instant? = nil) {
            self.digest = digest
            self.expiresAt = expiresAt
        }

        func isGood(_ sent: Secret, at now: Instant) -> Bool {
            digest.matches(sent.digest) && expiresAt.map { now < $0 } ?? true
        }
    }

    package let id: String
    package var name: String
    package var authentication: Authentication
    package var redirectURIs: [RedirectURI]
    /// Where an EHR launch may send the browser; nowhere else.
    package var launchURLs: [String]
    package var scopes: ScopeSet
    /// In an EHR launch the hospital answers for this app, so the clinician is not asked.
    package var isTrusted: Bool
    /// Runs on the person's own device (RFC 8252): the port of a loopback redirect is free.
    package var isNative: Bool
    package var isDisabled: Bool
    /// Further web origins of the app besides those of its redirect URIs.
    package var origins: [String]
    package var lifetimes: Lifetimes

    /// Seconds; `nil` takes the server's own.
    package struct Lifetimes: Sendable, Equatable {
        package var accessToken: Int?
        package var refreshToken: Int?

        package init(accessToken: Int? = nil, refreshToken: Int? = nil) {
            self.accessToken = accessToken
            self.refreshToken = refreshToken
        }
    }

    package init(
        id: String, name: String, authentication: Authentication, redirectURIs: [RedirectURI],
        launchURLs: [String] = [], scopes: ScopeSet, isTrusted: Bool = false, isNative: Bool = false,
        isDisabled: Bool = false, origins: [String] = [], lifetimes: Lifetimes = Lifetimes()
    ) {
        self.id = id
        self.name = name
        self.authentication = authentication
        self.redirectURIs = redirectURIs
        self.launchURLs = launchURLs
        self.scopes = scopes
        self.isTrusted = isTrusted
        self.isNative = isNative
        self.isDisabled = isDisabled
        self.origins = origins
        self.lifetimes = lifetimes
    }

    package var isPublic: Bool { authentication == .none }

    /// The web origins that may read answers of the token endpoint and of the FHIR API (Fetch, CORS protocol).
    package var registeredOrigins: [String] {
        var seen: Set<String> = []
        return (redirectURIs.compactMap(\.origin) + origins).filter { seen.insert($0).inserted }
    }
}
