import ArgumentParser
import JOSE
import OAuth
import SMART
import SQLStore
import Store

struct ProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy", abstract: "People who act for a patient: parents, carers and others, until a day.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a person act for a patient, or say anew until when; it holds from the next request on.")
        @Argument(help: "The user name of the person, who is a Patient or a RelatedPerson.") var username: String
        @Option(help: "The patient: an id.") var patient: String
        @Option(help: "The last day, as 2030-05-03 (in UTC), or a moment, as 2030-05-03T12:00:00Z.") var until: String
        @Option(help: "What the person is to the patient: \(Self.relationships).") var relationship: String
        @OptionGroup var house: House

        private static let relationships =
            TemporaryAccess.Relationship.allCases.map(\.rawValue).joined(separator: ", ")

        func run() throws {
            guard ResourceID.isValid(patient) else { throw ValidationError("--patient is the id of a Patient") }
            guard let relationship = TemporaryAccess.Relationship(rawValue: relationship) else {
                throw ValidationError("--relationship is one of \(Self.relationships)")
            }
            guard let moment = Instant(timestamp: until) else {
                throw ValidationError("--until is a day, as 2030-05-03, or a moment, as 2030-05-03T12:00:00Z")
            }
            let end = until.utf8.count == 10 ? moment + 86_400 : moment
            guard house.now < end else { throw ValidationError("--until lies in the past") }
            let store = try house.store()
            let user = try known(username, store)
            guard let person = user.fhirUser, person.isPrivate else {
                throw Failure(
                    "\(username) is no Patient or RelatedPerson: who acts for somebody has an account apart from work")
            }
            guard person.ownPatient != patient else { throw Failure("\(username) is that patient") }
            let proxy = TemporaryAccess(patient: patient, relationship: relationship, until: end)
            try attempt {
                try store.add(proxy, id: SecretSource.system.identifier(), account: user.id, at: house.now)
            }
            house.output.show([
                ("username", .text(username)), ("patient", .text(patient)),
                ("relationship", .text(relationship.rawValue)), ("until", .text(end.timestamp)),
            ])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who acts for whom, by user name.")
        @Option(help: "Of this user.") var user: String?
        @Option(help: "For this patient: an id.") var patient: String?
        @OptionGroup var house: House

        func run() throws {
            let name = user.map { Account.normalized(username: $0) ?? $0 }
            let records = try attempt { try house.store().proxies(of: name, for: patient) }
            house.output.show(
                records.map { record in
                    [
                        ("username", .text(record.username)), ("name", .text(record.name)),
                        ("patient", .text(record.access.patient)),
                        ("relationship", .text(record.access.basis.word)),
                        ("since", .text(record.since.timestamp)), ("until", .text(record.access.until.timestamp)),
                        ("holds", .flag(record.access.holds(at: house.now))),
                    ]
                }, called: "proxies")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End it at once, with all that apps got from the person for this patient.")
        @Argument(help: "The user name of the person.") var username: String
        @Option(help: "The patient: an id.") var patient: String
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let user = try known(username, store)
            guard try attempt({ try store.endProxy(of: user.id, for: patient, at: house.now) }) else {
                throw Failure("\(username) does not act for \(patient)")
            }
            house.output.show([("username", .text(username)), ("patient", .text(patient)), ("removed", .flag(true))])
        }
    }
}

private func known(_ username: String, _ store: SQLStore) throws -> User {
    let name = Account.normalized(username: username) ?? username
    guard let user = try attempt({ try store.user(named: name) }) else {
        throw Failure("there is no user \(username)")
    }
    return user
}
