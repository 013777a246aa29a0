import HTTP
import JSON
import OAuth
import SMART
import Store

package typealias ConsentsStores = IntakeStores & AuditStore

/// Where others tell that a patient has decided something: the site's consent platform by a signed webhook, the FHIR server
/// by the notification of a Subscription (FHIR R4 subscription). What is not switched on is not there.
package struct ConsentsEndpoint: Endpoint {
    private let stores: any ConsentsStores
    private let intake: ConsentIntake
    private let follower: ConsentFollower
    private let fhirServer: any FHIRRelay
    private let references: FHIRReferenceReader
    /// Signs what the platform sends; `nil` where it sends nothing.
    private let webhookKey: [UInt8]?
    /// The bearer token of the FHIR server's notifications; `nil` where it sends none.
    private let notificationToken: SecretDigest?
    private let clock: Clock

    package init(
        fhirBase: FHIRBase, upstreamBase: String?, stores: any ConsentsStores,
        fhirServer: any FHIRRelay, webhookKey: [UInt8]?, notificationToken: SecretDigest?, clock: @escaping Clock
    ) {
        self.stores = stores
        intake = ConsentIntake(stores: stores, fhirBase: fhirBase, upstreamBase: upstreamBase)
        follower = ConsentFollower(
            fhirServer: fhirServer, fhirBase: fhirBase, upstreamBase: upstreamBase, stores: stores, clock: clock)
        self.fhirServer = fhirServer
        references = FHIRReferenceReader(base: fhirBase, upstreamBase: upstreamBase)
        self.webhookKey = webhookKey
        self.notificationToken = notificationToken
        self.clock = clock
    }

    package func respond(to request: Request) -> Response {
        do {
            // Below …/oauth2/consents: nothing, or `notify` and what a FHIR server adds to that.
            let below = request.path.split(separator: "/").drop { $0 != "consents" }.dropFirst()
            if below.isEmpty { return try webhook(request) }
            return try notification(below.dropFirst().joined(separator: "/"), request)
        } catch {
            return .oauth(error, for: request)
        }
    }
}

// The consent platform
extension ConsentsEndpoint {
    private func webhook(_ request: Request) throws(OAuthError) -> Response {
        guard let webhookKey else { return Self.absent }
        guard request.method == .post else { return .oauthMethodNotAllowed("POST", for: request) }
        let now = clock()
        let message = try SignedWebhook(request.fields, body: request.body, under: webhookKey, at: now)
        do throws(OAuthError) {
            guard let root = try? JSONDocument(request.body).root, root.kind == .object else {
                throw .invalidRequest("the body is no JSON object")
            }
            return try taken(from: root, at: now).remarking("webhook", message.id)
        } catch {
            if error.status < 500 { try refuse(error, source: .webhook, at: now) }
            throw error
        }
    }

    /// A Consent as it is at the platform, or an event that names one of the FHIR server.
    private func taken(from root: JSONValue, at now: Instant) throws(OAuthError) -> Response {
        guard root["resourceType"] == nil else {
            // Without this an older one could take the place of a newer one.
            try require(
                ConsentReading.updatedAt(of: root) != nil,
                else: .invalidRequest("the Consent has no meta.lastUpdated"))
            return try answer(stored(intake.take(root, from: .webhook, at: now)))
        }
        guard let reference = root["data"]?["consent"]?.string ?? root["consent"]?.string, let id = id(in: reference)
        else {
            throw .invalidRequest(
                "the body is a Consent of FHIR R4, or an event whose data.consent names one of this FHIR server")
        }
        return try fetch(id, at: now)
    }

    private func id(in reference: String) -> String? {
        guard case .local("Consent", let id) = references.read(reference) else { return nil }
        return id
    }
}

// The FHIR server
extension ConsentsEndpoint {
    /// Only a hint, whatever it holds: what is believed is what the FHIR server answers.
    private func notification(_ rest: String, _ request: Request) throws(OAuthError) -> Response {
        guard let notificationToken else { return Self.absent }
        guard request.method == .post || request.method == .put else {
            return .oauthMethodNotAllowed("POST, PUT", for: request)
        }
        guard case .bearer(let text) = request.credentials, SecretDigest(of: text) == notificationToken else {
            throw .invalidClient("the Authorization field is not that of vestibule consent inbound")
        }
        let now = clock()
        if let id = id(in: rest) ?? named(by: request) { return try fetch(id, at: now) }
        let begun = now
        let round = try stored(follower.round { clock() - begun > Self.followTime })
        guard round.isComplete else {
            throw .unavailable(detail: round.problems.last ?? "the FHIR server has more than could be read in time")
        }
        return Self.said(round.changed > 0 ? "changed" : "unchanged")
    }

    /// How long changes are asked for in one request, in seconds.
    private static let followTime = 20

    /// Some servers add the type and the id to the address, some send the resource.
    private func named(by request: Request) -> String? {
        guard let root = try? JSONDocument(request.body).root, root["resourceType"]?.equals("Consent") == true,
            let id = root["id"]?.string, ResourceID.isValid(id)
        else { return nil }
        return id
    }

    private func fetch(_ id: String, at now: Instant) throws(OAuthError) -> Response {
        let resource: JSONValue?
        do throws(FHIRServerError) {
            resource = try fhirServer.resource("/Consent/\(id)")
        } catch {
            throw .unavailable(detail: error.reason)
        }
        // That a record is gone lifts nothing: a patient who allows again says so.
        guard let resource else { return Self.said("unchanged") }
        guard resource["id"]?.equals(id) == true else {
            throw .unavailable(detail: "the FHIR server answered with another resource")
        }
        return try answer(stored(intake.take(resource, from: .fhir, at: now)))
    }
}

// Answers
extension ConsentsEndpoint {
    private func answer(_ taken: ConsentIntake.Taken) throws(OAuthError) -> Response {
        switch taken {
        case .directive(.recorded): return Self.said("recorded")
        case .directive(.changed): return Self.said("changed")
        case .ownWithdrawn: return Self.said("withdrawn")
        case .directive(.unchanged), .own, .ofNoConcern: return Self.said("unchanged")
        case .unreadable(let problem): throw .invalidRequest(problem.description)
        }
    }

    private static func said(_ status: String) -> Response {
        var writer = JSONWriter()
        writer.object { $0.member("status", status) }
        return .oauth(writer.bytes).remarking("consent", status)
    }

    private static let absent = Response.oauth(
        OAuthError.invalidRequest("nothing is taken here").json, status: 404)

    /// Whoever has the key and sends what nobody can use is on record.
    private func refuse(
        _ error: OAuthError, source: ConsentDirective.Source, at now: Instant
    ) throws(OAuthError) {
        try stored(
            stores.record(
                AuditEvent(
                    .directiveRecord, .refused,
                    details: [.init(.source, source.rawValue), .init(.reason, error.description)]),
                at: now))
    }
}
