import ArgumentParser
import OAuth
import SQLStore
import Store

extension ClientCommand {
    struct RotateSecret: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret", abstract: "Give a client with a secret a new one, shown once.")
        @Argument(help: "The client_id.") var id: String
        @Option(help: "Hours that the old secret stays good beside the new one.") var overlapHours = 24
        @OptionGroup var house: House

        func run() throws {
            guard (0...720).contains(overlapHours) else { throw ValidationError("--overlap-hours is 0 to 720") }
            let secret = SecretSource.system.fresh(.clientSecret)
            let now = house.now
            let isDone = try attempt {
                try house.store().rotateSecret(
                    to: secret.digest, client: id, overlapEnd: now + overlapHours * 3600, at: now)
            }
            guard isDone else { throw Failure("there is no client \(id) with a secret") }
            house.output.show([("client_id", .text(id)), ("client_secret", .text(secret.text))])
        }
    }
}
