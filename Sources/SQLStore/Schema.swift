import SQL

/// The tables, step by step. A step that was released is never changed; times are seconds since 1970, secrets are
/// SHA-256 digests, and every row carries the FHIR base it belongs to.
enum Schema {
    static let migrations = Migrations([first])

    private static let first = """
        CREATE TABLE clients (
            id TEXT PRIMARY KEY,
            fhir_base TEXT NOT NULL,
            name TEXT NOT NULL,
            authentication TEXT NOT NULL CHECK (authentication IN ('none', 'client_secret_basic')),
            redirect_uris TEXT NOT NULL,
            launch_urls TEXT NOT NULL,
            origins TEXT NOT NULL,
            scopes TEXT NOT NULL,
            is_trusted INTEGER NOT NULL,
            is_native INTEGER NOT NULL,
            access_token_lifetime INTEGER,
            refresh_token_lifetime INTEGER,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT, WITHOUT ROWID;

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

        -- Wrong passwords by user name, whether there is such a user or not: the digest, since people type other things there.
        CREATE TABLE sign_in_attempts (
            name BLOB NOT NULL,
            fhir_base TEXT NOT NULL,
            failures INTEGER NOT NULL,
            blocked_until INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (name, fhir_base)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sign_in_attempts_by_expiry ON sign_in_attempts (expires_at);

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
            browser BLOB,
            account TEXT,
            patient TEXT,
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
            account TEXT NOT NULL,
            scopes TEXT NOT NULL,
            context TEXT NOT NULL,
            consent TEXT REFERENCES consents (id),
            nonce TEXT,
            authenticated_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER,
            end_reason TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX grants_by_expiry ON grants (expires_at);

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
            spent_at INTEGER
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
}
