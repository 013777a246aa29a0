import OAuth
import SMART

/// Which directives are asked for; what is `nil` does not matter.
package struct DirectiveFilter: Sendable {
    package var patient: String?
    /// Those that this app is denied something by.
    package var clientID: String?
    package var status: ConsentDirective.Status?

    package init(patient: String? = nil, clientID: String? = nil, status: ConsentDirective.Status? = nil) {
        self.patient = patient
        self.clientID = clientID
        self.status = status
    }
}

/// What of one patient is denied to an app now: what an authorization asks for.
package protocol DenyRuleStore {
    func denyRules(for clientID: String, about patient: String, at now: Instant) throws(StoreError) -> DenyRules
}

/// What a patient denies, and what of it is decided on our own page: one directive a patient, for every app.
package protocol OwnDirectiveStore {
    /// What was changed last comes first.
    func directives(_ filter: DirectiveFilter) throws(StoreError) -> [ConsentDirective]

    /// Makes these rules what the page says of the patient; with none of them it is inactive.
    ///
    /// - Parameters:
    ///   - version: the one that the person saw, 0 where there was none.
    ///   - account: the person, be it the patient or who acts for the patient.
    ///   - id: names it, where it is the first.
    /// - Returns: whether it was done; not where there is another version by now.
    func decide(
        _ rules: [DenyRule], of patient: String, after version: Int, by account: String, as id: String, at now: Instant
    ) throws(StoreError) -> Bool
}

/// What patients have decided. It holds for the next request of every token.
package protocol DirectiveStore: DenyRuleStore, OwnDirectiveStore {
    func directive(_ id: String) throws(StoreError) -> ConsentDirective?

    func add(_ directive: ConsentDirective) throws(StoreError)

    /// Makes it inactive: what it denied is allowed again as far as it was allowed before.
    ///
    /// - Parameter reason: why, in the words of who does it.
    /// - Returns: whether it was active until now.
    func withdraw(directive id: String, reason: String, at now: Instant) throws(StoreError) -> Bool
}
