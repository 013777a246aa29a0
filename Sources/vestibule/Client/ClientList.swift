import ArgumentParser
import OAuth
import SQLStore
import Store

extension ClientCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all clients: active or not, waiting for your approval, verified or not.")
        @Flag(help: "Only those that registered themselves and wait for client approve or client reject.")
        var pending = false
        @OptionGroup var house: House

        func run() throws {
            let clients = try attempt { try house.store().clients() }
            house.output.show(
                clients.filter { !pending || $0.approval == .pending }.map(\.summary), called: "clients")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show everything about a client.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            guard let client = try attempt({ try store.registeredClient(id) }) else {
                throw Failure("there is no client \(id)")
            }
            house.output.show(
                client.registration.record + [
                    ("self_registered", .flag(client.isSelfRegistered)),
                    ("registered_at", .number(client.issuedAt.seconds)),
                    ("consent_webhook", .text(try attempt { try store.webhook(of: id) }?.url)),
                ])
        }
    }
}
