import OAuth
import SMART
import SQL
import Store

extension SQLStore: HelpDeskStore {
    package func setMayHelp(_ may: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET helps_others = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id", username,
                fhirBase, may ? 1 : 0
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(
                AuditEvent(.userAccess, account: id, details: [.init(.access, may ? "help_desk" : "no_help_desk")]),
                at: now, on: connection)
            return true
        }
    }

    package func mayHelp(_ account: String) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try read { connection throws(SQLError) in
            try Self.mayHelp(account, fhirBase: fhirBase, on: connection)
        }
    }

    package func callers(
        _ query: CallerQuery, orFor patients: [String], limit: Int, at now: Instant
    ) throws(StoreError) -> [Caller] {
        var parameters: [any Bindable] = [fhirBase, limit, query.username]
        func parameter(_ value: any Bindable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        var wanted = ["accounts.username = $3"]
        if !query.words.isEmpty {
            let words = query.words.map { word in
                // Whichever letters the engine can put in lower case: SQLite knows those of ASCII alone.
                let patterns = [word, word.uppercasedBeyondASCII].map { parameter("%\($0.literalInLike)%") }
                return patterns.map { "lower(accounts.name) LIKE \($0) ESCAPE '!'" }.joined(separator: " OR ")
            }
            wanted.append(words.map { "(\($0))" }.joined(separator: " AND "))
        }
        for patient in patients {
            wanted.append("accounts.fhir_user = \(parameter("Patient/\(patient)"))")
            wanted.append(
                """
                accounts.id IN (SELECT account FROM temporary_access WHERE patient = \(parameter(patient))
                    AND ended_at IS NULL AND basis <> 'emergency' AND expires_at > \(parameter(now.seconds)))
                """)
        }
        let statement = """
            SELECT \(Self.callerColumns) FROM accounts
            WHERE fhir_base = $1 AND (\(wanted.joined(separator: " OR ")))
            ORDER BY accounts.name, accounts.username LIMIT $2
            """
        let bound = parameters
        return try read { connection throws(SQLError) in
            var callers: [Caller] = []
            _ = try connection.each(statement, bound) { callers.append(Self.caller($0)) }
            return callers
        }
    }

    package func caller(
        _ account: String, lookedAtBy assistance: Assistance, at now: Instant
    ) throws(StoreError) -> Caller? {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let caller = try Self.caller(account, for: assistance, fhirBase: fhirBase, on: connection)
            if let caller { try Self.record(assistance.look(at: caller), at: now, on: connection) }
            return caller
        }
    }

    package func endGrants(
        of account: String, to client: String?, by assistance: Assistance, at now: Instant
    ) throws(StoreError) -> (caller: Caller, ended: Int)? {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let caller = try Self.caller(account, for: assistance, fhirBase: fhirBase, on: connection)
            guard let caller else { return nil }
            let ending = try Self.living(of: account, to: client, fhirBase: fhirBase, on: connection)
            guard !ending.isEmpty else {
                try Self.record(assistance.look(at: caller), at: now, on: connection)
                return (caller, 0)
            }
            for each in ending {
                try Self.record(
                    assistance.event(.helpDeskEnd, for: caller, client: each.client, patient: each.patient), at: now,
                    on: connection)
            }
            let ended = try Self.endGrants(
                of: account, to: client, fhirBase: fhirBase, reason: .helpDesk, at: now, on: connection)
            return (caller, ended)
        }
    }
}

extension SQLStore {
    private struct Reach: Hashable {
        let client: String
        let patient: String?
    }

    private static func mayHelp(
        _ account: String, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        try connection.row(
            "SELECT 1 FROM accounts WHERE id = $1 AND fhir_base = $2 AND helps_others = 1 AND disabled_at IS NULL",
            account, fhirBase
        ) { _ in true } ?? false
    }

    /// A person, for somebody who may help.
    private static func caller(
        _ account: String, for assistance: Assistance, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Caller? {
        guard try mayHelp(assistance.helper, fhirBase: fhirBase, on: connection) else { return nil }
        return try connection.row(
            "SELECT \(callerColumns) FROM accounts WHERE id = $1 AND fhir_base = $2", account, fhirBase, read: caller)
    }

    /// Which apps have something of a person, each with the patients that it is about, in a fixed order.
    private static func living(
        of account: String, to client: String?, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> [Reach] {
        let grants = try connection.rows(
            """
            SELECT client, context FROM grants
            WHERE account = $1 AND client = coalesce($2, client) AND fhir_base = $3 AND ended_at IS NULL
            ORDER BY client, id
            """, account, client, fhirBase
        ) { Reach(client: $0.text(0), patient: LaunchContext(json: Array($0.text(1).utf8))?.patient) }
        var seen: Set<Reach> = []
        return grants.filter { seen.insert($0).inserted }
    }

    private static let callerColumns =
        "accounts.id, accounts.username, accounts.name, accounts.fhir_user, accounts.disabled_at"

    private static func caller(_ row: any Row) -> Caller {
        Caller(
            id: row.text(0), username: row.text(1), name: row.text(2),
            fhirUser: row.optionalText(3).flatMap { FHIRUser($0) }, isDisabled: !row.isNull(4))
    }
}

extension Assistance {
    fileprivate func look(at caller: Caller) -> AuditEvent {
        event(.helpDeskView, for: caller, patient: caller.fhirUser?.ownPatient)
    }

    fileprivate func event(
        _ act: AuditAct, for caller: Caller, client: String? = nil, patient: String?
    ) -> AuditEvent {
        AuditEvent(
            act, account: helper, client: client, patient: patient,
            details: [.init(.person, caller.id), .init(.statement, reason.text)])
    }
}

extension String {
    /// Every character of its own within a LIKE pattern with `ESCAPE '!'`.
    fileprivate var literalInLike: String {
        reduce(into: "") { text, character in
            if "!%_".contains(character) { text.append("!") }
            text.append(character)
        }
    }

    fileprivate var uppercasedBeyondASCII: String {
        reduce(into: "") { $0 += $1.isASCII ? String($1) : $1.uppercased() }
    }
}
