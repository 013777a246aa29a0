import ArgumentParser
import Glibc
import JOSE
import SQLStore
import Service
import Store

/// Makes what a new installation needs; what is there already is left as it is.
struct Initialize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the secrets, the database and the first signing keys.")

    @OptionGroup var house: House

    func run() throws {
        let configuration = try house.configuration()
        var made: [String] = []

        // The folder itself is nobody's to list but its owner's and, where the site allows it, its group's.
        if mkdir(configuration.secrets, 0o750) == 0 { made.append(configuration.secrets) }
        for file in SecretFile.allCases {
            let isNew = try refused { () throws(ConfigurationError) in
                try file.create(in: configuration.secrets, key: Random.bytes(32))
            }
            if isNew { made.append(file.path(in: configuration.secrets)) }
        }

        let (from, to) = try attempt { try Database.migrate(at: configuration.store, create: true) }
        if from == 0 { made.append("\(configuration.store)") }

        let master = try refused { () throws(ConfigurationError) in
            try SecretFile.master.read(in: configuration.secrets)
        }
        let store = try house.store()
        let sealing = KeySealing(masterKey: master)
        if try attempt({ try store.activeKey(SignatureAlgorithm.rs256.rawValue) }) == nil {
            for state in [StoredKey.State.active, .next] {
                let key = try sealing.generate(.rs256, state: state, at: house.now)
                try attempt { try store.add(key) }
                made.append("key \(key.kid) (\(state.rawValue))")
            }
        }
        house.output.show([
            ("made", .list(made)), ("schema", .number(to)), ("issuer", .text(configuration.urls.issuer)),
        ])
    }
}

/// The configuration's words for the person at the terminal.
func refused<Value>(_ ask: () throws(ConfigurationError) -> Value) throws -> Value {
    do {
        return try ask()
    } catch {
        throw Failure(error.description)
    }
}
