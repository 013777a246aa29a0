import ArgumentParser
import Glibc
import JOSE
import OAuth
import SMART
import SQLStore
import Service
import Store

/// The options of every command, and what they lead to.
struct House: ParsableArguments {
    @Option(name: .long, help: "The configuration file; otherwise VESTIBULE_CONFIG in the environment says which.")
    var config = getenv("VESTIBULE_CONFIG").map { String(cString: $0) } ?? Configuration.usualPath

    @Flag(name: .long, help: "Answer in JSON.")
    var json = false

    func configuration() throws -> Configuration {
        do {
            return try Configuration.load(path: config)
        } catch {
            throw Failure(error.description)
        }
    }

    func store() throws -> SQLStore {
        let configuration = try configuration()
        return try attempt {
            try Database(
                at: configuration.store, fhirBase: configuration.fhirBase, powers: .administration
            ).store()
        }
    }

    var now: Instant { Instant(time(nil)) }
}

/// A command that could not do what it was asked: one line on stderr, exit code 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The store's words for the person at the terminal.
func attempt<Value>(_ ask: () throws -> Value) throws -> Value {
    do {
        return try ask()
    } catch let error as StoreError {
        throw Failure(error.description)
    }
}
