import ArgumentParser
import OAuth
import SQLStore
import Service
import Store

struct RegistrationTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registration-token", abstract: "What lets an app register itself, where that needs a token.",
        subcommands: [Create.self, List.self, Delete.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an initial access token, shown once.",
            discussion: """
                Give it to the makers of an app, who send it with the registration. It lets an app register; whether \
                the app then has to wait for client approve is what the configuration says.
                """)
        @Option(help: "For whom it is: to find it again.") var label: String
        @Option(help: "How many registrations it is good for.") var uses = 1
        @Option(help: "For how many hours it is good.") var hours = 72
        @OptionGroup var house: House

        func run() throws {
            guard ClientName.isPossible(label) else {
                throw ValidationError("a label has 1 to \(ClientName.longest) visible characters in one line")
            }
            guard (1...1000).contains(uses) else { throw ValidationError("--uses is 1 to 1000") }
            guard (1...8760).contains(hours) else { throw ValidationError("--hours is 1 to 8760") }
            let mode = try house.configuration().registration.mode
            guard mode == .token else {
                throw Failure(
                    "no token is asked for: registration is \(mode.rawValue); set mode = \"token\" in [registration] first"
                )
            }
            let secret = SecretSource.system.fresh(.initialAccessToken)
            let now = house.now
            let token = InitialAccessToken(
                digest: secret.digest, label: label, uses: uses, expiresAt: now + hours * 3600)
            try attempt { try house.store().add(token, at: now) }
            house.output.show([
                ("initial_access_token", .text(secret.text)), ("label", .text(label)), ("uses", .number(uses)),
                ("expires", .number(token.expiresAt.seconds)),
            ])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tokens that are still good, by label.")
        @OptionGroup var house: House

        func run() throws {
            let tokens = try attempt { try house.store().initialAccessTokens(at: house.now) }
            house.output.show(
                tokens.map { token in
                    [
                        ("label", .text(token.label)), ("uses", .number(token.uses)),
                        ("expires", .number(token.expiresAt.seconds)),
                    ]
                }, called: "tokens")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete the tokens of a label. Apps that registered with them stay.")
        @Argument(help: "The label.") var label: String
        @OptionGroup var house: House

        func run() throws {
            let count = try attempt { try house.store().deleteInitialAccessTokens(label: label, at: house.now) }
            guard count > 0 else { throw Failure("there is no token with the label \(label)") }
            house.output.show([("label", .text(label)), ("deleted", .number(count))])
        }
    }
}
