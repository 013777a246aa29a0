import OAuth
import SMART
import Store

/// What the patient of an authorization, once there is one, does not let its app have.
func denied(
    to client: ClientRegistration, in interaction: Interaction, _ presence: Presence?, rules: any DenyRuleStore,
    at now: Instant
) throws(OAuthError) -> DenyRules {
    guard let presence, let patient = interaction.patient(for: presence.user, at: now) else { return .none }
    return try stored(rules.denyRules(for: client.id, about: patient, at: now))
}
