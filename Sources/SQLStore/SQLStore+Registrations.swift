import OAuth
import SQL
import Store

extension SQLStore: RegistrationStore {
    package func isGood(initialAccessToken token: SecretDigest, at now: Instant) throws(StoreError) -> Bool {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT 1 FROM initial_access_tokens
                WHERE digest = $1 AND fhir_base = $2 AND uses_left > 0 AND expires_at > $3
                """, token.bytes, fhirBase, now.seconds
            ) { _ in true } ?? false
        }
    }

    package func register(
        _ client: ClientRegistration, management: SecretDigest, spending initialAccessToken: SecretDigest?,
        dailyLimit: Int?, at now: Instant
    ) throws(StoreError) -> RegistrationOutcome {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            if let dailyLimit {
                let registered = try connection.row(
                    """
                    SELECT COUNT(*) FROM clients
                    WHERE fhir_base = $1 AND registration_token IS NOT NULL AND created_at > $2
                    """, fhirBase, now.seconds - 86_400
                ) { $0.int(0) }
                guard registered ?? 0 < dailyLimit else { return .tooMany }
            }
            if let initialAccessToken {
                let spent = try connection.run(
                    """
                    UPDATE initial_access_tokens SET uses_left = uses_left - 1
                    WHERE digest = $1 AND fhir_base = $2 AND uses_left > 0 AND expires_at > $3
                    """, initialAccessToken.bytes, fhirBase, now.seconds)
                guard spent == 1 else { return .tokenNotGood }
            }
            try Self.insert(client, managedBy: management, fhirBase: fhirBase, at: now, on: connection)
            try Self.record(
                AuditEvent(
                    .clientRegister, client: client.id,
                    details: [.init(.source, initialAccessToken == nil ? "open" : "token")]), at: now, on: connection)
            return .registered
        }
    }

    package func client(_ id: String, managedBy token: SecretDigest) throws(StoreError) -> RegisteredClient? {
        try read { connection throws(SQLError) in
            guard
                let client = try Self.clients(
                    on: connection, where: "id = $1 AND fhir_base = $2 AND registration_token = $3", id, fhirBase,
                    token.bytes
                ).first
            else { return nil }
            return try Self.history(of: client, fhirBase: fhirBase, on: connection)
        }
    }

    package func registeredClient(_ id: String) throws(StoreError) -> RegisteredClient? {
        try read { connection throws(SQLError) in
            guard
                let client = try Self.clients(on: connection, where: "id = $1 AND fhir_base = $2", id, fhirBase).first
            else { return nil }
            return try Self.history(of: client, fhirBase: fhirBase, on: connection)
        }
    }

    private static func history(
        of client: ClientRegistration, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> RegisteredClient? {
        try connection.row(
            "SELECT created_at, CASE WHEN registration_token IS NULL THEN 0 ELSE 1 END FROM clients WHERE id = $1 AND fhir_base = $2",
            client.id,
            fhirBase
        ) { RegisteredClient(client, issuedAt: Instant($0.int(0)), isSelfRegistered: $0.bool(1)) }
    }

    package func replace(
        _ read: ClientRegistration, with client: ClientRegistration, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let columns = Self.replaceable(client).map(\.name)
            let count = columns.count
            // Parameters: two of the row, then the new values, then those that were read.
            let changes = columns.enumerated().map { "\($1) = $\($0 + 3)" }
            let conditions = columns.enumerated().map { "\($1) IS NOT DISTINCT FROM $\($0 + 3 + count)" }
            let values = Self.replaceable(client) + Self.replaceable(read)
            let changed = try connection.each(
                """
                UPDATE clients SET \(changes.joined(separator: ", "))
                WHERE id = $1 AND fhir_base = $2 AND \(conditions.joined(separator: " AND "))
                """, [client.id, fhirBase] + values.map(\.value)
            ) { _ in }
            guard changed == 1 else { return false }
            if client.approval != read.approval {
                try connection.run("UPDATE clients SET approval_since = $2 WHERE id = $1", client.id, now.seconds)
            }
            try connection.run("DELETE FROM client_origins WHERE client = $1", client.id)
            try Self.insertOrigins(of: client, fhirBase: fhirBase, on: connection)
            try Self.record(AuditEvent(.clientUpdate, client: client.id), at: now, on: connection)
            return true
        }
    }

    /// The columns that a replacement sets, and that must still be as they were read.
    private static func replaceable(_ client: ClientRegistration) -> [(name: String, value: any Bindable)] {
        let keys = client.authentication.keyColumns
        return [
            ("name", client.name), ("keys_jwks", keys.jwks), ("keys_uri", keys.uri), ("keys_mirror", keys.mirror),
            ("keys_file", keys.file), ("algorithms", keys.algorithms),
            ("grant_types", list(client.grantTypes.map(\.rawValue).sorted())),
            ("redirect_uris", list(client.redirectURIs.map(\.description))), ("launch_urls", list(client.launchURLs)),
            ("origins", list(client.origins)), ("scopes", client.scopes.description), ("is_trusted", client.isTrusted),
            ("is_native", client.isNative), ("access_token_lifetime", client.lifetimes.accessToken),
            ("refresh_token_lifetime", client.lifetimes.refreshToken),
            ("presentation", String(decoding: client.presentation.json, as: UTF8.self)),
            ("approval", client.approval.rawValue), ("is_verified", client.isVerified),
            ("access", client.access.description),
        ]
    }

    package func delete(client id: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        let mayRemoveWebhook = database.powers.mayWrite("destinations")
        return try write { connection throws(SQLError) in
            try Self.endGrants(of: id, fhirBase: fhirBase, at: now, on: connection)
            if mayRemoveWebhook { try Self.removeWebhook(of: id, fhirBase: fhirBase, on: connection) }
            let deleted = try connection.run("DELETE FROM clients WHERE id = $1 AND fhir_base = $2", id, fhirBase)
            guard deleted == 1 else { return false }
            try Self.record(AuditEvent(.clientDelete, client: id), at: now, on: connection)
            return true
        }
    }

    private static func endGrants(
        of client: String, fhirBase: String, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        try endGrants(
            where: "client = $3 AND fhir_base = $4", client, fhirBase, reason: .clientDeleted, at: now, on: connection)
    }

    package func decide(
        _ approval: ClientRegistration.Approval, client id: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let changed = try connection.run(
                """
                UPDATE clients SET approval = $3, is_verified = $4, approval_since = $5
                WHERE id = $1 AND fhir_base = $2
                """, id, fhirBase, approval.rawValue, approval == .approved, now.seconds)
            guard changed == 1 else { return false }
            let act: AuditAct =
                switch approval {
                case .approved: .clientApprove
                case .rejected: .clientReject
                case .pending: .clientUpdate
                }
            try Self.record(AuditEvent(act, client: id), at: now, on: connection)
            return true
        }
    }
}

extension SQLStore {
    /// Deletes apps that registered themselves and that nobody has agreed to for so long, as if each had been deleted by hand.
    ///
    /// - Returns: how many; there may be more.
    func forsakenRegistrations(deletedAt now: Instant, limit: Int) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        let since = now.seconds - RegistrationPolicy.patience
        // What an administrator agrees to in this moment stays: the deletion looks again.
        let forsaken = """
            fhir_base = $1 AND registration_token IS NOT NULL AND approval <> 'approved'
                AND coalesce(approval_since, created_at) < $2
            """
        return try write { connection throws(SQLError) in
            let ids = try connection.rows(
                "SELECT id FROM clients WHERE \(forsaken) ORDER BY id LIMIT $3", fhirBase, since, limit
            ) { $0.text(0) }
            var deleted = 0
            for id in ids {
                let rows = try connection.run("DELETE FROM clients WHERE \(forsaken) AND id = $3", fhirBase, since, id)
                guard rows == 1 else { continue }
                try Self.endGrants(of: id, fhirBase: fhirBase, at: now, on: connection)
                try Self.record(
                    AuditEvent(.clientDelete, client: id, details: [.init(.reason, "nobody_approved")]), at: now,
                    on: connection)
                deleted += 1
            }
            return deleted
        }
    }

    package func add(_ token: InitialAccessToken, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try connection.run(
                "DELETE FROM initial_access_tokens WHERE fhir_base = $1 AND (expires_at <= $2 OR uses_left <= 0)",
                fhirBase,
                now.seconds)
            try connection.run(
                """
                INSERT INTO initial_access_tokens (digest, fhir_base, label, uses_left, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, token.digest.bytes, fhirBase, token.label, token.uses, now.seconds, token.expiresAt.seconds)
            try Self.record(
                AuditEvent(
                    .registrationTokenAdd,
                    details: [.init(.count, token.uses), .init(.until, token.expiresAt.seconds)]), at: now,
                on: connection)
        }
    }

    package func initialAccessTokens(at now: Instant) throws(StoreError) -> [InitialAccessToken] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT digest, label, uses_left, expires_at FROM initial_access_tokens
                WHERE fhir_base = $1 AND uses_left > 0 AND expires_at > $2 ORDER BY label, expires_at
                """, fhirBase, now.seconds
            ) { row in
                InitialAccessToken(
                    digest: SecretDigest(stored: row.blob(0)), label: row.text(1), uses: row.int(2),
                    expiresAt: Instant(row.int(3)))
            }
        }
    }

    package func deleteInitialAccessTokens(label: String, at now: Instant) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let deleted = try connection.run(
                "DELETE FROM initial_access_tokens WHERE label = $1 AND fhir_base = $2", label, fhirBase)
            guard deleted > 0 else { return 0 }
            try Self.record(
                AuditEvent(.registrationTokenDelete, details: [.init(.count, deleted)]), at: now, on: connection)
            return deleted
        }
    }
}
