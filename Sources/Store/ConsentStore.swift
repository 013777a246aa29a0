import OAuth
import SMART

/// Which consent records are asked for; what is `nil` does not matter.
package struct ConsentFilter: Sendable {
    package var account: String?
    package var clientID: String?
    package var patient: String?
    package var status: Consent.Status?

    package init(
        account: String? = nil, clientID: String? = nil, patient: String? = nil, status: Consent.Status? = nil
    ) {
        self.account = account
        self.clientID = clientID
        self.patient = patient
        self.status = status
    }
}

/// What people have decided about apps. A change here holds for the next request of every token that rests on it.
package protocol ConsentStore {
    func consent(_ id: String) throws(StoreError) -> Consent?

    /// The latest decision first.
    func consents(_ filter: ConsentFilter) throws(StoreError) -> [Consent]

    /// Makes the record inactive and ends the grants that rest on it, in one transaction.
    ///
    /// - Returns: whether it was active until now.
    func withdraw(consent id: String, at now: Instant) throws(StoreError) -> Bool

    /// Keeps less of it, if nobody has changed it meanwhile.
    ///
    /// - Parameter version: the version that the new scopes were found from.
    func narrow(consent id: String, from version: Int, to scopes: ScopeSet, at now: Instant) throws(StoreError) -> Bool
}
