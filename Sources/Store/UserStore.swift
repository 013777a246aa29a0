import OAuth
import SMART

/// The people behind launches and sessions, by the id of their account.
package protocol UserStore {
    func user(_ account: String) throws(StoreError) -> User?

    func user(named username: String) throws(StoreError) -> User?

    /// The one user whom this FHIR resource stands for, closed accounts counting only where there is no other; `nil` where
    /// there is none, or more than one.
    func user(representedBy resource: FHIRUser) throws(StoreError) -> User?
}
