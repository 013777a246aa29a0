import OAuth

/// Who acts for whom: parents, carers and others in a patient's stead.
package protocol ProxyStore {
    /// Lets a person act for a patient until a moment; where the person does already, this is what holds from now on.
    func add(_ proxy: TemporaryAccess, id: String, account: String, at now: Instant) throws(StoreError)

    /// By user name, those that have not ended.
    func proxies(of username: String?, for patient: String?) throws(StoreError) -> [ProxyRecord]

    /// Ends it at once and for good, with what the person allowed for the patient.
    ///
    /// - Returns: whether the person acted for the patient.
    func endProxy(of account: String, for patient: String, at now: Instant) throws(StoreError) -> Bool
}

/// A person who acts for a patient, as the administrator sees it.
package struct ProxyRecord: Sendable {
    package let username: String
    package let name: String
    package let access: TemporaryAccess
    package let since: Instant

    package init(username: String, name: String, access: TemporaryAccess, since: Instant) {
        self.username = username
        self.name = name
        self.access = access
        self.since = since
    }
}
