import ArgumentParser
import JOSE
import OAuth
import SQLStore
import Service
import Store

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The signing keys.", subcommands: [List.self, Rotate.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the published keys.")
        @OptionGroup var house: House

        func run() throws {
            let keys = try attempt { try house.store().publishedKeys(at: house.now) }
            house.output.show(
                keys.map { key in
                    [
                        ("kid", .text(key.kid)), ("alg", .text(key.algorithm)), ("state", .text(key.state.rawValue)),
                        ("created", .number(key.createdAt.seconds)), ("expires", .number(key.expiresAt?.seconds)),
                    ]
                }, called: "keys")
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The next key begins to sign, the old one stays published until its last token has died.")
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            let master = try refused { () throws(ConfigurationError) in
                try SecretFile.master.read(in: configuration.secrets)
            }
            let store = try house.store()
            let now = house.now
            let next = try KeySealing(masterKey: master).generate(.rs256, state: .next, at: now)
            try attempt {
                // A day more than any id_token lives, for clients with slow clocks and long caches.
                try store.rotate(adding: next, retiredUntil: now + configuration.lifetimes.idToken + 86_400, at: now)
            }
            house.output.show([("next", .text(next.kid))])
        }
    }
}
