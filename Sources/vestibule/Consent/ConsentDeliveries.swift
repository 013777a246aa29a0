import ArgumentParser
import OAuth
import SQLStore
import Service
import Store

extension ConsentCommand {
    struct Deliveries: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show what the FHIR server, the consent platform and the owners of apps have not heard yet, and why.")
        @Flag(help: "What they have heard too.") var all = false
        @Option(help: "So many at most.") var limit = 100
        @OptionGroup var house: House

        func run() throws {
            let deliveries = try attempt { try house.store().deliveries(undeliveredOnly: !all, limit: limit) }
            house.output.show(
                deliveries.map { delivery in
                    [
                        ("consent", .text(delivery.consent)), ("version", .number(delivery.version)),
                        ("to", .text(delivery.destination)), ("attempts", .number(delivery.attempts)),
                        ("delivered", .text(delivery.deliveredAt?.timestamp)),
                        ("next", .text(delivery.deliveredAt == nil ? delivery.dueAt.timestamp : nil)),
                        ("error", .text(delivery.error)),
                    ]
                }, called: "deliveries")
        }
    }

    struct WebhookSecret: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "webhook-secret",
            abstract: "Show the secret that the consent platform checks our events with (Standard Webhooks).")
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            let key = try refused { () throws(ConfigurationError) in
                try SecretFile.webhook.read(in: configuration.secrets)
            }
            house.output.show([("secret", .text(ConsentEvent.secret(of: key)))])
        }
    }
}
