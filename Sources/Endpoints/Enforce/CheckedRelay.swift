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
    /// What was given out.
    let given: GivenTypes
    /// Tells when there is no time left for more.
    let isLate: () -> Bool
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
        } else {
            given.insert(type)
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
            document.root["type"]?.equals("document") == true, let entries = document.root["entry"]?.elements,
            entries.allSatisfy({ entry in
                entry["resource"].map { visibility.shows($0, by: [.read, .search]) } == true
            })
        else { throw .unusableAnswer }
        for entry in entries { given.insert(entry["resource"]?["resourceType"]?.string) }
        var cut = JSONCut(document)
        for entry in entries { publish(entry["fullUrl"], &cut) }
        return .fhir(cut.bytes)
    }

    /// How many pages without anything to show are passed over, so that they tell nothing of what was cut out of them.
    private static let emptyPages = 10

    private func filtered(
        _ request: OutboundRequest, _ content: BundleFilter.Content, _ pages: PageLink.Content
    ) throws(FHIRRefusal) -> Response {
        let filter = BundleFilter(visibility, links: links) { page(pages, $0) }
        var found = try filter.filtered(searched(request), content)
        defer { given.formUnion(found.types) }
        guard case .search(let narrowing) = content, narrowing?.isComplete != true else { return .fhir(found.bytes) }
        for _ in 0..<Self.emptyPages {
            guard found.isEmpty, let next = found.next, !isLate() else { break }
            found = try filter.filtered(searched(OutboundRequest("GET", next.text)), .search(nil))
        }
        return .fhir(found.bytes)
    }

    private func searched(_ request: OutboundRequest) throws(FHIRRefusal) -> [UInt8] {
        var request = request
        // FHIR R4 search#errors: a server must not pass over a parameter it does not know.
        request.fields.append(("Prefer", "handling=strict"))
        let answer = try fetch(request)
        guard answer.status == 200 else { throw answer.searchRefusal }
        guard answer.isJSON else { throw .unusableAnswer }
        return answer.body
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
        guard change.draft?.keepsProtected(of: current, addsBinaries: change.readsEveryBinary) != false else {
            throw .forbidden(
                "Labels, tags, links between patients and what a document points to are not changed by this token.",
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

    /// Row W2: what the condition of a create finds, if it is one and may be seen; `nil` where there is none, and one is made.
    func existing(_ narrowing: SearchNarrowing) throws(FHIRRefusal) -> Response? {
        let target = FHIRTarget([narrowing.type], query: narrowing.query).text
        let found = try filtered(searched(OutboundRequest("GET", target)), narrowing)
        let entries = (try? JSONDocument(found).root["entry"])?.map { Array($0.elements) } ?? []
        let matches = entries.filter { $0["search"]?["mode"]?.equals("include") != true }.compactMap { $0["resource"] }
        guard let match = matches.first(where: { $0["resourceType"]?.equals(narrowing.type) == true }) else {
            return nil
        }
        guard matches.count == 1, let id = match["id"]?.string else {
            throw FHIRRefusal(412, .conflict, "The condition of the create finds more than one.")
        }
        // FHIR R4 http#ccreate
        var response = Response.fhir(Array(match.bytes))
        if let version = match["meta"]?["versionId"]?.string {
            response.set("ETag", to: "W/\"\(version)\"")
            response.set("Location", to: links.url(of: FHIRTarget([narrowing.type, id, "_history", version])))
        }
        return response
    }

    /// How far the documents of a patient are walked in search of the one that some raw content belongs to.
    private static let documentPages = 10

    /// Row R6: raw content says nothing of itself, so it must belong to the patient or to a document that is visible.
    func requireOwned(binary id: String, _ content: RawContent) throws(FHIRRefusal) {
        // What says whose it is, is nobody else's, whatever points to it.
        if let (_, binary) = try? resource("Binary", id, version: nil), let context = binary["securityContext"] {
            guard visibility.isOwn(context, content) else { throw .notFound }
            if content == .binary { return }
        }
        guard let narrowing = SearchNarrowing.documents(for: access, references: references, server: server) else {
            throw .notFound
        }
        var next: String? = FHIRTarget([narrowing.type], query: narrowing.query).text
        for _ in 0..<Self.documentPages {
            guard let target = next, !isLate() else { break }
            let body = try searched(OutboundRequest("GET", target))
            guard let bundle = try? JSONDocument(body, foldDepth: 3).root else { throw .unusableAnswer }
            for entry in bundle["entry"].map({ Array($0.elements) }) ?? [] {
                guard let document = entry.unfolded["resource"], refers(document, toBinary: id),
                    visibility.shows(document, by: content == .document ? .read : [.read, .search])
                else { continue }
                return
            }
            next = links.target(of: "next", among: bundle["link"].map { Array($0.elements) } ?? [])?.text
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
    /// Whether something that was written, or found in its place, may be seen by who wrote it.
    func isVisible(_ resource: JSONValue) -> Bool {
        visibility.shows(resource, by: [.create, .update, .read, .search])
    }

    func isVisible(_ resource: JSONValue, _ type: String, _ id: String) -> Bool {
        resource["resourceType"]?.equals(type) == true && resource["id"]?.equals(id) == true
            && visibility.shows(resource, by: .read)
    }

    func filtered(_ bundle: [UInt8], _ narrowing: SearchNarrowing) throws(FHIRRefusal) -> [UInt8] {
        let found = try BundleFilter(visibility, links: links) { page(.search(narrowing.type), $0) }
            .filtered(bundle, .search(narrowing))
        given.formUnion(found.types)
        return found.bytes
    }

    /// The FHIR server's own address does not go out.
    func publish(_ url: JSONValue?, _ cut: inout JSONCut) {
        guard let url, let text = url.string, !links.isPublic(text), text.contains("://"),
            let target = links.target(of: text)
        else { return }
        cut.replace(url, with: links.url(of: target))
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
        // A server with rules of its own refuses what is there.
        case 401, 403, 404, 410: .notFound
        case 429, 500...599: .unavailable
        default: .unusableAnswer
        }
    }

    fileprivate var searchRefusal: FHIRRefusal {
        switch status {
        case 400, 422: FHIRRefusal(400, .invalid, "The FHIR server does not accept this search.")
        case 401, 403: .unusableAnswer
        default: refusal
        }
    }
}
