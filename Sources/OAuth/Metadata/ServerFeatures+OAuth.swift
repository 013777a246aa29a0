import JOSE
import SMART

extension ServerFeatures {
    /// What the types that do the work know how to do.
    package init(
        registration: Bool, grantTypes: [ClientRegistration.GrantType] = ClientRegistration.GrantType.allCases,
        authenticationMethods: [ClientAuthenticationMethod.Name] = ClientAuthenticationMethod.Name.allCases
    ) {
        // What every asymmetric client may sign with first, then what it has to be registered for.
        let isUsual = ClientAssertion.usualAlgorithms.contains
        let algorithms =
            SignatureAlgorithm.allCases.filter(isUsual) + SignatureAlgorithm.allCases.filter { !isUsual($0) }
        self.init(
            registration: registration, grantTypes: grantTypes.map(\.rawValue),
            authenticationMethods: authenticationMethods.map(\.rawValue),
            confidentialMethods: authenticationMethods.filter { $0 != .none }.map(\.rawValue),
            assertionAlgorithms: authenticationMethods.contains(.privateKeyJWT) ? algorithms.map(\.rawValue) : [],
            prompts: Prompt.allCases.map(\.rawValue),
            capabilities: Capability.allCases.filter { $0.isKept(by: grantTypes, authenticationMethods) })
    }
}

extension Capability {
    /// Whether what it promises can happen at all (SMART conformance#capabilities). Everything but the kinds of clients and the
    /// use of a refresh token happens in the authorization code flow; nothing in it is switched off by itself.
    fileprivate func isKept(
        by grantTypes: [ClientRegistration.GrantType], _ methods: [ClientAuthenticationMethod.Name]
    ) -> Bool {
        switch self {
        case .clientPublic: methods.contains(.none)
        case .clientConfidentialSymmetric: methods.contains(.secretBasic)
        case .clientConfidentialAsymmetric: methods.contains(.privateKeyJWT)
        case .permissionOffline, .permissionOnline:
            grantTypes.contains(.authorizationCode) && grantTypes.contains(.refreshToken)
        case .launchEHR, .launchStandalone, .authorizePost, .ssoOpenIDConnect, .contextBanner, .contextStyle,
            .contextEHRPatient, .contextEHREncounter, .contextStandalonePatient, .contextStandaloneEncounter,
            .permissionPatient, .permissionUser:
            grantTypes.contains(.authorizationCode)
        // The words of scopes, of which backend services have some as well.
        case .permissionV1, .permissionV2: true
        }
    }
}
