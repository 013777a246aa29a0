import SMART

/// What apps may register for by themselves, and what of that nobody has to approve.
package struct RegistrationPolicy: Sendable {
    /// The scopes that apps may register for; everything else is for the administrator to give.
    package let ceiling: ScopeSet
    /// Whether apps that reach one patient at a time, with that patient's consent, may begin unapproved.
    package let approvesPatientApps: Bool
    /// Whether keys may be fetched from this machine itself: in demo mode.
    package let allowsLoopbackKeys: Bool

    package init(ceiling: ScopeSet, approvesPatientApps: Bool, allowsLoopbackKeys: Bool = false) {
        self.ceiling = ceiling
        self.approvesPatientApps = approvesPatientApps
        self.allowsLoopbackKeys = allowsLoopbackKeys
    }

    /// Seconds for which an app that nobody has agreed to, or that was refused, is kept: three months.
    package static let patience = 90 * 86_400

    /// Whether an app may begin without anybody's approval: it asks people for their consent, and for data of the one
    /// patient in context alone, and it stands on nobody's portal. An initial access token lets an app register and vouches
    /// for it; it approves nothing.
    package func approves(_ client: ClientRegistration) -> Bool {
        approvesPatientApps && !client.grantTypes.contains(.clientCredentials) && client.roles.isEmpty
            && !client.isTrusted && client.launchURLs.isEmpty && client.scopes.scopes.allSatisfy(\.isForPatientApps)
    }
}

extension Scope {
    fileprivate var isForPatientApps: Bool {
        switch kind {
        case .clinical(let scope): scope.context == .patient
        case .launch, .launchContext, .openID, .fhirUser, .profile, .offlineAccess, .onlineAccess: true
        case .other: false
        }
    }
}
