import PostgreSQL
import Testing

@Suite("A step of the schema in PostgreSQL's words")
struct DialectTests {
    @Test(
        "each word is translated where it is one",
        arguments: [
            (
                "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL, b BLOB) STRICT, WITHOUT ROWID;",
                "CREATE TABLE t (id TEXT COLLATE \"C\" PRIMARY KEY, n BIGINT NOT NULL, b BYTEA) ;"
            ),
            ("create table t (n integer) strict;", "create table t (n BIGINT) ;"),
            ("CREATE TABLE t (n INTEGER) WITHOUT ROWID, STRICT;", "CREATE TABLE t (n BIGINT) ;"),
            ("CREATE TABLE strict_texts (integer_id INTEGER)", "CREATE TABLE strict_texts (integer_id BIGINT)"),
            (
                "CREATE TABLE t (s TEXT CHECK (s IN ('TEXT', 'it''s a BLOB')))",
                "CREATE TABLE t (s TEXT COLLATE \"C\" CHECK (s IN ('TEXT', 'it''s a BLOB')))"
            ),
            ("-- an INTEGER; or not, STRICT\nSELECT 1, 2", "-- an INTEGER; or not, STRICT\nSELECT 1, 2"),
            ("ALTER TABLE \"BLOB\" ADD COLUMN n INTEGER", "ALTER TABLE \"BLOB\" ADD COLUMN n BIGINT"),
            ("UPDATE t SET b = X'00ff', c = x''", "UPDATE t SET b = '\\x00ff'::bytea, c = '\\x'::bytea"),
            ("SELECT CAST(n AS TEXT), CAST(s AS INTEGER)", "SELECT CAST(n AS TEXT), CAST(s AS BIGINT)"),
            ("CREATE INDEX i ON t (a, b) WHERE a IS NOT NULL", "CREATE INDEX i ON t (a, b) WHERE a IS NOT NULL"),
            ("SELECT 'not closed", "SELECT 'not closed"), ("", ""),
        ])
    func words(_ step: String, _ translated: String) {
        #expect(Dialect.translate(step) == translated)
    }
}
