import ArgumentParser
import JOSE
import OAuth
import Service

extension ConsentCommand {
    struct Inbound: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show where others tell what patients decide, and the secrets by which they are known.")
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            let consent = configuration.consent
            var record: Output.Record = []
            if consent.inbound.contains(.webhook) {
                record.append(("webhook", .text(configuration.urls.consents)))
                let secret = ConsentEvent.secret(of: try key(.inboundWebhook, configuration))
                record.append(("webhook_secret", .text(secret)))
            }
            if consent.inbound.contains(.notification) {
                record.append(("endpoint", .text("\(configuration.urls.consents)/notify")))
                record.append(
                    ("header", .text("Authorization: Bearer \(try key(.notification, configuration).hexadecimal)")))
            }
            guard !record.isEmpty else { throw Failure("[consent] inbound names nobody who may tell anything") }
            house.output.show(record)
        }

        private func key(_ file: SecretFile, _ configuration: Configuration) throws -> [UInt8] {
            try refused { () throws(ConfigurationError) in try file.read(in: configuration.secrets) }
        }
    }
}
