import OAuth
import SQL
import Store

extension SQLStore: KeyStore {
    package func publishedKeys(at now: Instant) throws(StoreError) -> [StoredKey] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT kid, algorithm, state, public_jwk, created_at, expires_at FROM keys
                WHERE fhir_base = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at, kid
                """, fhirBase, now.seconds
            ) { row in Self.key(row, sealed: []) }.compactMap { $0 }
        }
    }

    package func activeKey(_ algorithm: String) throws(StoreError) -> StoredKey? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT kid, algorithm, state, public_jwk, created_at, expires_at, sealed FROM keys
                WHERE fhir_base = $1 AND algorithm = $2 AND state = 'active' ORDER BY created_at DESC
                """, fhirBase, algorithm
            ) { row in Self.key(row, sealed: row.blob(6)) } ?? nil
        }
    }

    package func add(_ key: StoredKey) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try Self.add(key, fhirBase: fhirBase, on: connection)
            try Self.record(key.event(.keyAdd), at: key.createdAt, on: connection)
        }
    }

    package func rotate(adding newKey: StoredKey, retiredUntil: Instant, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try connection.lock("keys of \(fhirBase)")
            try connection.run(
                "DELETE FROM keys WHERE fhir_base = $1 AND algorithm = $2 AND expires_at <= $3", fhirBase,
                newKey.algorithm, now.seconds)
            try connection.run(
                """
                UPDATE keys SET state = 'retiring', expires_at = $3
                WHERE fhir_base = $1 AND algorithm = $2 AND state = 'active'
                """, fhirBase, newKey.algorithm, retiredUntil.seconds)
            try connection.run(
                "UPDATE keys SET state = 'active' WHERE fhir_base = $1 AND algorithm = $2 AND state = 'next'", fhirBase,
                newKey.algorithm)
            try Self.add(newKey, fhirBase: fhirBase, on: connection)
            try Self.record(newKey.event(.keyRotate), at: now, on: connection)
        }
    }

    private static func add(_ key: StoredKey, fhirBase: String, on connection: any Connection) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO keys (kid, fhir_base, algorithm, state, public_jwk, sealed, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, key.kid, fhirBase, key.algorithm, key.state.rawValue, String(decoding: key.publicJWK, as: UTF8.self),
            key.sealed, key.createdAt.seconds, key.expiresAt?.seconds)
    }

    private static func key(_ row: any Row, sealed: [UInt8]) -> StoredKey? {
        StoredKey.State(rawValue: row.text(2)).map { state in
            StoredKey(
                kid: row.text(0), algorithm: row.text(1), state: state, publicJWK: Array(row.text(3).utf8),
                sealed: sealed, createdAt: Instant(row.int(4)), expiresAt: row.optionalInt(5).map { Instant($0) })
        }
    }
}

extension StoredKey {
    fileprivate func event(_ act: AuditAct) -> AuditEvent {
        AuditEvent(
            act, details: [.init(.kid, kid), .init(.algorithm, algorithm), .init(.reason, state.rawValue)])
    }
}
