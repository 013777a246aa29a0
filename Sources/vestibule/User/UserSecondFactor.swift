import ArgumentParser
import OAuth
import SQLStore
import Store

extension UserCommand {
    struct SecondFactorOf: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "second-factor",
            abstract: "Show a person's second factor; say whether there has to be one; end one whose telephone is lost."
        )
        @Argument(help: "The user name.") var username: String
        @Flag(help: "This person has to have one: the next sign-in leads through setting it up.") var require = false
        @Flag(help: "This person may go without one, as far as the site's policy allows.") var optional = false
        @Flag(help: "End it, with its recovery codes. Be sure who asks for this.") var reset = false
        @OptionGroup var house: House

        func validate() throws {
            guard !require || !optional else { throw ValidationError("--require and --optional exclude each other") }
        }

        func run() throws {
            let store = try house.store()
            let name = Account.normalized(username: username) ?? username
            guard let account = try attempt({ try store.account(named: name) }) else {
                throw Failure("there is no user \(username)")
            }
            if require || optional {
                _ = try attempt { try store.setNeedsSecondFactor(require, account: name, at: house.now) }
            }
            let id = account.user.id
            let isReset = reset ? try attempt { try store.removeSecondFactor(of: id, at: house.now) } : false
            let factor = try attempt { try store.secondFactor(of: id) }
            house.output.show([
                ("username", .text(name)),
                ("required", .flag(require || !optional && account.needsSecondFactor)),
                ("set_up", .flag(factor?.confirmedAt != nil)),
                ("recovery_codes_left", .number(factor?.confirmedAt == nil ? 0 : factor?.recoveryCodesLeft ?? 0)),
                ("reset", .flag(isReset)),
            ])
        }
    }
}
