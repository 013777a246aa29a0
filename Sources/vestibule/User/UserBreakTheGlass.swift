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
        @Flag(exclusivity: .exclusive, help: "Whether the person may.") var right: StaffRight
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let name = try house.account(named: username, for: right, in: store)
            _ = try attempt { try store.setMayBreakGlass(right == .allow, account: name, at: house.now) }
            house.output.show([("username", .text(name)), ("break_the_glass", .flag(right == .allow))])
        }
    }
}
