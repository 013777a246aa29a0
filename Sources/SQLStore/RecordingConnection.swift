import HTTP
import OAuth
import SQL

/// Who writes to the store, as the audit trail names them.
struct AuditAuthor: Sendable {
    let fhirBase: String
    let program: String
    let unixUser: String?

    func entry(_ event: AuditEvent, at now: Instant, for origin: RequestOrigin?) -> AuditEntry {
        AuditEntry(
            fhirBase: fhirBase, time: now, event: event, program: program, unixUser: unixUser, request: origin?.id,
            address: origin?.address)
    }
}

/// The connection as one verb has it: it takes down what the verb does. What a verb did that is undone was never taken down.
///
/// `@unchecked Sendable`: it is used by the thread that commits, and by no other.
final class RecordingConnection: Connection, @unchecked Sendable {
    private let connection: any Connection
    private let author: AuditAuthor
    private let origin: RequestOrigin?
    private(set) var entries: [AuditEntry] = []

    init(_ connection: any Connection, author: AuditAuthor, origin: RequestOrigin?) {
        self.connection = connection
        self.author = author
        self.origin = origin
    }

    func record(_ event: AuditEvent, at now: Instant) {
        entries.append(author.entry(event, at: now, for: origin))
    }

    func execute(_ sql: String) throws(SQLError) { try connection.execute(sql) }

    func each(
        _ sql: String, _ parameters: [any Bindable], _ show: (any Row) -> Void
    ) throws(SQLError) -> Int {
        try connection.each(sql, parameters, show)
    }

    func begin() throws(SQLError) { try connection.begin() }
    func commit() throws(SQLError) { try connection.commit() }
    func rollback() throws(SQLError) { try connection.rollback() }
    func lock(_ name: String) throws(SQLError) { try connection.lock(name) }
    func schemaVersion() throws(SQLError) -> Int { try connection.schemaVersion() }
    func take(step: String, to version: Int) throws(SQLError) { try connection.take(step: step, to: version) }
}
