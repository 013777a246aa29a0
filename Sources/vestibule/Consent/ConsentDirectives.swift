import ArgumentParser
import OAuth
import SMART
import SQLStore
import Store

extension ConsentCommand {
    struct Directives: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what patients deny on paper or elsewhere, what was changed last first.")
        @Option(help: "This one alone: its id.") var id: String?
        @Option(help: "Of this patient: an id.") var patient: String?
        @Option(help: "What this app is denied: a client_id.") var client: String?
        @Option(help: "active or inactive.") var status: String?
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            if let id { return house.output.show(try known(directive: id, store).record) }
            var filter = DirectiveFilter(patient: patient, clientID: client)
            if let status {
                guard let wanted = ConsentDirective.Status(rawValue: status) else {
                    throw ValidationError("--status is active or inactive")
                }
                filter.status = wanted
            }
            house.output.show(
                try attempt { try store.directives(filter) }.map { Array($0.record.prefix { $0.name != "origin" }) },
                called: "directives")
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a directive: what it denied is open again, as far as it was allowed and still is.")
        @Argument(help: "The id of the directive.") var id: String
        @Option(help: "Why, for the trail.") var reason: String
        @OptionGroup var house: House

        func validate() throws {
            guard !reason.trimmed.isEmpty, reason.utf8.count <= 500 else {
                throw ValidationError("--reason has words, and up to 500 bytes of them")
            }
        }

        func run() throws {
            let store = try house.store()
            let directive = try known(directive: id, store)
            guard try attempt({ try store.withdraw(directive: id, reason: reason.trimmed, at: house.now) }) else {
                throw Failure("the directive is \(directive.status.rawValue)")
            }
            house.output.show(try known(directive: id, store).record)
        }
    }
}

private func known(directive id: String, _ store: SQLStore) throws -> ConsentDirective {
    guard let directive = try attempt({ try store.directive(id) }) else { throw Failure("there is no directive \(id)") }
    return directive
}

extension ConsentDirective {
    var record: Output.Record {
        let clients = Set(rules.map { $0.clientID ?? "every app" })
        return [
            ("id", .text(id)), ("patient", .text(patient)), ("status", .text(status.rawValue)),
            ("version", .number(version)), ("source", .text(source.rawValue)), ("for", .list(clients.sorted())),
            ("denied", .list(Array(Set(rules.map(\.denied.scope.spelling))).sorted())),
            ("from", .text(rules.compactMap(\.from).min()?.timestamp)),
            ("until", .text(rules.allSatisfy { $0.until != nil } ? rules.compactMap(\.until).max()?.timestamp : nil)),
            ("changed", .text(changedAt.timestamp)), ("origin", .text(origin?.id)),
            ("origin_version", .text(origin?.version)), ("recorded", .text(recordedAt.timestamp)),
            ("statement", .text(statement)),
        ]
    }
}

extension String {
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
