import CPostgreSQL
import Glibc
import SQL

/// A session on the server: whatever was prepared in it goes with it.
///
/// Every wait has an end: for the server by `connect_timeout` and the deadline of each statement, on the server by
/// `statement_timeout`.
final class Link {
    private let handle: OpaquePointer
    private let patience: Patience
    private var prepared: [String: String] = [:]

    /// - Throws: an error that never quotes the URL, which may hold a password.
    init(_ url: String, application: String, patience: Patience) throws(SQLError) {
        self.patience = patience
        // libpq's own words for a URL that it cannot read repeat the URL.
        guard let parsed = PQconninfoParse(url, nil) else {
            throw SQLError(.other, "the PostgreSQL URL cannot be read: say postgresql://user@host/name")
        }
        PQconninfoFree(parsed)
        // What stands before dbname is for the URL to change, what stands behind it is not.
        let settings = [
            ("connect_timeout", "3"), ("keepalives_idle", "30"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "10000"), ("dbname", url), ("client_encoding", "UTF8"),
            ("fallback_application_name", application),
        ]
        guard let handle = Self.connect(settings) else { throw SQLError(.other, "PostgreSQL: out of memory") }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = Self.line(PQerrorMessage(handle))
            PQfinish(handle)
            throw SQLError(.other, "PostgreSQL: \(reason)")
        }
        self.handle = handle
    }

    deinit { PQfinish(handle) }

    /// Nothing is on its way that would answer the next question.
    var isReady: Bool {
        let status = PQtransactionStatus(handle)
        return status != PQTRANS_ACTIVE && status != PQTRANS_UNKNOWN
    }

    /// Runs SQL without parameters, several statements if need be; answers the last one's answer.
    func execute(_ sql: String) throws(SQLError) -> Answer {
        guard PQsendQuery(handle, sql) == 1 else { throw broken() }
        return try answer()
    }

    func answer(to sql: String, _ parameters: Parameters) throws(SQLError) -> Answer {
        let name = try name(of: sql, parameters.types)
        let isSent = parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, parameters.count, values, lengths, formats, 0)
        }
        guard isSent == 1 else { throw broken() }
        return try answer()
    }

    /// The statement's name on the server, prepared when it is met for the first time.
    private func name(of sql: String, _ types: [Oid]) throws(SQLError) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        // The one function that both engines have under names of their own.
        let text = sql.replacing("group_concat(", with: "string_agg(")
        guard PQsendPrepare(handle, name, text, Int32(types.count), types) == 1 else { throw broken() }
        _ = try answer()
        prepared[sql] = name
        return name
    }

    /// Reads all that belongs to what was sent, so that the next can be sent.
    private func answer() throws(SQLError) -> Answer {
        let deadline = patience.deadline()
        var last: Answer?
        var failure: SQLError?
        while let result = try next(before: deadline) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = Answer(result)
            default:
                failure = failure ?? Self.error(result)
                PQclear(result)
            }
        }
        // The server may say why it hangs up, in an error of its own, or just hang up.
        guard PQstatus(handle) == CONNECTION_OK else {
            throw failure.map { SQLError(.disconnected, $0.description) } ?? broken()
        }
        if let failure { throw failure }
        guard let last else { throw broken() }
        return last
    }

    private func next(before deadline: Patience.Deadline) throws(SQLError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, deadline.milliseconds())
            if ready == 0 { throw SQLError(.busy, "PostgreSQL: no answer in time") }
            if ready < 0 && errno != EINTR { throw broken() }
            if ready > 0 && PQconsumeInput(handle) == 0 { throw broken() }
        }
        return PQgetResult(handle)
    }

    private func broken() -> SQLError {
        SQLError(.disconnected, "PostgreSQL: \(Self.line(PQerrorMessage(handle)))")
    }

    private static func error(_ result: OpaquePointer) -> SQLError {
        let state = SQLState(result)
        let message = PQresultErrorField(result, VESTIBULE_PG_MESSAGE)
        let reason = state.hasSafeMessage ? ": \(line(message))" : ""
        return SQLError(state.kind, "PostgreSQL: \(state.code)\(reason)")
    }

    private static func line(_ message: UnsafePointer<CChar>?) -> String {
        let lines = message.map { String(cString: $0) }?.split(separator: "\n") ?? []
        return lines.isEmpty ? "the connection is gone" : lines.joined(separator: " ")
    }

    private static func connect(_ settings: [(name: String, value: String)]) -> OpaquePointer? {
        let names = settings.map { strdup($0.name) } + [nil]
        let values = settings.map { strdup($0.value) } + [nil]
        defer { for text in names + values { free(text) } }
        return PQconnectdbParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }
}
