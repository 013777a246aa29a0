import SQL

/// The tables, step by step. A step that was released is never changed; times are seconds since 1970, secrets are
/// SHA-256 digests, and every row carries the FHIR base it belongs to.
enum Schema {
    static let migrations = Migrations([
        first, second, third, audit, consents, browsers, directives, temporaryAccess, emergencies, recent, simulations,
        follower, secondFactors, helpDesk, owners, purposes, ownDirectives,
    ])

    private static let first = """
        CREATE TABLE clients (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            name TEXT NOT NULL,
            authentication TEXT NOT NULL CHECK (
                authentication IN ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')),
            keys_jwks TEXT,
            keys_uri TEXT,
            keys_mirror TEXT,
            keys_file TEXT,
            algorithms TEXT,
            grant_types TEXT NOT NULL,
            roles TEXT NOT NULL,
            redirect_uris TEXT NOT NULL,
            launch_urls TEXT NOT NULL,
            origins TEXT NOT NULL,
            scopes TEXT NOT NULL,
            is_trusted INTEGER NOT NULL,
            is_native INTEGER NOT NULL,
            access_token_lifetime INTEGER,
            refresh_token_lifetime INTEGER,
            presentation TEXT NOT NULL,
            approval TEXT NOT NULL CHECK (approval IN ('approved', 'pending', 'rejected')),
            registration_token BLOB,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- What lets apps register themselves; a use is one row updated once.
        CREATE TABLE initial_access_tokens (
            digest BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            label TEXT NOT NULL,
            uses_left INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The assertions of asymmetric clients: the primary key is what makes each good once.
        CREATE TABLE assertions (
            jti BLOB NOT NULL,
            client TEXT NOT NULL,
            fhir_base TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (client, jti)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX assertions_by_expiry ON assertions (expires_at);

        CREATE TABLE client_secrets (
            client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            PRIMARY KEY (client, digest)
        ) STRICT, WITHOUT ROWID;

        -- The web origins of each client, so that a preflight asks one index.
        CREATE TABLE client_origins (
            origin TEXT NOT NULL,
            client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
            fhir_base TEXT NOT NULL,
            PRIMARY KEY (origin, client)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE accounts (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            username TEXT NOT NULL,
            subject TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            password TEXT NOT NULL,
            fhir_user TEXT,
            access TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER,
            UNIQUE (fhir_base, username)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX accounts_by_fhir_user ON accounts (fhir_user);

        -- Guesses by what was guessed at: a digest, for people type other things than names.
        CREATE TABLE attempts (
            key BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            failures INTEGER NOT NULL,
            blocked_until INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (key, fhir_base)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attempts_by_expiry ON attempts (expires_at);

        -- Browsers that somebody has signed in with, so that a stranger's guesses keep nobody waiting there.
        CREATE TABLE known_browsers (
            account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            browser BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (account, browser)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX known_browsers_by_expiry ON known_browsers (expires_at);

        CREATE TABLE sessions (
            id BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            authenticated_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_by_account ON sessions (account);
        CREATE INDEX sessions_by_expiry ON sessions (expires_at);

        CREATE TABLE launches (
            handle BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            client TEXT NOT NULL,
            account TEXT NOT NULL,
            context TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            vouched_at INTEGER,
            spent_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX launches_by_expiry ON launches (expires_at);

        CREATE TABLE interactions (
            id BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            request TEXT NOT NULL,
            client TEXT NOT NULL,
            launch BLOB,
            launch_account TEXT,
            launch_context TEXT,
            launch_vouched_at INTEGER,
            browser BLOB,
            form BLOB,
            account TEXT,
            patient TEXT,
            encounter TEXT,
            allowed TEXT,
            consent TEXT,
            started_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            finished_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX interactions_by_expiry ON interactions (expires_at);

        CREATE TABLE consents (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            account TEXT NOT NULL,
            client TEXT NOT NULL,
            patient TEXT,
            requested TEXT NOT NULL,
            allowed TEXT NOT NULL,
            decided_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE grants (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            client TEXT NOT NULL,
            account TEXT,
            scopes TEXT NOT NULL,
            context TEXT NOT NULL,
            consent TEXT REFERENCES consents (id),
            nonce TEXT,
            session BLOB,
            launch BLOB,
            authenticated_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            used_at INTEGER,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER,
            end_reason TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX grants_by_expiry ON grants (expires_at);
        CREATE INDEX grants_by_account ON grants (account);
        CREATE INDEX grants_by_client ON grants (client);
        CREATE INDEX grants_by_session ON grants (session);
        CREATE INDEX grants_by_launch ON grants (launch);

        CREATE TABLE codes (
            digest BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            grant_id TEXT NOT NULL,
            redirect_uri TEXT NOT NULL,
            code_challenge TEXT NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            expires_at INTEGER NOT NULL,
            spent_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX codes_by_expiry ON codes (expires_at);

        CREATE TABLE access_tokens (
            digest BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            grant_id TEXT NOT NULL,
            scopes TEXT NOT NULL,
            issued_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

        CREATE TABLE refresh_tokens (
            digest BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            grant_id TEXT NOT NULL,
            issued_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            spent_at INTEGER,
            successor BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

        CREATE TABLE keys (
            kid TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            algorithm TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring')),
            public_jwk TEXT NOT NULL,
            sealed BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    private static let second = """
        -- Whether somebody at the hospital has vouched for a client, and since when its approval is as it is. Of those that
        -- registered themselves nobody can tell any more who approved them, so an administrator does it once more.
        ALTER TABLE clients ADD COLUMN is_verified INTEGER NOT NULL DEFAULT 0;
        UPDATE clients SET is_verified = 1 WHERE registration_token IS NULL;
        ALTER TABLE clients ADD COLUMN approval_since INTEGER;

        -- Which records a client without a user reaches.
        ALTER TABLE clients ADD COLUMN access TEXT NOT NULL DEFAULT 'all';

        -- The scope parameter of the authorization request, which a refresh may repeat.
        ALTER TABLE grants ADD COLUMN requested_scope TEXT;
        """

    private static let third = """
        -- The session that the browser came with: a sign-in that an app asks for begins another one.
        ALTER TABLE interactions ADD COLUMN earlier_session BLOB;
        """

    private static let browsers = """
        -- Which kind of browser a session is in: one of a few words of ours.
        ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT 'other';
        """

    private static let temporaryAccess = """
        -- Patients whom a person may see for a time, beyond accounts.access: as a proxy, who is to them what basis
        -- says, or in an emergency.
        CREATE TABLE temporary_access (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            patient TEXT NOT NULL,
            basis TEXT NOT NULL,
            begun_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX temporary_access_by_account ON temporary_access (account, patient) WHERE ended_at IS NULL;
        """

    private static let emergencies = """
        -- Whether somebody may open records past the own rights, in an emergency.
        ALTER TABLE accounts ADD COLUMN breaks_glass INTEGER NOT NULL DEFAULT 0;
        """

    private static let purposes = """
        -- What a consent lets data be used for; NULL where nobody had asked yet.
        ALTER TABLE consents ADD COLUMN purpose TEXT;
        """

    private static let helpDesk = """
        -- Whether somebody may see other people's connected apps, and end their access for them.
        ALTER TABLE accounts ADD COLUMN helps_others INTEGER NOT NULL DEFAULT 0;
        """

    private static let secondFactors = """
        ALTER TABLE accounts ADD COLUMN needs_second_factor INTEGER NOT NULL DEFAULT 0;

        -- One a person, its secret sealed for the account; a code is good once, for its time step is raised.
        CREATE TABLE second_factors (
            account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
            fhir_base TEXT NOT NULL,
            sealed BLOB NOT NULL,
            last_step INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            confirmed_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE recovery_codes (
            account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (account, digest)
        ) STRICT, WITHOUT ROWID;

        -- People whose password was right and who have not shown their second factor yet.
        CREATE TABLE pending_sign_ins (
            id BLOB PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            browser BLOB NOT NULL,
            authenticated_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at);
        CREATE INDEX pending_sign_ins_by_account ON pending_sign_ins (account);

        -- Whether it was shown in a session, and how the person of a grant signed in.
        ALTER TABLE sessions ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE grants ADD COLUMN methods TEXT;
        """

    private static let audit = """
        -- The trail of acts: each row's hash covers the row and the hash before it. Rows are added, and nothing else.
        CREATE TABLE audit_events (
            sequence INTEGER PRIMARY KEY,
            previous BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            outcome TEXT NOT NULL,
            program TEXT NOT NULL,
            unix_user TEXT,
            account TEXT,
            client TEXT,
            patient TEXT,
            grant_id TEXT,
            consent TEXT,
            request TEXT,
            address TEXT,
            details TEXT NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_events_by_patient ON audit_events (patient, at) WHERE patient IS NOT NULL;

        -- Where older rows were exported and cut off: the chain goes on from here.
        CREATE TABLE audit_cuts (
            sequence INTEGER PRIMARY KEY,
            hash BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            cut_at INTEGER NOT NULL
        ) STRICT;

        -- What apps read, counted: by grant, patient, day (of 86400 seconds since 1970), type and kind of interaction.
        -- A patient of '' stands for many or unknown ones.
        CREATE TABLE disclosures (
            grant_id TEXT NOT NULL,
            patient TEXT NOT NULL,
            day INTEGER NOT NULL,
            resource_type TEXT NOT NULL,
            interaction TEXT NOT NULL,
            fhir_base TEXT NOT NULL,
            client TEXT NOT NULL,
            account TEXT,
            reads INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            PRIMARY KEY (grant_id, patient, day, resource_type, interaction, fhir_base)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX disclosures_by_patient ON disclosures (patient, day);

        -- on SQLite:
        CREATE TRIGGER audit_events_are_kept BEFORE UPDATE ON audit_events
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
        CREATE TRIGGER audit_events_are_cut BEFORE DELETE ON audit_events
        WHEN OLD.sequence > (SELECT coalesce(max(sequence), 0) FROM audit_cuts)
        BEGIN SELECT RAISE(ABORT, 'the audit trail is cut by vestibule audit cut alone'); END;
        CREATE TRIGGER audit_cuts_are_kept BEFORE UPDATE ON audit_cuts
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
        CREATE TRIGGER audit_cuts_stay BEFORE DELETE ON audit_cuts
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
        -- on PostgreSQL:
        CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit trail is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$;
        CREATE FUNCTION audit_is_cut() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last_cut bigint;
        BEGIN
            EXECUTE format('SELECT coalesce(max(sequence), 0) FROM %I.audit_cuts', TG_TABLE_SCHEMA) INTO last_cut;
            IF OLD.sequence > last_cut THEN
                RAISE EXCEPTION 'the audit trail is cut by vestibule audit cut alone'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        END $$;
        CREATE TRIGGER audit_events_are_kept BEFORE UPDATE ON audit_events
            FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_events_are_cut BEFORE DELETE ON audit_events
            FOR EACH ROW EXECUTE FUNCTION audit_is_cut();
        CREATE TRIGGER audit_events_stay BEFORE TRUNCATE ON audit_events
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_cuts_stay BEFORE UPDATE OR DELETE ON audit_cuts
            FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
        CREATE TRIGGER audit_cuts_are_kept BEFORE TRUNCATE ON audit_cuts
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
        """

    private static let consents = """
        -- A consent is a record with a life of its own, and what stood on its page.
        ALTER TABLE consents ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
            CHECK (status IN ('active', 'inactive', 'rejected'));
        ALTER TABLE consents ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE consents ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE consents ADD COLUMN expires_at INTEGER;
        ALTER TABLE consents ADD COLUMN language TEXT;
        ALTER TABLE consents ADD COLUMN wording TEXT;
        UPDATE consents SET changed_at = decided_at;
        UPDATE consents SET status = 'rejected' WHERE allowed = '';
        -- What a person has withdrawn so far ended grants alone.
        UPDATE consents SET status = 'inactive', version = 2
            WHERE id IN (SELECT consent FROM grants WHERE end_reason = 'withdrawn');
        CREATE INDEX consents_by_account ON consents (account, client);
        CREATE INDEX consents_by_patient ON consents (patient);
        CREATE INDEX grants_by_consent ON grants (consent);

        -- On whose word a grant rests.
        ALTER TABLE grants ADD COLUMN policy TEXT;

        -- What each version of a consent said.
        CREATE TABLE consent_versions (
            consent TEXT NOT NULL REFERENCES consents (id),
            version INTEGER NOT NULL,
            fhir_base TEXT NOT NULL,
            status TEXT NOT NULL,
            allowed TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (consent, version)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO consent_versions (consent, version, fhir_base, status, allowed, changed_at)
            SELECT id, version, fhir_base, status, allowed, changed_at FROM consents;

        -- Who is told of them, and what is on its way.
        CREATE TABLE destinations (
            name TEXT NOT NULL,
            fhir_base TEXT NOT NULL,
            PRIMARY KEY (name, fhir_base)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deliveries (
            consent TEXT NOT NULL,
            version INTEGER NOT NULL,
            destination TEXT NOT NULL,
            fhir_base TEXT NOT NULL,
            due_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            delivered_at INTEGER,
            error TEXT,
            PRIMARY KEY (consent, version, destination),
            FOREIGN KEY (consent, version) REFERENCES consent_versions (consent, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_due ON deliveries (due_at) WHERE delivered_at IS NULL;
        """

    private static let directives = """
        -- What patients have decided elsewhere, each with the versions that it had.
        CREATE TABLE consent_directives (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            patient TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
            version INTEGER NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('paper', 'fhir', 'webhook')),
            origin TEXT,
            origin_version TEXT,
            origin_updated_at INTEGER,
            statement TEXT,
            recorded_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            UNIQUE (origin, fhir_base)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consent_directives_by_patient ON consent_directives (patient);
        CREATE TABLE consent_directive_versions (
            directive TEXT NOT NULL REFERENCES consent_directives (id),
            version INTEGER NOT NULL,
            fhir_base TEXT NOT NULL,
            status TEXT NOT NULL,
            origin_version TEXT,
            statement TEXT,
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (directive, version)
        ) STRICT, WITHOUT ROWID;

        -- What each version denies, and to which app; '' stands for every app. Requests ask the index of those in force.
        CREATE TABLE consent_rules (
            directive TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL,
            fhir_base TEXT NOT NULL,
            patient TEXT NOT NULL,
            client TEXT NOT NULL,
            denied TEXT NOT NULL,
            starts_at INTEGER,
            ends_at INTEGER,
            in_force INTEGER NOT NULL,
            PRIMARY KEY (directive, version, position),
            FOREIGN KEY (directive, version) REFERENCES consent_directive_versions (directive, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consent_rules_in_force ON consent_rules (client, patient) WHERE in_force = 1;
        """

    private static let ownDirectives = """
        -- on SQLite:
        -- A CHECK changes with its table alone. Rows refer to it: they have to find theirs again by the end of the migration.
        PRAGMA defer_foreign_keys = ON;
        CREATE TEMPORARY TABLE kept_directives AS SELECT * FROM consent_directives;
        DROP TABLE consent_directives;
        CREATE TABLE consent_directives (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            patient TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
            version INTEGER NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('page', 'paper', 'fhir', 'webhook')),
            origin TEXT,
            origin_version TEXT,
            origin_updated_at INTEGER,
            statement TEXT,
            recorded_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            UNIQUE (origin, fhir_base)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO consent_directives SELECT * FROM kept_directives;
        DROP TABLE kept_directives;
        CREATE INDEX consent_directives_by_patient ON consent_directives (patient);
        -- on PostgreSQL:
        ALTER TABLE consent_directives DROP CONSTRAINT consent_directives_source_check;
        ALTER TABLE consent_directives ADD CONSTRAINT consent_directives_source_check
            CHECK (source IN ('page', 'paper', 'fhir', 'webhook'));
        -- on every engine:
        -- What is decided for a patient on our own page: one a patient.
        CREATE UNIQUE INDEX consent_directives_own ON consent_directives (patient, fhir_base) WHERE source = 'page';
        """

    private static let recent = """
        -- Whose records a person opened last, for the picker.
        CREATE INDEX audit_events_by_account ON audit_events (account, at)
            WHERE patient IS NOT NULL AND event IN ('code_issue', 'launch_create');
        """

    private static let simulations = """
        -- Failures that developers asked for: no program looks here but in demo mode. They refer to no client, or whoever
        -- deletes one would have to reach them.
        CREATE TABLE simulations (
            client TEXT NOT NULL,
            point TEXT NOT NULL CHECK (point IN ('authorization', 'token')),
            fhir_base TEXT NOT NULL,
            kind TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (client, point)
        ) STRICT, WITHOUT ROWID;
        """

    private static let follower = """
        -- Up to when the changes of Consents at the FHIR server are known, by its own clock.
        CREATE TABLE consent_follower (
            fhir_base TEXT PRIMARY KEY,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let owners = """
        -- The owner of an app is told too, by a webhook whose keys follow from a salt. Whoever did not answer, or was slow to,
        -- rests.
        ALTER TABLE destinations ADD COLUMN client TEXT;
        ALTER TABLE destinations ADD COLUMN url TEXT;
        ALTER TABLE destinations ADD COLUMN salt TEXT;
        ALTER TABLE destinations ADD COLUMN earlier_salt TEXT;
        ALTER TABLE destinations ADD COLUMN earlier_until INTEGER;
        ALTER TABLE destinations ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE destinations ADD COLUMN rests_until INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE destinations ADD COLUMN error TEXT;
        DROP INDEX deliveries_due;
        CREATE INDEX deliveries_due ON deliveries (destination, due_at) WHERE delivered_at IS NULL;
        """
}
