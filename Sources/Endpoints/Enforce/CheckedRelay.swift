import HTTP
import HTTPClient
import JSON
import SMART

/// Fetches for one request, and gives out what its token may see.
struct CheckedRelay {
    let relay: any FHIRRelay
    let access: TokenAccess
    let references: FHIRReferenceReader
    let links: FHIRLinkReader
    let server: ServerCapabilities
    /// The public link to a later page.
    let page: (_ content: PageLink.Content, _ target: FHIRTarget) -> String

    private var visibility: Visibility { Visibility(access, references: references) }

    /// Rows R1, R2: the resource, if it is what was asked for and visible; absent, deleted and hidden are all one.
    func read(
        _ type: String, _ id: String, version: String?, ifNoneMatch: String?
    ) throws(FHIRRefusal) -> Response {
        let (answer, resource) = try resource(type, id, version: version)
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

    /// Row R3
    func history(_ type: String, _ id: String, _ target: FHIRTarget) throws(FHIRRefusal) -> Response {
        try filtered(OutboundRequest("GET", target.text), .history(type: type, id: id), .history(type: type, id: id))
    }

    /// Rows S1 to S3, O3
    func search(_ narrowing: SearchNarrowing, _ target: FHIRTarget) throws(FHIRRefusal) -> Response {
        var request = OutboundRequest("GET", target.with(query: narrowing.query).text)
        if narrowing.isForm {
            request = OutboundRequest(
                "POST", target.text, fields: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(narrowing.query.encoded.utf8))
        }
        return try filtered(request, .search(narrowing), .search(narrowing.type))
    }

    /// Rows O1, O2
    func collection(_ target: FHIRTarget) throws(FHIRRefusal) -> Response {
        try filtered(OutboundRequest("GET", target.text), .collection, .collection)
    }

    /// Row S6
    func later(_ link: PageLink) throws(FHIRRefusal) -> Response {
        let request = OutboundRequest("GET", link.target)
        switch link.content {
        case .search: return try filtered(request, .search(nil), link.content)
        case .history(let type, let id): return try filtered(request, .history(type: type, id: id), link.content)
        case .collection: return try filtered(request, .collection, link.content)
        }
    }

    /// Row O6
    func document(_ target: FHIRTarget) throws(FHIRRefusal) -> Response {
        let answer = try fetch(OutboundRequest("GET", target.text))
        guard answer.status == 200 else { throw answer.searchRefusal }
        guard answer.isJSON, let document = try? JSONDocument(answer.body),
            document.root["type"]?.equals("document") == true,
            let entries = document.root["entry"]?.elements,
            entries.allSatisfy({ entry in
                entry["resource"].map { visibility.shows($0, by: [.read, .search]) } == true
            })
        else { throw .unusableAnswer }
        return .fhir(answer.body)
    }

    private func filtered(
        _ request: OutboundRequest, _ content: BundleFilter.Content, _ pages: PageLink.Content
    ) throws(FHIRRefusal) -> Response {
        var request = request
        // FHIR R4 search#errors: a server must not pass over a parameter it does not know.
        request.fields.append(("Prefer", "handling=strict"))
        let answer = try fetch(request)
        guard answer.status == 200 else { throw answer.searchRefusal }
        guard answer.isJSON else { throw .unusableAnswer }
        let filter = BundleFilter(visibility, links: links) { page(pages, $0) }
        return .fhir(try filter.filtered(answer.body, content))
    }
}

// What has to be looked at before a request is handed on.
extension CheckedRelay {
    /// Rows W3 to W5: what to hand on, on condition that the resource is still the version that was looked at.
    func guarded(_ change: GuardedChange, isVersioned: Bool) throws(FHIRRefusal) -> AccessDecision.HandOff {
        let (answer, current) = try resource(change.type, change.id, version: nil)
        guard visibility.shows(current, by: change.letter) else { throw .notFound }
        guard visibility.admitsChange(of: current, by: change.letter) else {
            throw .forbidden(
                "What is nobody's is not changed by this token.", scope: access.scope(change.letter, on: change.type))
        }
        guard change.draft?.keepsProtected(of: current) != false else {
            throw .forbidden(
                "Labels, tags and links between patients are not changed by this token.",
                scope: access.scope(change.letter, on: change.type))
        }
        // FHIR R4 http#concurrency
        let version = answer.value(of: "ETag") ?? current["meta"]?["versionId"]?.string.map { "W/\"\($0)\"" }
        guard version != nil || !isVersioned else {
            throw FHIRRefusal(
                501, .notSupported,
                "The FHIR server does not say which version this is, so it cannot be changed safely.")
        }
        if let asked = change.handOff.ifMatch, let version, !ETag.matches(asked, version) {
            throw FHIRRefusal(412, .conflict, "The resource has another version by now.")
        }
        return change.handOff.onlyIf(version: version)
    }

    /// How far the documents of a patient are walked in search of the one that some raw content belongs to.
    private static let documentPages = 10

    /// Row R6: raw content says nothing of itself, so it must belong to the patient or to a document that is visible.
    func requireOwned(binary id: String) throws(FHIRRefusal) {
        if let (_, binary) = try? resource("Binary", id, version: nil), let context = binary["securityContext"],
            visibility.isOwn(context)
        {
            return
        }
        guard let narrowing = SearchNarrowing.documents(for: access, references: references, server: server) else {
            throw .notFound
        }
        var next: String? = FHIRTarget([narrowing.type], query: narrowing.query).text
        for _ in 0..<Self.documentPages {
            guard let target = next else { break }
            let answer = try fetch(OutboundRequest("GET", target, fields: [("Prefer", "handling=strict")]))
            guard answer.status == 200, answer.isJSON, let bundle = try? JSONDocument(answer.body).root else {
                throw .unusableAnswer
            }
            let documents = bundle["entry"]?.elements.compactMap { $0["resource"] } ?? []
            if documents.contains(where: { visibility.shows($0, by: [.read, .search]) && refers($0, toBinary: id) }) {
                return
            }
            next = bundle["link"]?.elements.first { $0["relation"]?.equals("next") == true }?["url"]?.string
                .flatMap { links.target(of: $0)?.text }
        }
        throw .notFound
    }

    private func refers(_ document: JSONValue, toBinary id: String) -> Bool {
        guard document["resourceType"]?.equals("DocumentReference") == true else { return false }
        return document["content"]?.elements.contains { content in
            content["attachment"]?["url"]?.string.map { references.read($0) } == .local(type: "Binary", id: id)
        } == true
    }

    /// A resource, if the answer is what was asked for.
    private func resource(
        _ type: String, _ id: String, version: String?
    ) throws(FHIRRefusal) -> (answer: InboundAnswer, resource: JSONValue) {
        let path = version.map { "/\(type)/\(id)/_history/\($0)" } ?? "/\(type)/\(id)"
        let answer = try fetch(OutboundRequest("GET", path))
        guard answer.status == 200 else { throw answer.refusal }
        guard answer.isJSON, let resource = try? JSONDocument(answer.body).root,
            resource["resourceType"]?.equals(type) == true, resource["id"]?.equals(id) == true
        else { throw .unusableAnswer }
        if let version, let found = resource["meta"]?["versionId"], !found.equals(version) { throw .unusableAnswer }
        return (answer, resource)
    }

    private func fetch(_ request: OutboundRequest) throws(FHIRRefusal) -> InboundAnswer {
        try fetch(request, by: relay)
    }

    func fetch(_ request: OutboundRequest, by way: any FHIRRelay) throws(FHIRRefusal) -> InboundAnswer {
        var request = request
        request.fields.append(("Accept", "application/fhir+json"))
        do throws(HTTPClientError) {
            return try way.send(request)
        } catch {
            switch error {
            case .unreachable, .timedOut, .unavailable: throw .unavailable
            case .tooLarge, .malformedAnswer, .malformedRequest: throw .unusableAnswer
            }
        }
    }
}

// What the answer to a transaction needs.
extension CheckedRelay {
    func isVisible(_ resource: JSONValue, _ type: String, _ id: String) -> Bool {
        resource["resourceType"]?.equals(type) == true && resource["id"]?.equals(id) == true
            && visibility.shows(resource, by: .read)
    }

    func filtered(_ bundle: [UInt8], _ narrowing: SearchNarrowing) throws(FHIRRefusal) -> [UInt8] {
        try BundleFilter(visibility, links: links) { page(.search(narrowing.type), $0) }
            .filtered(bundle, .search(narrowing))
    }

    /// The FHIR server's own address does not go out.
    func publish(_ url: JSONValue?, _ cut: inout JSONCut) {
        guard let url, let text = url.string, !links.isPublic(text), text.contains("://"),
            let target = links.target(of: text)
        else { return }
        var writer = JSONWriter()
        writer.element(links.url(of: target))
        cut.replace(url, with: writer.bytes)
    }
}

extension InboundAnswer {
    var isJSON: Bool {
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
