import OAuth
import SMART
import SQL
import Store

extension SQLStore: LaunchStore {
    package func add(_ launch: Launch, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try connection.run(
                """
                INSERT INTO launches (handle, fhir_base, client, account, context, created_at, expires_at, vouched_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, launch.handle.bytes, fhirBase, launch.clientID, launch.account,
                String(decoding: launch.context.json, as: UTF8.self), now.seconds, launch.expiresAt.seconds,
                launch.vouchedAt?.seconds)
            try Self.record(launch.event(.launchCreate), at: now, on: connection)
        }
    }

    package func launch(_ handle: SecretDigest) throws(StoreError) -> Launch? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT client, account, context, expires_at, vouched_at FROM launches
                WHERE handle = $1 AND fhir_base = $2 AND spent_at IS NULL
                """, handle.bytes, fhirBase
            ) { row in
                LaunchContext(json: Array(row.text(2).utf8)).map { context in
                    Launch(
                        handle: handle, clientID: row.text(0), account: row.text(1), context: context,
                        expiresAt: Instant(row.int(3)), vouchedAt: row.optionalInt(4).map { Instant($0) })
                }
            } ?? nil
        }
    }

    package func end(
        launch handle: SecretDigest, broughtBy client: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            // The handle first: whoever spends it at the same time has finished then, and what that began is seen.
            let spent = try connection.run(
                """
                UPDATE launches SET spent_at = $4
                WHERE handle = $1 AND client <> $2 AND fhir_base = $3 AND spent_at IS NULL
                """, handle.bytes, client, fhirBase, now.seconds)
            // What has not come to a code yet comes to none.
            let stopped = try connection.run(
                """
                UPDATE interactions SET finished_at = $4
                WHERE launch = $1 AND client <> $2 AND fhir_base = $3 AND finished_at IS NULL
                """, handle.bytes, client, fhirBase, now.seconds)
            let ended = try Self.endGrants(
                where: "launch = $3 AND client <> $4 AND fhir_base = $5", handle.bytes, client, fhirBase,
                reason: .launchReplay, at: now, on: connection)
            // Not every guess at a handle is an act: one that was handed out is.
            let account = try connection.row(
                "SELECT account FROM launches WHERE handle = $1 AND fhir_base = $2", handle.bytes, fhirBase
            ) { $0.text(0) }
            let isLeaked = spent + stopped + ended > 0
            if account != nil || isLeaked {
                try Self.record(
                    AuditEvent(
                        .launchReplay, .refused, account: account, client: client,
                        details: [.init(.reason, isLeaked ? "other_client" : "used")]), at: now, on: connection)
            }
            return isLeaked
        }
    }
}

extension Launch {
    func event(_ act: AuditAct) -> AuditEvent {
        AuditEvent(
            act, account: account, client: clientID, patient: context.patient,
            details: vouchedAt == nil ? [] : [.init(.source, "ehr")])
    }
}
