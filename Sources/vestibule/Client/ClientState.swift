import ArgumentParser
import OAuth
import SQLStore
import Store

extension ClientCommand {
    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a client: its tokens are dead from the next request on.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(true, id, house) }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a client go on.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(false, id, house) }
    }

    struct Approve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a client that registered itself begin, and vouch for it; what you approve is shown.",
            discussion: """
                Look at it with client show first. One that has begun by the policy alone (approve_patient_apps) becomes \
                verified by this. What the client changes afterwards may make it wait, or unverified, again.
                """)
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try decide(.approved, id, house) }
    }

    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a client that registered itself: its tokens are dead, and it stays refused.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try decide(.rejected, id, house) }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a client for good, and end all that people have allowed it.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws {
            let isKnown = try attempt { try house.store().delete(client: id, at: house.now) }
            guard isKnown else { throw Failure("there is no client \(id)") }
            house.output.show([("client_id", .text(id)), ("deleted", .flag(true))])
        }
    }
}

private func setDisabled(_ isDisabled: Bool, _ id: String, _ house: House) throws {
    let isKnown = try attempt { try house.store().setDisabled(isDisabled, client: id, at: house.now) }
    guard isKnown else { throw Failure("there is no client \(id)") }
    house.output.show([("client_id", .text(id)), ("disabled", .flag(isDisabled))])
}

private func decide(_ approval: ClientRegistration.Approval, _ id: String, _ house: House) throws {
    let store = try house.store()
    let isKnown = try attempt { try store.decide(approval, client: id, at: house.now) }
    guard isKnown else { throw Failure("there is no client \(id)") }
    house.output.show(try store.existing(client: id).record)
}
