import OAuth

/// Guesses that failed, counted under what they were made at.
package protocol AttemptStore {
    /// Counts one attempt under each of the keys, unless one of them has to wait.
    ///
    /// - Parameter event: what the audit trail keeps of an attempt that is counted.
    /// - Returns: 0 when the attempt may be made, or the seconds to wait; then nothing was counted, and nothing recorded.
    func begin(_ attempts: [Attempt], recording event: AuditEvent?, at now: Instant) throws(StoreError) -> Int

    /// Seconds to wait under these keys, without counting anything.
    func delay(of attempts: [Attempt], at now: Instant) throws(StoreError) -> Int

    /// Forgets what was counted: the attempt was right.
    func forget(_ attempts: [Attempt]) throws(StoreError)
}

extension AttemptStore {
    package func begin(_ attempts: [Attempt], at now: Instant) throws(StoreError) -> Int {
        try begin(attempts, recording: nil, at: now)
    }
}
