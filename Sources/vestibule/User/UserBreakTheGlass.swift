import ArgumentParser
import OAuth
import SQLStore
import Store

extension UserCommand {
    struct BreakTheGlass: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "break-the-glass",
            abstract: "Say whether a person may open the records of others in an emergency, for minutes.",
            discussion: "It needs [break_the_glass] longest in the configuration. --deny also ends what is open.")
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
            _ = try attempt { try store.setMayBreakGlass(right == .allow, account: name, at: house.now) }
            house.output.show([("username", .text(name)), ("break_the_glass", .flag(right == .allow))])
        }
    }
}
