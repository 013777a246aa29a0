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

/// What patients have decided elsewhere. It holds for the next request of every token.
package protocol DirectiveStore: DenyRuleStore {
    func directive(_ id: String) throws(StoreError) -> ConsentDirective?

    /// What was changed last comes first.
    func directives(_ filter: DirectiveFilter) throws(StoreError) -> [ConsentDirective]

    func add(_ directive: ConsentDirective) throws(StoreError)

    /// Makes it inactive: what it denied is allowed again as far as it was allowed before.
    ///
    /// - Parameter reason: why, in the words of who does it.
    /// - Returns: whether it was active until now.
    func withdraw(directive id: String, reason: String, at now: Instant) throws(StoreError) -> Bool
}
