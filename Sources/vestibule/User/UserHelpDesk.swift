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
        @Flag(exclusivity: .exclusive, help: "Whether the person may.") var right: StaffRight
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let name = try house.account(named: username, for: right, in: store)
            _ = try attempt { try store.setMayHelp(right == .allow, account: name, at: house.now) }
            house.output.show([("username", .text(name)), ("help_desk", .flag(right == .allow))])
        }
    }
}
