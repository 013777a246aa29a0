import ArgumentParser
import SQLStore
import Service
import Store

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database.", subcommands: [Migrate.self, Purge.self])

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring the schema up to this version.")
        @OptionGroup var house: House

        func run() throws {
            let path = try house.configuration().database
            let (from, to) = try attempt { try Database.migrate(path: path, create: false) }
            house.output.show([("from", .number(from)), ("to", .number(to))])
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete what has expired, at once.")
        @OptionGroup var house: House

        func run() throws {
            let purge = try attempt { try house.store().purge(at: house.now) }
            house.output.show(purge.counts.map { ($0.table, .number($0.rows)) })
        }
    }
}
