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
                at: configuration.store, fhirBase: configuration.fhirBase, powers: .administration,
                unixUser: unixUser
            ).store()
        }
    }

    var now: Instant { Instant(time(nil)) }

    /// Who runs the command, for the audit trail. What sudo says of it stands in the environment, so it is said to be that.
    private var unixUser: String {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
        guard let sudoer = getenv("SUDO_USER").map({ String(cString: $0) }), !sudoer.isEmpty, sudoer.utf8.count <= 64,
            sudoer.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return name }
        return "\(name) (SUDO_USER \(sudoer))"
    }
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
