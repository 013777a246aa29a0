import HTTP
import SMART

/// An app, a backend service, an EHR or a FHIR server as it is registered here (RFC 6749 §2, SMART app-launch#register-app-with-ehr).
package struct ClientRegistration: Sendable {
    /// What a client may ask the token endpoint for (RFC 6749 §4).
    package enum GrantType: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
    }

    /// What a client may do besides asking for tokens.
    package enum Role: String, Sendable, CaseIterable {
        /// An EHR that prepares launches and vouches for the users it has signed in.
        case ehr
        /// A FHIR server of the hospital that may introspect every token for its base (RFC 7662 §2.1).
        case resourceServer = "resource_server"
    }

    /// Whether somebody has agreed to the registration: an app that registered itself may wait for that.
    package enum Approval: String, Sendable {
        case approved
        case pending
        case rejected
    }

    package let id: String
    package var name: String
    package var authentication: ClientAuthenticationMethod
    package var grantTypes: Set<GrantType>
    package var roles: Set<Role>
    package var redirectURIs: [RedirectURI]
    /// Where an EHR launch may send the browser; nowhere else.
    package var launchURLs: [String]
    package var scopes: ScopeSet
    /// In an EHR launch the hospital answers for this app, so the clinician is not asked.
    package var isTrusted: Bool
    /// Runs on the person's own device (RFC 8252): the port of a loopback redirect is free.
    package var isNative: Bool
    package var isDisabled: Bool
    package var approval: Approval
    /// Somebody at the hospital vouches for the app: by adding or approving it, or by the token that let it register. One
    /// that the site's policy alone has let in is not verified, and nobody is sent to it without having decided so.
    package var isVerified: Bool
    /// Further web origins of the app besides those of its redirect URIs.
    package var origins: [String]
    package var lifetimes: Lifetimes
    /// Which patients its `system/` scopes reach; people's scopes are bounded by the people.
    package var access: UserAccess
    package var presentation: ClientPresentation

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
        id: String, name: String, authentication: ClientAuthenticationMethod,
        grantTypes: Set<GrantType> = [.authorizationCode, .refreshToken], roles: Set<Role> = [],
        redirectURIs: [RedirectURI] = [], launchURLs: [String] = [], scopes: ScopeSet, isTrusted: Bool = false,
        isNative: Bool = false, isDisabled: Bool = false, approval: Approval = .approved, isVerified: Bool = true,
        origins: [String] = [], lifetimes: Lifetimes = Lifetimes(), access: UserAccess = .all,
        presentation: ClientPresentation = ClientPresentation()
    ) {
        self.id = id
        self.name = name
        self.authentication = authentication
        self.grantTypes = grantTypes
        self.roles = roles
        self.redirectURIs = redirectURIs
        self.launchURLs = launchURLs
        self.scopes = scopes
        self.isTrusted = isTrusted
        self.isNative = isNative
        self.isDisabled = isDisabled
        self.approval = approval
        self.isVerified = isVerified
        self.origins = origins
        self.lifetimes = lifetimes
        self.access = access
        self.presentation = presentation
    }

    package var isPublic: Bool { authentication == .none }

    /// Whether the client may do anything at all.
    package var isUsable: Bool { !isDisabled && approval == .approved }

    /// Why it may not, for its developer; `nil` where it may.
    package var refusal: String? {
        switch approval {
        case .pending: "this app waits for the approval of the hospital"
        case .rejected: "the hospital has not approved this app"
        case .approved: isDisabled ? "this app is disabled" : nil
        }
    }

    /// The web origins that may read answers of the token endpoint and of the FHIR API (Fetch, CORS protocol).
    package var registeredOrigins: [String] {
        var seen: Set<String> = []
        return (redirectURIs.compactMap(\.origin) + origins).filter { seen.insert($0).inserted }
    }
}

/// What a client says about itself, for people (RFC 7591 §2). Nothing of it decides anything.
package struct ClientPresentation: Sendable, Equatable {
    /// Whose it is: `organization_name`, as OpenID Federation calls it.
    package var organization: String?
    package var clientURI: String?
    package var logoURI: String?
    package var policyURI: String?
    package var termsURI: String?
    package var contacts: [String]
    package var softwareID: String?
    package var softwareVersion: String?

    package init(
        organization: String? = nil, clientURI: String? = nil, logoURI: String? = nil, policyURI: String? = nil,
        termsURI: String? = nil,
        contacts: [String] = [], softwareID: String? = nil, softwareVersion: String? = nil
    ) {
        self.organization = organization
        self.clientURI = clientURI
        self.logoURI = logoURI
        self.policyURI = policyURI
        self.termsURI = termsURI
        self.contacts = contacts
        self.softwareID = softwareID
        self.softwareVersion = softwareVersion
    }
}
