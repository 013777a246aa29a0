import OAuth
import SQL
import Store

extension SQLStore: AuditStore {
    package func record(_ event: AuditEvent, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in try Self.record(event, at: now, on: connection) }
    }

    /// Records an act in the transaction in which it is done: both are kept or neither.
    static func record(_ event: AuditEvent, at now: Instant, on connection: any Connection) throws(SQLError) {
        guard let connection = connection as? RecordingConnection else {
            throw SQLError(.other, "an act is recorded by the connection that its verb was given")
        }
        connection.record(event, at: now)
    }
}
