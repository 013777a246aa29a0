import HTTPClient
import Service
import Store

extension Courier {
    private static let limits = HTTPClient.Limits(
        bodyBytes: 1 << 20, connectMilliseconds: 5_000, totalMilliseconds: 20_000)

    package init(_ configuration: Configuration, store: any DeliveryStore, clock: @escaping Clock) throws {
        self.init(
            fhirBase: configuration.fhirBase, store: store, fhirServer: try Self.fhirServer(configuration),
            platform: try Self.platform(configuration), owners: try Self.owners(configuration), clock: clock)
    }

    private static func fhirServer(_ configuration: Configuration) throws -> Send? {
        guard configuration.consent.isWrittenToFHIRServer, let socket = configuration.changesSocket else { return nil }
        let client = try HTTPClient(.unixSocket(socket), limits: limits)
        return { (request) throws(HTTPClientError) in try client.send(request) }
    }

    private static func platform(_ configuration: Configuration) throws -> Platform? {
        guard let platform = configuration.consent.platform else { return nil }
        let trust = HTTPClient.Trust(
            certificateAuthorities: configuration.outbound.certificateAuthorities, proxy: configuration.outbound.proxy)
        let client = try HTTPClient(.origin(platform.origin), limits: limits, trust: trust)
        return Platform(
            send: { (request) throws(HTTPClientError) in try client.send(request) }, target: platform.target,
            key: try SecretFile.webhook.read(in: configuration.secrets))
    }

    private static func owners(_ configuration: Configuration) throws -> Owners {
        var policy = try configuration.foreignHosts()
        policy.bodyBytes = 64 * 1024
        policy.totalMilliseconds = 10_000
        let fetcher = Fetcher(policy)
        return Owners(
            post: { (url, fields, body) throws(FetchError) in try fetcher.post(url, fields: fields, body: body) },
            key: { () throws(ConfigurationError) in try SecretFile.ownerWebhooks.read(in: configuration.secrets) })
    }
}

extension ConsentFollower {
    /// The limit of an answer, which holds a hundred Consents with what was signed.
    private static let limits = HTTPClient.Limits(
        bodyBytes: 64 << 20, connectMilliseconds: 5_000, totalMilliseconds: 30_000)

    /// `nil` where the FHIR server is not asked.
    package init?(_ configuration: Configuration, stores: any IntakeStores, clock: @escaping Clock) throws {
        guard configuration.consent.followEvery != nil, let socket = configuration.changesSocket else { return nil }
        self.init(
            fhirServer: try HTTPClient(.unixSocket(socket), limits: Self.limits), fhirBase: configuration.fhirBase,
            upstreamBase: configuration.upstreamBase, stores: stores, clock: clock)
    }
}
