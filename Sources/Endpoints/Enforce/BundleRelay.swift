import HTTP
import HTTPClient
import JSON
import SMART

/// Carries out batches and transactions: entries like requests of their own, answered in one Bundle
/// (FHIR R4 http#transaction-response).
struct BundleRelay {
    let relay: CheckedRelay
    /// The way for changes; `nil` where the site has not opened one.
    let writer: (any FHIRRelay)?
    let isVersioned: Bool
    /// Answers one entry that is looked at.
    let checked: (AccessDecision.Relay) throws(FHIRRefusal) -> Response
    /// An OperationOutcome for a refusal.
    let outcome: (FHIRRefusal) -> Response
    /// Tells when there is no time left for more.
    let isLate: () -> Bool

    /// Row B1: in the order of FHIR R4 http#trules, answered in the order they came.
    func batch(_ entries: [BundleEntry]) -> Response {
        var answers: [Int: Response] = [:]
        var size = 0
        for index in entries.indices.sorted(by: { Self.rank(entries[$0]) < Self.rank(entries[$1]) }) {
            let answer =
                isLate()
                ? outcome(.lateBatch) : size > Self.largestAnswer ? outcome(.longBatch) : answer(entries[index])
            size += answer.body.count
            answers[index] = answer
        }
        var writer = JSONWriter()
        writer.object {
            $0.member("resourceType", "Bundle")
            $0.member("type", "batch-response")
            $0.array("entry") { list in
                for index in entries.indices {
                    // One after the other, so that there are never two of each.
                    if let answer = answers.removeValue(forKey: index) { write(answer, &list) }
                }
            }
        }
        return .fhir(writer.bytes)
    }

    /// From how many bytes on no more entries of a batch are begun.
    private static let largestAnswer = 16 << 20

    private static func rank(_ entry: BundleEntry) -> Int {
        switch entry.method {
        case .delete: 0
        case .post: 1
        case .put, .patch: 2
        case .get, .head, .options: 3
        }
    }

    private func answer(_ entry: BundleEntry) -> Response {
        do throws(FHIRRefusal) {
            switch entry.decision {
            case .deny(let refusal): throw refusal
            case .needsBody: throw .malformed("The entry lacks a resource.")
            case .handOff(let handOff):
                if entry.method == .get { relay.given.insert(entry.target.segments.first) }
                return try send(entry, handOff)
            case .relay(.create(let narrowing, let handOff)):
                if let existing = try relay.existing(narrowing) { return existing }
                return try send(entry, handOff)
            case .relay(.change(let change)):
                let answer = try send(entry, relay.guarded(change, isVersioned: isVersioned))
                return change.isBlind ? answer.withoutContent : answer
            case .relay(.binary(let id, let target, let content)):
                try relay.requireOwned(binary: id, content)
                relay.given.insert("Binary")
                return try send(entry, .init(target))
            case .relay(let other): return try checked(other)
            }
        } catch {
            return outcome(error)
        }
    }

    /// What nginx would send on if the entry had come by itself.
    private func send(_ entry: BundleEntry, _ handOff: AccessDecision.HandOff) throws(FHIRRefusal) -> Response {
        var request = OutboundRequest(entry.method.rawValue, handOff.target)
        if entry.method != .get, entry.method != .head {
            request.fields.append(("Content-Type", handOff.contentType ?? "application/fhir+json"))
            if !entry.body.isEmpty { request.body = entry.body }
        }
        if let prefer = handOff.prefer { request.fields.append(("Prefer", prefer)) }
        if let version = handOff.ifMatch { request.fields.append(("If-Match", version)) }
        if let condition = handOff.ifNoneExist { request.fields.append(("If-None-Exist", condition)) }
        let isRead = entry.method == .get || entry.method == .head
        guard let way = isRead ? relay.relay : writer else { throw .noWriter }
        let answer = try relay.fetch(request, by: way)
        var response = Response(status: answer.status)
        for name in ["ETag", "Last-Modified"] {
            if let value = answer.value(of: name) { response.set(name, to: value) }
        }
        if let location = answer.value(of: "Location").flatMap({ relay.links.target(of: $0) }) {
            response.set("Location", to: relay.links.url(of: location))
        }
        guard !answer.body.isEmpty else { return response }
        guard answer.isJSON, (try? JSONDocument(answer.body)) != nil else { throw .unusableAnswer }
        response.body = answer.body
        return response
    }

    private func write(_ answer: Response, _ list: inout JSONWriter) {
        let isError = answer.status >= 400
        list.object {
            if !isError, !answer.body.isEmpty { $0.raw("resource", answer.body) }
            $0.object("response") {
                $0.member("status", String(answer.status))
                $0.member("location", answer.value(of: "Location"))
                $0.member("etag", answer.value(of: "ETag"))
                if isError, !answer.body.isEmpty { $0.raw("outcome", answer.body) }
            }
        }
    }
}

extension BundleRelay {
    /// A change by who may not read: carried out here, for its answer goes no further than that it worked.
    func blind(_ change: GuardedChange, _ method: Request.Method, _ body: [UInt8]) throws(FHIRRefusal) -> Response {
        let entry = BundleEntry(
            method: method, target: FHIRTarget([change.type, change.id]), body: body, decision: .relay(.change(change)))
        let answer = try send(entry, relay.guarded(change, isVersioned: isVersioned))
        guard answer.status < 400 else { throw .transaction(answer.status) }
        return answer.withoutContent
    }

    /// Row B2: one Bundle upstream, in which every entry says what was decided; then its answer is looked at.
    func transaction(
        _ entries: [BundleEntry], _ document: JSONDocument, prefer: String?
    ) throws(FHIRRefusal) -> Response {
        guard let writer else { throw .noWriter }
        var cut = JSONCut(document)
        for (entry, sent) in zip(entries, document.root["entry"]?.elements ?? document.root.elements) {
            guard let request = sent["request"] else { throw .malformed("An entry has a request.") }
            cut.replace(request, with: try self.request(entry))
        }
        var request = OutboundRequest(
            "POST", "/", fields: [("Content-Type", "application/fhir+json")], body: cut.bytes)
        if let prefer { request.fields.append(("Prefer", prefer)) }
        let answer = try relay.fetch(request, by: writer)
        guard answer.status == 200 else { throw .transaction(answer.status) }
        guard answer.isJSON, let response = try? JSONDocument(answer.body) else { throw .unusableAnswer }
        return .fhir(try self.response(response, to: entries))
    }

    /// The request of an entry as it goes out.
    private func request(_ entry: BundleEntry) throws(FHIRRefusal) -> [UInt8] {
        var target = entry.target.text
        var ifMatch: String?
        var ifNoneExist: String?
        switch entry.decision {
        case .handOff(let handOff), .relay(.create(_, let handOff)):
            (target, ifMatch, ifNoneExist) = (handOff.target, handOff.ifMatch, handOff.ifNoneExist)
        case .relay(.change(let change)):
            let handOff = try relay.guarded(change, isVersioned: isVersioned)
            (target, ifMatch) = (handOff.target, handOff.ifMatch)
        case .relay(.search(let narrowing, let path)): target = path.with(query: narrowing.query).text
        case .relay(.read(let type, let id, nil)):
            // What is absent makes a server refuse the whole, so what is hidden has to do the same.
            _ = try relay.read(type, id, version: nil, ifNoneMatch: nil)
            target = "/\(type)/\(id)"
        case .deny, .needsBody, .relay: throw .unusableAnswer
        }
        var writer = JSONWriter()
        writer.object {
            $0.member("method", entry.method.rawValue)
            $0.member("url", String(target.dropFirst()))
            $0.member("ifMatch", ifMatch)
            $0.member("ifNoneExist", ifNoneExist)
        }
        return writer.bytes
    }

    private func response(_ document: JSONDocument, to entries: [BundleEntry]) throws(FHIRRefusal) -> [UInt8] {
        let bundle = document.root
        guard bundle["resourceType"]?.equals("Bundle") == true, bundle["type"]?.equals("transaction-response") == true,
            let answers = bundle["entry"], answers.kind == .array, answers.count == entries.count
        else { throw .unusableAnswer }
        var cut = JSONCut(document)
        for (entry, answer) in zip(entries, answers.elements) {
            for url in [answer["fullUrl"], answer["response"]?["location"]] { relay.publish(url, &cut) }
            do throws(FHIRRefusal) {
                switch entry.decision {
                case .relay(.read(let type, let id, _)):
                    guard let resource = answer["resource"] else { throw .notFound }
                    guard relay.isVisible(resource, type, id) else { throw .notFound }
                    relay.given.insert(type)
                case .relay(.search(let narrowing, _)):
                    guard let found = answer["resource"] else { throw .unusableAnswer }
                    cut.replace(found, with: try relay.filtered(Array(found.bytes), narrowing))
                case .relay(.change(let change)) where change.isBlind:
                    if let resource = answer["resource"] { cut.remove(resource) }
                case .relay(.create), .relay(.change):
                    if let resource = answer["resource"], !relay.isVisible(resource) { cut.remove(resource) }
                case .handOff, .relay, .deny, .needsBody: break
                }
            } catch {
                var writer = JSONWriter()
                let refused = outcome(error)
                writer.object {
                    $0.object("response") {
                        $0.member("status", String(refused.status))
                        $0.raw("outcome", refused.body)
                    }
                }
                cut.replace(answer, with: writer.bytes)
            }
        }
        return cut.bytes
    }
}

extension Response {
    /// That it was done, and what it is called now.
    fileprivate var withoutContent: Response {
        var copy = self
        copy.body = []
        return copy
    }
}

extension FHIRRefusal {
    fileprivate static let lateBatch = FHIRRefusal(
        503, .transient, "There was no time left for this entry of the batch.")

    fileprivate static let longBatch = FHIRRefusal(
        413, .tooLong, "The answers to this batch have become too long: send fewer requests in one.")

    static let noWriter = FHIRRefusal(
        403, .notSupported, "Changes in a batch or a transaction are not available to this token here.")

    fileprivate static func transaction(_ status: Int) -> FHIRRefusal {
        switch status {
        case 404, 410: .notFound
        case 400, 422: FHIRRefusal(status, .invalid, "The FHIR server does not accept this change.")
        case 409, 412: FHIRRefusal(status, .conflict, "Something has changed meanwhile.")
        case 429, 500...599: .unavailable
        default: .unusableAnswer
        }
    }
}
