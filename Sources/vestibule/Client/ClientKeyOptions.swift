import ArgumentParser
import JOSE
import OAuth

extension SignatureAlgorithm: ExpressibleByArgument {}

/// Where the public keys of an asymmetric client are (SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys).
struct ClientKeyOptions: ParsableArguments {
    @Option(
        help: """
            A file with the client's public key set, read once and kept in the store; '-' is standard input. Ask its \
            owner to send you every change: with --jwks-uri that is not needed.
            """)
    var jwks: String?
    @Option(name: .customLong("jwks-uri"), help: "The URL at which the client publishes its key set.")
    var uri: String?
    @Option(
        name: .customLong("jwks-mirror"),
        help: "Where that set is read instead, by a site that reaches no foreign host; with --jwks-uri.")
    var mirror: String?
    @Option(
        name: .customLong("jwks-file"),
        help: "A key set on this machine that the programs read again when it changes; it may stand for --jwks-uri.")
    var file: String?
    @Option(
        name: .customLong("algorithm"),
        help:
            "What the client may sign with: RS384, ES384, RS256 or ES256; repeat for several. The first two otherwise.")
    var algorithms: [SignatureAlgorithm] = []

    var isEmpty: Bool { jwks == nil && uri == nil && mirror == nil && file == nil && algorithms.isEmpty }

    /// - Parameter allowsLoopback: whether keys may be fetched from this machine itself, as in demo mode.
    func keys(allowsLoopback: Bool) throws -> ClientPublicKeys {
        let algorithms = algorithms.isEmpty ? ClientAssertion.usualAlgorithms : Set(algorithms)
        do {
            return ClientPublicKeys(
                try registered(algorithms: algorithms, allowsLoopback: allowsLoopback), algorithms: algorithms)
        } catch let refusal as RegisteredKeys.Refusal {
            throw ValidationError(refusal.description)
        }
    }

    func validate() throws {
        guard mirror == nil || uri != nil else { throw ValidationError("--jwks-mirror goes with --jwks-uri") }
        guard mirror == nil || file == nil else {
            throw ValidationError("--jwks-mirror and --jwks-file exclude each other")
        }
        // RFC 7591 §2: jwks and jwks_uri exclude each other.
        guard jwks == nil || uri == nil && file == nil else {
            throw ValidationError("--jwks excludes --jwks-uri and --jwks-file: keys are in one place")
        }
        guard file?.hasPrefix("/") ?? true else {
            throw ValidationError("--jwks-file is an absolute path: the programs read it, wherever they were started")
        }
    }

    private func registered(algorithms: Set<SignatureAlgorithm>, allowsLoopback: Bool) throws -> RegisteredKeys {
        for url in [uri, mirror].compactMap({ $0 }) {
            _ = try RegisteredKeys(registeringURI: url, allowsLoopback: allowsLoopback)
        }
        if let file {
            _ = try RegisteredKeys(registeringJWKS: InputFile.bytes(file), algorithms: algorithms)
            return .file(file, uri: uri)
        }
        if let uri { return .uri(uri, mirror: mirror) }
        guard let jwks else {
            throw ValidationError("private_key_jwt needs keys: give --jwks, --jwks-uri or --jwks-file")
        }
        return try RegisteredKeys(registeringJWKS: InputFile.bytes(jwks), algorithms: algorithms)
    }
}
