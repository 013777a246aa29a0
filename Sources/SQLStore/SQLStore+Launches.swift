import OAuth
import SMART
import SQL
import Store

extension SQLStore: LaunchStore {
    package func add(_ launch: Launch, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                INSERT INTO launches (handle, fhir_base, client, account, context, created_at, expires_at, vouched_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, launch.handle.bytes, fhirBase, launch.clientID, launch.account,
                String(decoding: launch.context.json, as: UTF8.self), now.seconds, launch.expiresAt.seconds,
                launch.vouchedAt?.seconds)
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
}
