import HTTP
import JSON
import OAuth
import SMART
import Store

/// How the enforcer answers: FHIR's JSON, refusals as OperationOutcome, and what is handed to the web server.
extension Response {
    static func fhir(_ body: [UInt8], status: Int = 200) -> Response {
        Response(status: status, fields: [("Content-Type", "application/fhir+json; charset=utf-8")], body: body)
    }

    /// FHIR R4 operationoutcome; RFC 6750 §3 for the challenge.
    static func fhir(_ refusal: FHIRRefusal, for request: Request, realm: FHIRBase) -> Response {
        var writer = JSONWriter()
        writer.object {
            $0.member("resourceType", "OperationOutcome")
            $0.array("issue") {
                $0.object {
                    $0.member("severity", "error")
                    $0.member("code", refusal.issue.rawValue)
                    $0.member("diagnostics", "\(refusal.text) [request \(request.shortID)]")
                }
            }
        }
        var response = Response.fhir(writer.bytes, status: refusal.status)
        if let challenge = refusal.challenge {
            response.set("WWW-Authenticate", to: challenge.field(realm: realm))
        }
        if refusal.status == 503 { response.set("Retry-After", to: "5") }
        return response.remarking("issue", refusal.issue.rawValue)
    }

    /// What the log says of a refusal, so that it can be explained later: which row, to whom, and what would do.
    func explaining(_ refusal: FHIRRefusal, _ asked: FHIRRequest, _ token: ActiveToken) -> Response {
        let response = remarking("row", DecisionTable.row(of: asked)).remarking("reason", refusal.text)
            .remarking("client", token.clientID).remarking("grant", token.grantID)
        return refusal.neededScope.map { response.remarking("needs", $0) } ?? response
    }

    /// The web server goes on from here: it sends the request's method and body to this target.
    static func handOff(_ handOff: AccessDecision.HandOff, under base: FHIRBase) -> Response {
        var response = Response(status: 200)
        response.set("X-Accel-Redirect", to: "@fhir_upstream")
        response.set("X-FHIR-Target", to: handOff.target)
        // For the locations that the FHIR server names.
        response.set("X-FHIR-Base", to: base.description)
        if let version = handOff.ifMatch { response.set("X-FHIR-If-Match", to: version) }
        if let condition = handOff.ifNoneExist { response.set("X-FHIR-If-None-Exist", to: condition) }
        if let prefer = handOff.prefer { response.set("X-FHIR-Prefer", to: prefer) }
        if let type = handOff.contentType { response.set("X-FHIR-Content-Type", to: type) }
        return response
    }

    var isHandOff: Bool { value(of: "X-Accel-Redirect") != nil }

    /// Threat E8: whatever an answer holds, a browser neither keeps it nor runs it on our origin.
    var inert: Response {
        var response = self
        response.set("Cache-Control", to: "no-store")
        response.set("X-Content-Type-Options", to: "nosniff")
        response.set("Content-Security-Policy", to: "sandbox")
        return response
    }
}

extension FHIRRefusal.Challenge {
    /// RFC 6750 §3
    func field(realm: FHIRBase) -> String {
        let parameters: [(name: String, value: String)] =
            switch self {
            case .token: []
            case .invalidToken: [("error", "invalid_token")]
            case .insufficientScope(let scope): [("error", "insufficient_scope"), ("scope", scope)]
            }
        return HTTP.Challenge("Bearer", [("realm", realm.description)] + parameters).field
    }
}
