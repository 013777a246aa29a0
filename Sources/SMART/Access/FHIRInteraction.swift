import HTTP

/// What a request asks of a FHIR server (FHIR R4 http), as far as we know its rules; everything else has no case and is refused.
package enum FHIRInteraction: Sendable, Equatable {
    case capabilities
    case read(type: String, id: String)
    case versionRead(type: String, id: String)
    case instanceHistory(type: String, id: String)
    case typeHistory(type: String)
    case systemHistory
    case search(type: String)
    /// `POST [type]/_search`
    case formSearch(type: String)
    /// `GET [compartment]/[id]/[type]`; no type for `*`.
    case compartmentSearch(type: String?)
    case systemSearch
    /// A page of an earlier search, by our own signed link.
    case page(String)
    case create(type: String)
    case update(type: String, id: String)
    case patch(type: String, id: String)
    case delete(type: String, id: String)

    /// `nil` for an interaction without a rule. Throws where the address names no resource at all.
    package init?(_ method: Request.Method?, _ target: FHIRTarget) throws(FHIRRefusal) {
        // Operations have rules of their own.
        guard !target.segments.contains(where: { $0.hasPrefix("$") }) else { return nil }
        let found: FHIRInteraction? =
            switch method {
            case .get, .head: try Self.reading(target)
            case .post: try Self.posting(target)
            case .put: try Self.instance(target).map { .update(type: $0.type, id: $0.id) }
            case .patch: try Self.instance(target).map { .patch(type: $0.type, id: $0.id) }
            case .delete: try Self.instance(target).map { .delete(type: $0.type, id: $0.id) }
            case .options, nil: nil
            }
        guard let found else { return nil }
        self = found
    }
}

extension FHIRInteraction {
    private static func reading(_ target: FHIRTarget) throws(FHIRRefusal) -> FHIRInteraction? {
        let parts = target.segments
        switch parts.count {
        case 0:
            guard target.query.pairs.contains(where: { $0.name == "_page" }) else { return .systemSearch }
            guard target.query.pairs.count == 1, let page = target.query["_page"] else {
                throw .malformed("A page link is used as it was given, without further parameters.")
            }
            return .page(page)
        case 1 where parts[0] == "metadata": return .capabilities
        case 1 where parts[0] == "_history": return .systemHistory
        case 1: return .search(type: try type(parts[0]))
        case 2 where parts[1] == "_history": return .typeHistory(type: try type(parts[0]))
        case 2: return try instance(target).map { .read(type: $0.type, id: $0.id) }
        case 3 where parts[2] == "_history":
            return .instanceHistory(type: try type(parts[0]), id: try id(parts[1]))
        case 3:
            _ = try type(parts[0])
            _ = try id(parts[1])
            return .compartmentSearch(type: parts[2] == "*" ? nil : try type(parts[2]))
        case 4 where parts[2] == "_history":
            _ = try id(parts[3])
            return .versionRead(type: try type(parts[0]), id: try id(parts[1]))
        default: return nil
        }
    }

    private static func posting(_ target: FHIRTarget) throws(FHIRRefusal) -> FHIRInteraction? {
        let parts = target.segments
        switch parts.count {
        case 1 where parts[0] != "_search": return .create(type: try type(parts[0]))
        case 2 where parts[1] == "_search": return .formSearch(type: try type(parts[0]))
        default: return nil
        }
    }

    private static func instance(_ target: FHIRTarget) throws(FHIRRefusal) -> (type: String, id: String)? {
        guard target.segments.count == 2 else { return nil }
        return (try type(target.segments[0]), try id(target.segments[1]))
    }

    /// FHIR R4 http#create: a type the server does not have is 404, whoever asks.
    private static func type(_ name: String) throws(FHIRRefusal) -> String {
        guard ResourceType.isKnown(name) else {
            throw FHIRRefusal(404, .notSupported, "This is no address of a FHIR R4 resource type.")
        }
        return name
    }

    private static func id(_ text: String) throws(FHIRRefusal) -> String {
        guard ResourceID.isValid(text) else { throw .malformed("The id is not written as FHIR ids are.") }
        return text
    }
}
