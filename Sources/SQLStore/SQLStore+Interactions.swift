import OAuth
import SMART
import SQL
import Store

extension SQLStore: InteractionStore {
    package func begin(_ interaction: Interaction) throws(StoreError) -> InteractionStart {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            if let launch = interaction.launch {
                let spent = try connection.run(
                    """
                    UPDATE launches SET spent_at = $2
                    WHERE handle = $1 AND fhir_base = $3 AND spent_at IS NULL AND expires_at > $2
                    """, launch.handle.bytes, interaction.startedAt.seconds, fhirBase)
                guard spent == 1 else { return .launchAlreadySpent }
                try Self.record(launch.event(.launchSpend), at: interaction.startedAt, on: connection)
            }
            try connection.run(
                """
                INSERT INTO interactions (id, fhir_base, request, client, launch, launch_account, launch_context,
                    launch_vouched_at, browser, started_at, expires_at, earlier_session)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """, interaction.id.bytes, fhirBase, String(decoding: interaction.request.json, as: UTF8.self),
                interaction.request.clientID, interaction.launch?.handle.bytes, interaction.launch?.account,
                interaction.launch.map { String(decoding: $0.context.json, as: UTF8.self) },
                interaction.launch?.vouchedAt?.seconds, interaction.browser?.bytes, interaction.startedAt.seconds,
                interaction.expiresAt.seconds, interaction.earlierSession?.bytes)
            return .begun
        }
    }

    package func interaction(_ id: SecretDigest, at now: Instant) throws(StoreError) -> Interaction? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT request, client, launch, launch_account, launch_context, browser, account, patient, allowed,
                    consent, started_at, expires_at, id, launch_vouched_at, form, encounter, earlier_session
                FROM interactions WHERE id = $1 AND fhir_base = $2 AND expires_at > $3 AND finished_at IS NULL
                """, id.bytes, fhirBase, now.seconds, read: Self.interaction) ?? nil
        }
    }

    package func bind(
        _ id: SecretDigest, to browser: SecretDigest, session: SecretDigest?
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                """
                UPDATE interactions
                SET browser = $2, earlier_session = CASE WHEN browser IS NULL THEN $4 ELSE earlier_session END
                WHERE id = $1 AND fhir_base = $3 AND (browser IS NULL OR browser = $2)
                """, id.bytes, browser.bytes, fhirBase, session?.bytes) == 1
        }
    }

    package func choose(
        patient: String, account: String, in id: SecretDigest, at now: Instant
    ) throws(StoreError) {
        try write { connection throws(SQLError) in
            let client = try connection.row(
                """
                UPDATE interactions SET account = $2, patient = $3, encounter = NULL
                WHERE id = $1 AND finished_at IS NULL AND consent IS NULL
                    AND (patient IS NULL OR account IS DISTINCT FROM $2)
                RETURNING client
                """, id.bytes, account, patient
            ) { $0.text(0) }
            guard let client else { return }
            try Self.record(
                AuditEvent(.patientChoice, account: account, client: client, patient: patient), at: now, on: connection)
        }
    }

    package func choose(
        encounter: Interaction.EncounterChoice, account: String, in id: SecretDigest
    ) throws(StoreError) {
        let picked =
            switch encounter {
            case .picked(let encounter): encounter
            case .without: ""
            }
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE interactions
                SET patient = CASE WHEN account = $2 THEN patient END, account = $2, encounter = $3
                WHERE id = $1 AND finished_at IS NULL AND consent IS NULL
                    AND (encounter IS NULL OR account IS DISTINCT FROM $2)
                """, id.bytes, account, picked)
        }
    }

    package func show(form: SecretDigest, in id: SecretDigest) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                "UPDATE interactions SET form = $2 WHERE id = $1 AND fhir_base = $3 AND finished_at IS NULL", id.bytes,
                form.bytes, fhirBase)
        }
    }

    package func spend(form: SecretDigest, in id: SecretDigest) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                """
                UPDATE interactions SET form = NULL
                WHERE id = $1 AND fhir_base = $3 AND form = $2 AND finished_at IS NULL
                """, id.bytes, form.bytes, fhirBase) == 1
        }
    }

    package func decide(_ consent: Consent, in id: SecretDigest) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let isFirst = try connection.run(
                """
                UPDATE interactions
                SET account = $2, patient = CASE WHEN account = $2 THEN patient END,
                    encounter = CASE WHEN account = $2 THEN encounter END, allowed = $3, consent = $4
                WHERE id = $1 AND finished_at IS NULL AND consent IS NULL
                """, id.bytes, consent.account, consent.allowed.description, consent.id)
            guard isFirst == 1 else { return false }
            try Self.insert(consent, fhirBase: fhirBase, on: connection)
            return true
        }
    }

    package func finish(_ id: SecretDigest, at now: Instant) throws(StoreError) -> Bool {
        try write { connection throws(SQLError) in
            try Self.finish(id, at: now, on: connection)
        }
    }

    static func finish(_ id: SecretDigest, at now: Instant, on connection: any Connection) throws(SQLError) -> Bool {
        try connection.run(
            "UPDATE interactions SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL AND expires_at > $2",
            id.bytes, now.seconds) == 1
    }

    private static func interaction(_ row: any Row) -> Interaction? {
        let handle = row.optionalBlob(2).map { SecretDigest(stored: $0) }
        guard let request = ValidAuthorizationRequest(stored: Array(row.text(0).utf8), launch: handle) else {
            return nil
        }
        let expiresAt = Instant(row.int(11))
        var launch: Launch?
        if let handle {
            // A launch whose context cannot be read must not become a standalone one.
            guard let context = LaunchContext(json: Array(row.text(4).utf8)) else { return nil }
            launch = Launch(
                handle: handle, clientID: row.text(1), account: row.text(3), context: context, expiresAt: expiresAt,
                vouchedAt: row.optionalInt(13).map { Instant($0) })
        }
        var progress: Interaction.Progress?
        if let account = row.optionalText(6) {
            progress = Interaction.Progress(
                account: account, patient: row.optionalText(7),
                encounter: row.optionalText(15).map { $0.isEmpty ? .without : .picked($0) })
            if let consent = row.optionalText(9) {
                let allowed = ScopeSet(row.text(8))
                progress?.decision =
                    allowed.isEmpty ? .denied(consent: consent) : .allowed(allowed, consent: consent)
            }
        }
        return Interaction(
            id: SecretDigest(stored: row.blob(12)), request: request, launch: launch,
            startedAt: Instant(row.int(10)), expiresAt: expiresAt,
            browser: row.optionalBlob(5).map { SecretDigest(stored: $0) },
            earlierSession: row.optionalBlob(16).map { SecretDigest(stored: $0) }, progress: progress,
            form: row.optionalBlob(14).map { SecretDigest(stored: $0) })
    }
}
