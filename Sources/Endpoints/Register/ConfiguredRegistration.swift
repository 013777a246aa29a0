import OAuth
import SMART
import Service

extension Configuration {
    /// What apps may register for by themselves.
    package var registrationPolicy: RegistrationPolicy {
        RegistrationPolicy(
            ceiling: ScopeSet(registration.scopes), approvesPatientApps: registration.approvesPatientApps,
            allowsLoopbackKeys: isDemo)
    }
}
