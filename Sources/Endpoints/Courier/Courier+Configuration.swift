import HTTPClient
import Service

extension Courier {
    private static let limits = HTTPClient.Limits(
        bodyBytes: 1 << 20, connectMilliseconds: 5_000, totalMilliseconds: 20_000)

    package static func fhirServer(_ configuration: Configuration) throws -> HTTPClient? {
        guard configuration.consent.isWrittenToFHIRServer, let socket = configuration.changesSocket else { return nil }
        return try HTTPClient(.unixSocket(socket), limits: limits)
    }

    package static func platform(_ configuration: Configuration) throws -> Platform? {
        guard let platform = configuration.consent.platform else { return nil }
        let trust = HTTPClient.Trust(
            certificateAuthorities: configuration.outbound.certificateAuthorities, proxy: configuration.outbound.proxy)
        return Platform(
            client: try HTTPClient(.origin(platform.origin), limits: limits, trust: trust), target: platform.target,
            key: try SecretFile.webhook.read(in: configuration.secrets))
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
