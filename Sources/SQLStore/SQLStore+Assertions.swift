import OAuth
import SQL
import Store

extension SQLStore: AssertionStore {
    package func remember(
        jti: SecretDigest, of client: String, until expiry: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                """
                INSERT INTO assertions (jti, client, fhir_base, expires_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (client, jti) DO NOTHING
                """, jti.bytes, client, fhirBase, expiry.seconds) == 1
        }
    }
}
