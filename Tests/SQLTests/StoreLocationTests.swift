import SQL
import Testing

@Suite("Where the store is")
struct StoreLocationTests {
    @Test(
        "a file or a PostgreSQL database",
        arguments: [
            ("sqlite:/var/lib/vestibule/store.db", StoreLocation.sqlite(path: "/var/lib/vestibule/store.db")),
            ("sqlite:///store.db", .sqlite(path: "/store.db")),
            ("SQLite:/store.db", .sqlite(path: "/store.db")),
            ("postgresql:///vestibule", .postgreSQL(url: "postgresql:///vestibule")),
            (
                "postgres://a,b/v?target_session_attrs=read-write",
                .postgreSQL(url: "postgres://a,b/v?target_session_attrs=read-write")
            ),
        ])
    func known(_ url: String, _ location: StoreLocation) throws {
        #expect(try StoreLocation(url: url) == location)
    }

    @Test(
        "anything else is refused by what is wrong with it, and is not repeated",
        arguments: [
            ("/var/lib/secret.db", "scheme"), ("", "scheme"), ("mysql://secret", "unknown scheme"),
            ("sqlite:secret.db", "absolute path"), ("sqlite:", "absolute path"), ("sqlite:/", "absolute path"),
            ("sqlite://host/secret.db", "absolute path"), ("sqlite:/secret.db?mode=ro", "plain path"),
            ("postgresql:secret", "//"), ("postgresql:/secret", "//"),
        ])
    func unknown(_ url: String, _ reason: String) {
        do {
            let location = try StoreLocation(url: url)
            Issue.record("\(location) from \(url)")
        } catch {
            #expect(error.description.contains(reason))
            #expect(!error.description.contains("secret"))
        }
    }

    @Test("a description keeps the URL to itself")
    func description() {
        #expect(!StoreLocation.postgreSQL(url: "postgresql://u:secret@h/d").description.contains("secret"))
    }
}
