import OAuth

/// The trail of acts. Verbs that do something record it themselves, in their own transaction; this is for what changes
/// nothing else: a refusal, a choice.
package protocol AuditStore {
    func record(_ event: AuditEvent, at now: Instant) throws(StoreError)
}
