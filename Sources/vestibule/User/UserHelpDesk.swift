import ArgumentParser
import OAuth
import SQLStore
import Store

extension UserCommand {
    struct HelpDesk: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "help-desk",
            abstract: "Say whether a person may see the connected apps of others, and end their access for them.",
            discussion: """
                It gives no access to any record. Each look and each end is recorded with a reason, and patients can read \
                who looked and why.
                """)
        @Argument(help: "The user name.") var username: String
        @Flag(exclusivity: .exclusive, help: "Whether the person may.") var right: Right
        @OptionGroup var house: House

        enum Right: String, EnumerableFlag {
            case allow, deny
        }

        func run() throws {
            let store = try house.store()
            let name = Account.normalized(username: username) ?? username
            guard let user = try attempt({ try store.user(named: name) }) else {
                throw Failure("there is no user \(username)")
            }
            guard right == .deny || !(user.fhirUser?.isPrivate ?? false) else {
                throw Failure("\(username) is a patient or acts for one: this is for people at work")
            }
            _ = try attempt { try store.setMayHelp(right == .allow, account: name, at: house.now) }
            house.output.show([("username", .text(name)), ("help_desk", .flag(right == .allow))])
        }
    }
}
