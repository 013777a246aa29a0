import JSON
import OAuth
import SMART
import SQL
import Store

extension SQLStore: ClientStore {
    package func client(_ id: String) throws(StoreError) -> ClientRegistration? {
        try read { connection throws(SQLError) in
            try Self.clients(on: connection, where: "id = $1 AND fhir_base = $2", id, fhirBase).first
        }
    }

    package func clients() throws(StoreError) -> [ClientRegistration] {
        try read { connection throws(SQLError) in
            try Self.clients(on: connection, where: "$1 = $1 AND fhir_base = $2", "", fhirBase)
        }
    }

    package func isRegisteredOrigin(_ origin: String) throws(StoreError) -> Bool {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT 1 FROM client_origins JOIN clients ON clients.id = client_origins.client
                WHERE client_origins.origin = $1 AND client_origins.fhir_base = $2 AND clients.disabled_at IS NULL
                """, origin, fhirBase
            ) { _ in true } ?? false
        }
    }

    package func add(_ client: ClientRegistration, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            let authentication = client.isPublic ? "none" : "client_secret_basic"
            try connection.run(
                """
                INSERT INTO clients (id, fhir_base, name, authentication, redirect_uris, launch_urls, origins, scopes,
                    is_trusted, is_native, access_token_lifetime, refresh_token_lifetime, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """, client.id, fhirBase, client.name, authentication,
                Self.list(client.redirectURIs.map(\.description)), Self.list(client.launchURLs),
                Self.list(client.origins), client.scopes.description, client.isTrusted, client.isNative,
                client.lifetimes.accessToken, client.lifetimes.refreshToken, now.seconds)
            for origin in client.registeredOrigins {
                try connection.run(
                    "INSERT INTO client_origins (origin, client, fhir_base) VALUES ($1, $2, $3)", origin, client.id,
                    fhirBase)
            }
            guard case .secret(let secrets) = client.authentication else { return }
            for secret in secrets {
                try connection.run(
                    "INSERT INTO client_secrets (client, digest, fhir_base, created_at) VALUES ($1, $2, $3, $4)",
                    client.id, secret.digest.bytes, fhirBase, now.seconds)
            }
        }
    }

    package func setDisabled(_ isDisabled: Bool, client id: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                "UPDATE clients SET disabled_at = $3 WHERE id = $1 AND fhir_base = $2", id, fhirBase,
                isDisabled ? now.seconds : nil) == 1
        }
    }

    package func rotateSecret(
        to digest: SecretDigest, client id: String, overlapEnd: Instant, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.lock("secrets of \(id)")
            let isConfidential = try connection.row(
                "SELECT 1 FROM clients WHERE id = $1 AND fhir_base = $2 AND authentication = 'client_secret_basic'",
                id, fhirBase
            ) { _ in true }
            guard isConfidential != nil else { return false }
            // Two secrets overlap, no more: what was already on its way out goes at once.
            try connection.run(
                "DELETE FROM client_secrets WHERE client = $1 AND expires_at IS NOT NULL", id)
            try connection.run(
                "UPDATE client_secrets SET expires_at = $2 WHERE client = $1", id, overlapEnd.seconds)
            try connection.run(
                "INSERT INTO client_secrets (client, digest, fhir_base, created_at) VALUES ($1, $2, $3, $4)", id,
                digest.bytes, fhirBase, now.seconds)
            return true
        }
    }

    private static func clients(
        on connection: any Connection, where condition: String, _ first: String, _ second: String
    ) throws(SQLError) -> [ClientRegistration] {
        let found = try connection.rows(
            """
            SELECT id, name, authentication, redirect_uris, launch_urls, origins, scopes, is_trusted, is_native,
                access_token_lifetime, refresh_token_lifetime, disabled_at
            FROM clients WHERE \(condition) ORDER BY name, id
            """, first, second
        ) { row in
            ClientRegistration(
                id: row.text(0), name: row.text(1),
                authentication: row.text(2) == "none" ? .none : .secret([]),
                redirectURIs: list(row.text(3)).map { RedirectURI(stored: $0) }, launchURLs: list(row.text(4)),
                scopes: ScopeSet(row.text(6)), isTrusted: row.bool(7), isNative: row.bool(8),
                isDisabled: !row.isNull(11), origins: list(row.text(5)),
                lifetimes: ClientRegistration.Lifetimes(
                    accessToken: row.optionalInt(9), refreshToken: row.optionalInt(10)))
        }
        // A public client has no secrets, so most programs never ask for them.
        var clients: [ClientRegistration] = []
        for var client in found {
            if !client.isPublic { client.authentication = .secret(try secrets(of: client.id, on: connection)) }
            clients.append(client)
        }
        return clients
    }

    private static func secrets(
        of id: String, on connection: any Connection
    ) throws(SQLError) -> [ClientRegistration.ClientSecret] {
        try connection.rows("SELECT digest, expires_at FROM client_secrets WHERE client = $1", id) { row in
            ClientRegistration.ClientSecret(
                digest: SecretDigest(stored: row.blob(0)), expiresAt: row.optionalInt(1).map { Instant($0) })
        }
    }

    static func list(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.array { for text in texts { $0.element(text) } }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func list(_ json: String) -> [String] {
        (try? JSONDocument(Array(json.utf8)))?.root.elements.compactMap(\.string) ?? []
    }
}
