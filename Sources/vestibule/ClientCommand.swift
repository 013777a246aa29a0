import ArgumentParser
import OAuth
import SQLStore
import Store

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "The registered apps, backend services, EHRs and FHIR servers.",
        subcommands: [
            Add.self, List.self, Show.self, Update.self, SetKeys.self, RotateSecret.self, WebhookSecret.self,
            Approve.self, Reject.self, Disable.self, Enable.self, Delete.self,
        ])
}

extension SQLStore {
    /// The client of this name, or what to tell the person who mistyped it.
    func existing(client id: String) throws -> ClientRegistration {
        guard let client = try attempt({ try client(id) }) else { throw Failure("there is no client \(id)") }
        return client
    }
}
