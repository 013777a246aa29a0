import CPostgreSQL
import SQL

/// The five characters by which the server says what went wrong (PostgreSQL, appendix A).
struct SQLState: Equatable {
    let code: String

    init(_ result: OpaquePointer?) {
        code = PQresultErrorField(result, VESTIBULE_PG_SQLSTATE).map { String(cString: $0) } ?? ""
    }

    init(_ code: String) {
        self.code = code
    }

    var kind: SQLError.Kind {
        switch code {
        // serialization_failure, deadlock_detected
        case "40001", "40P01": .conflict
        // lock_not_available, query_canceled (statement_timeout)
        case "55P03", "57014": .busy
        // The server goes down, or has cut this connection off because it did nothing for too long.
        case "57P01", "57P02", "57P03", "57P05", "25P03": .disconnected
        // read_only_sql_transaction: this server was the one that writes, until another took over.
        case "25006": .disconnected
        // invalid_sql_statement_name: something between us and the server gave us another's session.
        case "26000": .disconnected
        case _ where code.hasPrefix("08"): .disconnected
        case _ where code.hasPrefix("23"): .constraint
        default: .other
        }
    }

    /// Whether the server's message for it names tables and columns only. A data exception (22) quotes the value.
    var hasSafeMessage: Bool {
        ["08", "23", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57"].contains { code.hasPrefix($0) }
    }
}
