import ArgumentParser
import OAuth
import SQLStore
import Service
import Store

extension ArgumentHelp {
    static let consentWebhookHelp: ArgumentHelp = """
        An https URL of the app's owner, who is told by it what patients allow the app from now on, and when that ends. The \
        secret that signs it is shown.
        """
}

extension ClientCommand {
    struct WebhookSecret: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "webhook-secret",
            abstract: "Show the secret that the owner of an app checks our events with (Standard Webhooks).")
        @Argument(help: "The client_id.") var id: String
        @Flag(help: "Make another one.") var rotate = false
        @Option(help: "Hours that the old one signs too, beside the new one; 24 otherwise.") var overlapHours: Int?
        @OptionGroup var house: House

        func validate() throws {
            guard let overlapHours else { return }
            guard rotate else { throw ValidationError("--overlap-hours belongs to --rotate") }
            guard (0...720).contains(overlapHours) else { throw ValidationError("--overlap-hours is 0 to 720") }
        }

        func run() throws {
            let store = try house.store()
            _ = try store.existing(client: id)
            if rotate {
                let (salt, now) = (SecretSource.system.identifier(), house.now)
                let overlapEnd = now + (overlapHours ?? 24) * 3600
                let isDone = try attempt {
                    try store.rotateWebhookKey(to: salt, of: id, overlapEnd: overlapEnd, at: now)
                }
                guard isDone else { throw Self.none(id) }
            }
            guard let webhook = try attempt({ try store.webhook(of: id) }) else { throw Self.none(id) }
            let old = webhook.earlier.flatMap { house.now < $0.until ? $0.until : nil }
            house.output.show([
                ("client_id", .text(id)), ("consent_webhook", .text(webhook.url)),
                ("webhook_secret", .text(try WebhookDesk.secret(of: webhook, of: id, house))),
                ("old_secret_signs_until", .text(old?.timestamp)),
            ])
        }

        private static func none(_ id: String) -> Failure {
            Failure("\(id) has no webhook: client update \(id) --consent-webhook URL")
        }
    }
}

/// Sets the webhook of an app's owner, once everything is in order that can be looked at before.
struct WebhookDesk {
    private let url: String
    private let house: House

    init(_ typed: String, _ house: House) throws {
        let configuration = try house.configuration()
        do throws(OwnerWebhook.Refusal) {
            url = try OwnerWebhook.registrable(typed, allowsLoopback: configuration.isDemo)
        } catch {
            throw ValidationError(error.description)
        }
        self.house = house
        _ = try Self.key(house)
    }

    /// - Returns: the secret, for the app's owner.
    func set(of clientID: String, in store: SQLStore) throws -> String {
        let salt = SecretSource.system.identifier()
        guard try attempt({ try store.setWebhook(url, salt: salt, of: clientID, at: house.now) }),
            let webhook = try attempt({ try store.webhook(of: clientID) })
        else { throw Failure("there is no client \(clientID)") }
        return try Self.secret(of: webhook, of: clientID, house)
    }

    static func secret(of webhook: OwnerWebhook, of clientID: String, _ house: House) throws -> String {
        ConsentEvent.secret(of: webhook.key(of: clientID, under: try key(house)))
    }

    private static func key(_ house: House) throws -> [UInt8] {
        let configuration = try house.configuration()
        return try refused { () throws(ConfigurationError) in
            try SecretFile.ownerWebhooks.read(in: configuration.secrets)
        }
    }
}
