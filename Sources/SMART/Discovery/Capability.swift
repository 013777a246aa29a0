/// What this server promises in its SMART configuration (SMART conformance#capabilities).
///
/// A case stands here only when the behaviour behind it works; discovery publishes those whose grant and client authentication
/// are there, too.
package enum Capability: String, Sendable, CaseIterable {
    case launchEHR = "launch-ehr"
    case launchStandalone = "launch-standalone"
    case authorizePost = "authorize-post"
    case clientPublic = "client-public"
    case clientConfidentialSymmetric = "client-confidential-symmetric"
    case clientConfidentialAsymmetric = "client-confidential-asymmetric"
    case ssoOpenIDConnect = "sso-openid-connect"
    case contextBanner = "context-banner"
    case contextStyle = "context-style"
    case contextEHRPatient = "context-ehr-patient"
    case contextEHREncounter = "context-ehr-encounter"
    case contextStandalonePatient = "context-standalone-patient"
    case contextStandaloneEncounter = "context-standalone-encounter"
    case permissionOffline = "permission-offline"
    case permissionOnline = "permission-online"
    case permissionPatient = "permission-patient"
    case permissionUser = "permission-user"
    case permissionV1 = "permission-v1"
    case permissionV2 = "permission-v2"
}
