import HTTP
import HTTPClient
import JSON
import SMART

/// Fetches for one request, and gives out what its token may see.
struct CheckedRelay {
    let relay: any FHIRRelay
    let visibility: Visibility
    let links: FHIRLinkReader
    /// The public link to a later page of a search of a type.
    let page: (_ type: String, _ target: FHIRTarget) -> String

    /// Row R1: the resource, if it is what was asked for and visible; absent, deleted and hidden are all one.
    func read(_ type: String, _ id: String, ifNoneMatch: String?) throws(FHIRRefusal) -> Response {
        let answer = try fetch("/\(type)/\(id)", fields: [])
        guard answer.status == 200 else { throw answer.refusal }
        guard answer.isJSON, let resource = try? JSONDocument(answer.body).root,
            resource["resourceType"]?.equals(type) == true, resource["id"]?.equals(id) == true
        else { throw .unusableAnswer }
        guard visibility.shows(resource, by: .read) else { throw .notFound }

        var response = Response.fhir(answer.body)
        for name in ["ETag", "Last-Modified"] {
            if let value = answer.value(of: name) { response.set(name, to: value) }
        }
        // RFC 9110 §13.1.2: compared here, after the check, so that a guess at a version learns nothing.
        if let ifNoneMatch, let tag = answer.value(of: "ETag"), ETag.matches(ifNoneMatch, tag) {
            response.status = 304
            response.body = []
        }
        return response
    }

    /// Row S1
    func search(_ narrowing: SearchNarrowing) throws(FHIRRefusal) -> Response {
        try searched(FHIRTarget([narrowing.type], query: narrowing.query).text, narrowing.type, narrowing)
    }

    /// Row S6
    func later(_ link: PageLink) throws(FHIRRefusal) -> Response {
        try searched(link.target, link.type, nil)
    }

    private func searched(
        _ target: String, _ type: String, _ narrowing: SearchNarrowing?
    ) throws(FHIRRefusal) -> Response {
        // FHIR R4 search#errors: a server must not pass over a parameter it does not know.
        let answer = try fetch(target, fields: [("Prefer", "handling=strict")])
        guard answer.status == 200 else { throw answer.searchRefusal }
        guard answer.isJSON else { throw .unusableAnswer }
        let filter = BundleFilter(visibility, links: links) { page(type, $0) }
        return .fhir(try filter.filtered(answer.body, narrowing))
    }

    private func fetch(
        _ target: String, fields: [(name: String, value: String)]
    ) throws(FHIRRefusal) -> InboundAnswer {
        do throws(HTTPClientError) {
            return try relay.get(target, fields: [("Accept", "application/fhir+json")] + fields)
        } catch {
            switch error {
            case .unreachable, .timedOut, .unavailable: throw .unavailable
            case .tooLarge, .malformedAnswer, .malformedRequest: throw .unusableAnswer
            }
        }
    }
}

extension InboundAnswer {
    fileprivate var isJSON: Bool {
        let type = (value(of: "Content-Type") ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
        return ["application/fhir+json", "application/json", "application/json+fhir"].contains(type)
    }

    /// What an answer without a resource means to the client. The server's own text stays here: it may speak of anybody.
    fileprivate var refusal: FHIRRefusal {
        switch status {
        case 404, 410: .notFound
        case 429, 500...599: .unavailable
        default: .unusableAnswer
        }
    }

    fileprivate var searchRefusal: FHIRRefusal {
        switch status {
        case 400, 422: FHIRRefusal(400, .invalid, "The FHIR server does not accept this search.")
        default: refusal
        }
    }
}
