import HTTPClient
import JOSE
import OAuth
import SMART
import Service

extension ConsentsEndpoint {
    /// By what others prove themselves; `nil` for those who tell nothing.
    package struct Keys: Sendable {
        let webhook: [UInt8]?
        let notification: SecretDigest?

        package init(_ configuration: Configuration) throws(ConfigurationError) {
            let inbound = configuration.consent.inbound
            webhook =
                inbound.contains(.webhook) ? try SecretFile.inboundWebhook.read(in: configuration.secrets) : nil
            notification =
                inbound.contains(.notification)
                ? SecretDigest(of: try SecretFile.notification.read(in: configuration.secrets).hexadecimal) : nil
        }
    }

    private static let limits = HTTPClient.Limits(bodyBytes: 16 << 20, totalMilliseconds: 20_000)

    package init(
        _ configuration: Configuration, stores: any ConsentsStores, keys: Keys, clock: @escaping Clock
    ) throws {
        self.init(
            fhirBase: configuration.fhirBase, upstreamBase: configuration.upstreamBase, stores: stores,
            fhirServer: try HTTPClient(.unixSocket(configuration.relaySocket), limits: Self.limits),
            webhookKey: keys.webhook, notificationToken: keys.notification, clock: clock)
    }
}
