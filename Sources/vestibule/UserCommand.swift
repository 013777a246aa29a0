import ArgumentParser
import JOSE
import OAuth
import SQLStore
import Store

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The people who can sign in, and those whom an EHR vouches for.",
        subcommands: [
            Add.self, List.self, SetAccess.self, BreakTheGlass.self, HelpDesk.self, SetPassword.self, Disable.self,
            Enable.self,
            SecondFactorOf.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all people.")
        @OptionGroup var house: House

        func run() throws {
            let accounts = try attempt { try house.store().accounts() }
            house.output.show(
                accounts.map { account in
                    [
                        ("username", .text(account.username)), ("name", .text(account.user.name)),
                        ("fhirUser", .text(account.user.fhirUser?.description)),
                        ("access", .text(account.user.standingAccess.description)),
                        ("break_the_glass", .flag(account.user.mayBreakGlass)),
                        ("help_desk", .flag(account.helpsOthers)),
                        ("disabled", .flag(account.user.isDisabled)),
                    ]
                }, called: "users")
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lock a person out: sessions end, and what apps got from them is over for good.")
        @Argument(help: "The user name.") var username: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(true, username, house) }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a person in again.")
        @Argument(help: "The user name.") var username: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(false, username, house) }
    }

    struct SetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract: "Set a new password, read like that of user add; sessions and apps' access end.")
        @Argument(help: "The user name.") var username: String
        @Option(help: "A file whose first line is the password.") var passwordFile: String?
        @OptionGroup var house: House

        func run() throws {
            let password = try PasswordHash(of: readPassword(passwordFile))
            let isKnown = try attempt {
                try house.store().setPassword(password, account: normalized(username), at: house.now)
            }
            guard isKnown else { throw Failure("there is no user \(username)") }
            house.output.show([("username", .text(username)), ("changed", .flag(true))])
        }
    }
}

private func normalized(_ username: String) -> String { Account.normalized(username: username) ?? username }

private func setDisabled(_ isDisabled: Bool, _ username: String, _ house: House) throws {
    let isKnown = try attempt {
        try house.store().setDisabled(isDisabled, account: normalized(username), at: house.now)
    }
    guard isKnown else { throw Failure("there is no user \(username)") }
    house.output.show([("username", .text(username)), ("disabled", .flag(isDisabled))])
}
