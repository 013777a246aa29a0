import OAuth

package enum InteractionStart: Sendable, Equatable {
    case begun
    /// The launch handle was spent before.
    case launchAlreadySpent
}

/// People on the way from an authorization request to its answer.
package protocol InteractionStore {
    /// Stores the interaction and spends its launch handle, both or neither.
    func begin(_ interaction: Interaction) throws(StoreError) -> InteractionStart

    /// The interaction, unless it has expired or been answered.
    func interaction(_ id: SecretDigest, at now: Instant) throws(StoreError) -> Interaction?

    /// Ties an interaction to the browser that follows it first, and to the session that it came with.
    ///
    /// - Returns: whether it belongs to this browser now.
    func bind(_ id: SecretDigest, to browser: SecretDigest, session: SecretDigest?) throws(StoreError) -> Bool

    /// Keeps the patient that was picked, once a person: what the consent page shows never changes behind it.
    func choose(patient: String, account: String, in id: SecretDigest, at now: Instant) throws(StoreError)

    /// Keeps the visit that was picked, or that there is none, once a person.
    func choose(encounter: Interaction.EncounterChoice, account: String, in id: SecretDigest) throws(StoreError)

    /// Puts a new one-time value into the form that is shown now; the one before it is worth nothing any more.
    func show(form: SecretDigest, in id: SecretDigest) throws(StoreError)

    /// Uses a form's value up.
    ///
    /// - Returns: whether it was the one shown last, and not used before.
    func spend(form: SecretDigest, in id: SecretDigest) throws(StoreError) -> Bool

    /// Keeps the decision and its consent record, once.
    ///
    /// - Returns: whether this was the first decision.
    func decide(_ consent: Consent, in id: SecretDigest) throws(StoreError) -> Bool

    /// Ends an interaction that was answered with an error.
    ///
    /// - Returns: whether this call ended it.
    func finish(_ id: SecretDigest, at now: Instant) throws(StoreError) -> Bool
}
