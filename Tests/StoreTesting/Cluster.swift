import Foundation
import PostgreSQL
import SQL
import Synchronization

/// A PostgreSQL server of the tests' own: a temporary folder, a unix socket in it, gone when this process is.
///
/// A shell holds it, and lives as long as the pipe to it: however this process ends, the shell reads the end of the pipe, stops the
/// server and removes the folder.
package final class Cluster: Sendable {
    /// The one that all tests share who do not stop it; started when the first asks.
    package static let shared = Result { try Cluster() }

    /// Only `VESTIBULE_WITHOUT_POSTGRESQL` leaves these tests out. Where the server is missing and that is not set, they fail.
    package static let isWanted = ProcessInfo.processInfo.environment["VESTIBULE_WITHOUT_POSTGRESQL"] == nil

    private let folder: String
    private let shell: Shell
    private let count = Atomic<Int>(0)

    package init() throws {
        let programs = try Self.programs()
        let root = getuid() == 0
        // The server refuses to run as root.
        let owner = try root ? Self.servant() : (user: getuid(), group: getgid())
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("vpg-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        guard chown(folder, owner.user, owner.group) == 0 else { throw Trouble("chown \(folder): errno \(errno)") }
        let command = ["/bin/sh", "-c", Self.script, "cluster", programs, folder]
        let servant = [
            "/usr/bin/setpriv", "--reuid=\(owner.user)", "--regid=\(owner.group)", "--clear-groups", "--",
        ]
        shell = try Shell(root ? servant + command : command)
        try shell.expect("started", folder: folder)
    }

    deinit { shell.end() }

    /// A URL of a schema in which nothing is yet. Everything without a schema's name is in it.
    package func emptySchema() throws -> String {
        let name = "s\(count.add(1, ordering: .relaxed).newValue)"
        try administrator().execute("CREATE SCHEMA \(name)")
        return url(schema: name)
    }

    /// The same schema as another role sees it; the role is made when it is missing.
    package func url(_ url: String, as role: String) throws -> String {
        try administrator().execute(
            """
            SELECT pg_advisory_xact_lock(1);
            DO $$BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN CREATE ROLE \(role) LOGIN; END IF;
            END$$
            """)
        return url.replacingOccurrences(of: "user=owner", with: "user=\(role)")
    }

    package func stop() throws { try shell.ask("stop", expecting: "stopped", folder: folder) }
    package func start() throws { try shell.ask("start", expecting: "started", folder: folder) }

    /// As `owner`, to whom everything belongs; without a URL, in no test's schema.
    package func administrator(_ url: String? = nil) -> PostgreSQLConnection {
        PostgreSQLConnection(url: url ?? self.url(schema: "public"), application: "tests", mode: .write)
    }

    private func url(schema: String) -> String {
        "postgresql:///postgres?host=\(folder)&user=owner&options=-csearch_path%3D\(schema)"
    }

    private static let script = """
        programs=$1 folder=$2
        trap '' INT TERM HUP
        cd "$folder" || exit 1
        start() {
            "$programs/pg_ctl" -D data -w -t 60 -l log -o "-k $folder -c listen_addresses= -c fsync=off \\
                -c full_page_writes=off -c autovacuum=off -c max_connections=400 -c shared_buffers=64MB \\
                -c deadlock_timeout=100ms" start </dev/null >>log 2>&1
        }
        end() {
            "$programs/pg_ctl" -D data -m "$1" -w stop </dev/null >>log 2>&1
        }
        "$programs/initdb" -D data -U owner -A trust -E UTF8 --locale=C --no-sync </dev/null >log 2>&1 && start \\
            && echo started || echo failed
        while read -r word; do
            case $word in
            start) start && echo started || echo failed ;;
            stop) end fast && echo stopped || echo failed ;;
            esac
        done
        end immediate
        cd / && rm -rf "$folder"
        """

    /// The folder of the newest server that Debian's package has installed.
    private static func programs() throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders = versions.compactMap { Int($0) }.sorted().map { "/usr/lib/postgresql/\($0)/bin" }
        guard let folder = folders.last(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw Trouble(
                "PostgreSQL is not installed: apt-get install postgresql, or set VESTIBULE_WITHOUT_POSTGRESQL=1")
        }
        return folder
    }

    private static func servant() throws -> (user: uid_t, group: gid_t) {
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return (entry.pointee.pw_uid, entry.pointee.pw_gid) }
        }
        throw Trouble("there is no user under whom a PostgreSQL server could run")
    }
}

/// Why there is no server.
struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
