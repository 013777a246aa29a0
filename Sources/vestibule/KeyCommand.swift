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
            abstract: "The next key begins to sign, the old one stays published until its last token has died.",
            discussion: """
                Apps may keep the published keys for \(publication / 60) minutes, so a key that is younger may be \
                unknown to them when it begins to sign: the command then refuses.
                """)
        @Flag(help: "Rotate even if the next key is so young that apps may not know it yet: after a theft, say.")
        var force = false
        @OptionGroup var house: House

        /// Seconds that a key is published before it signs: as long as the key set may be kept.
        private static let publication = 300

        func run() throws {
            let configuration = try house.configuration()
            let master = try refused { () throws(ConfigurationError) in
                try SecretFile.master.read(in: configuration.secrets)
            }
            let store = try house.store()
            let now = house.now
            let published = try attempt { try store.publishedKeys(at: now) }
            if !force, let next = published.first(where: { $0.state == .next }) {
                let wait = Self.publication - (now - next.createdAt)
                guard wait <= 0 else {
                    throw Failure("the next key is too young, apps may not know it yet: wait \(wait) s, or use --force")
                }
            }
            let next = try KeySealing(masterKey: master).generate(.rs256, state: .next, at: now)
            try attempt {
                // A day more than any id_token lives, for clients with slow clocks and long caches.
                try store.rotate(adding: next, retiredUntil: now + configuration.lifetimes.idToken + 86_400, at: now)
            }
            house.output.show([("next", .text(next.kid))])
        }
    }
}
