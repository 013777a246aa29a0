import JOSE
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
                    AND clients.approval = 'approved'
                """, origin, fhirBase
            ) { _ in true } ?? false
        }
    }

    package func add(_ client: ClientRegistration, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try Self.insert(client, managedBy: nil, fhirBase: fhirBase, at: now, on: connection)
            // What one of the same id has left.
            try Self.removeWebhook(of: client.id, fhirBase: fhirBase, on: connection)
            try Self.record(AuditEvent(.clientAdd, client: client.id), at: now, on: connection)
        }
    }

    static func insert(
        _ client: ClientRegistration, managedBy token: SecretDigest?, fhirBase: String, at now: Instant,
        on connection: any Connection
    ) throws(SQLError) {
        let keys = client.authentication.keyColumns
        try connection.run(
            """
            INSERT INTO clients (id, fhir_base, name, authentication, keys_jwks, keys_uri, keys_mirror, keys_file,
                algorithms, grant_types, roles, redirect_uris, launch_urls, origins, scopes, is_trusted, is_native,
                access_token_lifetime, refresh_token_lifetime, presentation, approval, is_verified, access,
                registration_token, created_at, disabled_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26)
            """, client.id, fhirBase, client.name, client.authentication.name.rawValue, keys.jwks, keys.uri,
            keys.mirror, keys.file, keys.algorithms, list(client.grantTypes.map(\.rawValue).sorted()),
            list(client.roles.map(\.rawValue).sorted()), list(client.redirectURIs.map(\.description)),
            list(client.launchURLs), list(client.origins), client.scopes.description, client.isTrusted,
            client.isNative, client.lifetimes.accessToken, client.lifetimes.refreshToken,
            String(decoding: client.presentation.json, as: UTF8.self), client.approval.rawValue, client.isVerified,
            client.access.description, token?.bytes, now.seconds, client.isDisabled ? now.seconds : nil as Int?)
        try insertOrigins(of: client, fhirBase: fhirBase, on: connection)
        try insertSecrets(of: client, fhirBase: fhirBase, at: now, on: connection)
    }

    static func insertOrigins(
        of client: ClientRegistration, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        for origin in client.registeredOrigins {
            try connection.run(
                "INSERT INTO client_origins (origin, client, fhir_base) VALUES ($1, $2, $3)", origin, client.id,
                fhirBase)
        }
    }

    static func insertSecrets(
        of client: ClientRegistration, fhirBase: String, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        guard case .secret(let secrets, _) = client.authentication else { return }
        for secret in secrets {
            try connection.run(
                """
                INSERT INTO client_secrets (client, digest, fhir_base, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5)
                """, client.id, secret.digest.bytes, fhirBase, now.seconds, secret.expiresAt?.seconds)
        }
    }

    package func setKeys(
        _ keys: ClientPublicKeys, client id: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        let columns = ClientAuthenticationMethod.privateKey(keys).keyColumns
        return try write { connection throws(SQLError) in
            let changed = try connection.run(
                """
                UPDATE clients SET keys_jwks = $3, keys_uri = $4, keys_mirror = $5, keys_file = $6, algorithms = $7
                WHERE id = $1 AND fhir_base = $2 AND authentication = 'private_key_jwt'
                """, id, fhirBase, columns.jwks, columns.uri, columns.mirror, columns.file, columns.algorithms)
            guard changed == 1 else { return false }
            try Self.record(AuditEvent(.clientKeys, client: id), at: now, on: connection)
            return true
        }
    }

    package func setDisabled(_ isDisabled: Bool, client id: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let changed = try connection.run(
                "UPDATE clients SET disabled_at = $3 WHERE id = $1 AND fhir_base = $2", id, fhirBase,
                isDisabled ? now.seconds : nil)
            guard changed == 1 else { return false }
            try Self.record(
                AuditEvent(isDisabled ? .clientDisable : .clientEnable, client: id), at: now, on: connection)
            return true
        }
    }

    package func rotateSecret(
        to digest: SecretDigest, client id: String, overlapEnd: Instant, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.lock("secrets of \(id)")
            let isConfidential = try connection.row(
                "SELECT 1 FROM clients WHERE id = $1 AND fhir_base = $2 AND authentication IN ('client_secret_basic', 'client_secret_post')",
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
            try Self.record(
                AuditEvent(.clientSecret, client: id, details: [.init(.until, overlapEnd.seconds)]), at: now,
                on: connection)
            return true
        }
    }

    static func clients(
        on connection: any Connection, where condition: String, _ parameters: any Bindable...
    ) throws(SQLError) -> [ClientRegistration] {
        var found: [ClientRegistration] = []
        _ = try connection.each(
            "SELECT \(clientColumns) FROM clients WHERE \(condition) ORDER BY name, id", parameters
        ) { row in
            if let client = client(row) { found.append(client) }
        }
        // Only clients with secrets have any, so most programs never ask for them.
        var clients: [ClientRegistration] = []
        for var client in found {
            if case .secret(_, let isTakenFromBody) = client.authentication {
                client.authentication = .secret(
                    try secrets(of: client.id, on: connection), isTakenFromBody: isTakenFromBody)
            }
            clients.append(client)
        }
        return clients
    }

    private static let clientColumns =
        """
        id, name, authentication, keys_jwks, keys_uri, keys_mirror, keys_file, algorithms, grant_types, roles,
        redirect_uris, launch_urls, origins, scopes, is_trusted, is_native, access_token_lifetime,
        refresh_token_lifetime, presentation, approval, disabled_at, is_verified, access
        """

    /// A row whose authentication, approval or access cannot be read is no client: nothing is granted on a guess.
    private static func client(_ row: any Row) -> ClientRegistration? {
        guard let approval = ClientRegistration.Approval(rawValue: row.text(19)), let access = UserAccess(row.text(22)),
            let authentication = ClientAuthenticationMethod(
                name: row.text(2),
                keys: KeyColumns(
                    jwks: row.optionalText(3), uri: row.optionalText(4), mirror: row.optionalText(5),
                    file: row.optionalText(6), algorithms: row.optionalText(7))),
            let presentation = ClientPresentation(json: row.text(18))
        else { return nil }
        return ClientRegistration(
            id: row.text(0), name: row.text(1), authentication: authentication,
            grantTypes: Set(list(row.text(8)).compactMap(ClientRegistration.GrantType.init(rawValue:))),
            roles: Set(list(row.text(9)).compactMap(ClientRegistration.Role.init(rawValue:))),
            redirectURIs: list(row.text(10)).map { RedirectURI(stored: $0) }, launchURLs: list(row.text(11)),
            scopes: ScopeSet(row.text(13)), isTrusted: row.bool(14), isNative: row.bool(15),
            isDisabled: !row.isNull(20), approval: approval, isVerified: row.bool(21), origins: list(row.text(12)),
            lifetimes: ClientRegistration.Lifetimes(
                accessToken: row.optionalInt(16), refreshToken: row.optionalInt(17)), access: access,
            presentation: presentation)
    }

    private static func secrets(
        of id: String, on connection: any Connection
    ) throws(SQLError) -> [ClientSecret] {
        try connection.rows("SELECT digest, expires_at FROM client_secrets WHERE client = $1", id) { row in
            ClientSecret(
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

/// The columns of an asymmetric client's keys, all empty for the others.
struct KeyColumns {
    var jwks: String?
    var uri: String?
    var mirror: String?
    var file: String?
    var algorithms: String?

    fileprivate var registered: RegisteredKeys? {
        if let file { return .file(file, uri: uri) }
        if let uri { return .uri(uri, mirror: mirror) }
        return jwks.map { .given(jwks: Array($0.utf8)) }
    }
}

extension ClientAuthenticationMethod {
    var keyColumns: KeyColumns {
        guard case .privateKey(let keys) = self else { return KeyColumns() }
        let algorithms = SQLStore.list(keys.algorithms.map(\.rawValue).sorted())
        return switch keys.registered {
        case .given(let jwks): KeyColumns(jwks: String(decoding: jwks, as: UTF8.self), algorithms: algorithms)
        case .uri(let uri, let mirror): KeyColumns(uri: uri, mirror: mirror, algorithms: algorithms)
        case .file(let path, let uri): KeyColumns(uri: uri, file: path, algorithms: algorithms)
        }
    }

    fileprivate init?(name: String, keys columns: KeyColumns) {
        switch Name(rawValue: name) {
        case nil: return nil
        case .none?: self = .none
        case .secretBasic: self = .secret([])
        case .secretPost: self = .secret([], isTakenFromBody: true)
        case .privateKeyJWT:
            guard let registered = columns.registered, let algorithms = columns.algorithms else { return nil }
            self = .privateKey(
                ClientPublicKeys(
                    registered,
                    algorithms: Set(SQLStore.list(algorithms).compactMap(SignatureAlgorithm.init(rawValue:)))))
        }
    }
}

extension ClientPresentation {
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("organization_name", organization)
            $0.member("client_uri", clientURI)
            $0.member("logo_uri", logoURI)
            $0.member("policy_uri", policyURI)
            $0.member("tos_uri", termsURI)
            $0.member("contacts", contacts)
            $0.member("software_id", softwareID)
            $0.member("software_version", softwareVersion)
        }
        return writer.bytes
    }

    init?(json: String) {
        guard let root = (try? JSONDocument(Array(json.utf8)))?.root, root.kind == .object else { return nil }
        self.init(
            organization: root["organization_name"]?.string, clientURI: root["client_uri"]?.string,
            logoURI: root["logo_uri"]?.string,
            policyURI: root["policy_uri"]?.string, termsURI: root["tos_uri"]?.string,
            contacts: root["contacts"]?.elements.compactMap(\.string) ?? [],
            softwareID: root["software_id"]?.string, softwareVersion: root["software_version"]?.string)
    }
}
