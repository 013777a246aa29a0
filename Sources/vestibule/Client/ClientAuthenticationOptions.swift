import ArgumentParser
import OAuth

extension ClientAuthenticationMethod.Name: ExpressibleByArgument {}

/// How a new client proves who it is.
struct ClientAuthenticationOptions: ParsableArguments {
    @Option(
        name: .customLong("auth-method"),
        help: """
            none, client_secret_basic, client_secret_post or private_key_jwt. Without it: private_key_jwt where keys \
            are given, a secret for an EHR or a FHIR server, none for anybody else.
            """)
    var method: ClientAuthenticationMethod.Name?
    @Flag(help: "The same as --auth-method client_secret_basic.") var confidential = false
    @OptionGroup var keys: ClientKeyOptions

    func method(
        secret: SecretDigest, isServer: Bool, allowsLoopback: () throws -> Bool
    ) throws -> ClientAuthenticationMethod {
        let asked = method ?? (confidential ? .secretBasic : nil)
        guard !confidential || asked == .secretBasic else {
            throw ValidationError("--confidential means client_secret_basic: leave one of the two out")
        }
        let name = asked ?? (keys.isEmpty ? isServer ? .secretBasic : .none : .privateKeyJWT)
        guard name == .privateKeyJWT || keys.isEmpty else {
            throw ValidationError("keys are for --auth-method private_key_jwt")
        }
        return switch name {
        case .none: .none
        case .secretBasic: .secret([ClientSecret(digest: secret)])
        case .secretPost: .secret([ClientSecret(digest: secret)], isTakenFromBody: true)
        case .privateKeyJWT: try .privateKey(keys.keys(allowsLoopback: allowsLoopback()))
        }
    }
}
