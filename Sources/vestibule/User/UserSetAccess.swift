import ArgumentParser
import OAuth
import SMART
import SQLStore
import Store

extension UserCommand {
    struct SetAccess: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-access",
            abstract: "Say whose patients a person may see; it holds from the next request on, for apps too.")
        @Argument(help: "The user name.") var username: String
        @Option(help: .accessHelp) var access: String
        @OptionGroup var house: House

        func run() throws {
            let access = try UserAccess(typed: access)
            let store = try house.store()
            let name = Account.normalized(username: username) ?? username
            guard try attempt({ try store.setAccess(access, account: name, at: house.now) }) else {
                throw Failure("there is no user \(username)")
            }
            // A patient sees the own record, whatever was said.
            let user = try attempt { try store.user(named: name) }
            house.output.show([
                ("username", .text(name)), ("access", .text((user?.standingAccess ?? access).description)),
            ])
        }
    }
}

extension UserAccess {
    init(typed text: String) throws {
        guard let access = UserAccess(text) else {
            throw ValidationError("--access is all, none or patients:ID[,ID]")
        }
        self = access
    }
}

extension ArgumentHelp {
    static let clientAccessHelp = ArgumentHelp(
        "The patients that its system/ scopes reach: all, none or patients:ID[,ID]. all otherwise.")

    static let accessHelp = ArgumentHelp(
        "The patients this person may see: all, none or patients:ID[,ID]. A patient always sees the own record.")
}
