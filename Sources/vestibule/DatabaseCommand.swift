import ArgumentParser
import SQLStore
import Service
import Store

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database.", subcommands: [Migrate.self, Purge.self, Grants.self])

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring the schema up to this version.")
        @OptionGroup var house: House

        func run() throws {
            let store = try house.configuration().store
            let (from, to) = try attempt { try Database.migrate(at: store, create: false) }
            house.output.show([("from", .number(from)), ("to", .number(to))])
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete what has expired, and apps that nobody has approved in 90 days, at once.")
        @OptionGroup var house: House

        func run() throws {
            let purge = try attempt { try house.store().purge(at: house.now) }
            house.output.show(purge.counts.map { ($0.table, .number($0.rows)) })
        }
    }

    struct Grants: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the SQL that gives a role of PostgreSQL what one program needs, and no more.",
            discussion: """
                The owner of the tables runs it, after every migration: vestibule db grants token --role smart_token | \
                psql DATABASE. In an SQLite file there are no roles.
                """)
        @Argument(
            help: "The program, without vestibule- before its name, or administration for this tool.",
            transform: { name in
                guard let powers = Powers(rawValue: name) else {
                    let names = Powers.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(name): one of \(names)")
                }
                return powers
            })
        var program: Powers
        @Option(help: "The role that the program signs in as.") var role: String
        @Option(help: "The schema that the tables are in.") var schema = "public"
        @OptionGroup var house: House

        func run() throws {
            guard !role.isEmpty, !schema.isEmpty else { throw ValidationError("--role and --schema are names") }
            let isDemo = try house.configuration().isDemo
            let sql = program.grants(for: role, in: schema, isDemo: isDemo)
            if house.json { return house.output.show([("sql", .text(sql))]) }
            print(sql, terminator: "")
        }
    }
}
