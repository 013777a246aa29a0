import ArgumentParser
import OAuth
import SQLStore
import Store

extension ClientCommand {
    struct SetKeys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-keys",
            abstract: "Give a client that signs its requests other keys; the old ones are good no more.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var keys: ClientKeyOptions
        @OptionGroup var house: House

        func run() throws {
            let keys = try keys.keys(allowsLoopback: house.configuration().isDemo)
            let store = try house.store()
            let isDone = try attempt { try store.setKeys(keys, client: id, at: house.now) }
            guard isDone else { throw Failure("there is no client \(id) with private_key_jwt") }
            house.output.show(try store.existing(client: id).record)
        }
    }
}
