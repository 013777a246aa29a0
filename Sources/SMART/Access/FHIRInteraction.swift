import HTTP

/// What a request asks of a FHIR server (FHIR R4 http), as far as we know its rules; everything else has no case and is refused.
package enum FHIRInteraction: Sendable, Equatable {
    case capabilities
    case read(type: String, id: String)
    case versionRead(type: String, id: String, version: String)
    case instanceHistory(type: String, id: String)
    case typeHistory(type: String)
    case systemHistory
    /// `GET [type]`, or `POST [type]/_search` with parameters in the body as well.
    case search(type: String)
    /// `[compartment]/[id]/[type]`, by GET or by POST as above.
    case compartmentSearch(CompartmentPath)
    case systemSearch
    /// A page of an earlier search, by our own signed link.
    case page(String)
    /// The status or a file of a bulk export, by our own signed link.
    case export(String)
    case create(type: String)
    case update(type: String, id: String)
    case patch(type: String, id: String)
    case delete(type: String, id: String)
    /// An update, a patch or a delete of whatever a search finds.
    case conditionalChange(type: String)
    /// `POST [base]`: a batch, a transaction, or what is neither.
    case bundle
    case operation(FHIROperation)

    /// `nil` for an interaction without a rule. Throws where the address names no resource at all.
    package init?(_ method: Request.Method?, _ target: FHIRTarget) throws(FHIRRefusal) {
        if target.segments.contains(where: { $0.hasPrefix("$") }) {
            guard method == .get || method == .post, let operation = try FHIROperation(target) else { return nil }
            self = .operation(operation)
            return
        }
        let found: FHIRInteraction? =
            switch method {
            case .delete where target.segments.isEmpty: try Self.signed(target)
            case .get, .head: try Self.reading(target)
            case .post: try Self.posting(target)
            case .put: try Self.change(target) { .update(type: $0, id: $1) }
            case .patch: try Self.change(target) { .patch(type: $0, id: $1) }
            case .delete: try Self.change(target) { .delete(type: $0, id: $1) }
            case .options, nil: nil
            }
        guard let found else { return nil }
        self = found
    }
}

/// The address of a search in a compartment (FHIR R4 compartmentdefinition).
package struct CompartmentPath: Sendable, Equatable {
    package let owner: String
    package let id: String
    /// `nil` for `*`.
    package let type: String?

    package init(owner: String, id: String, type: String?) {
        self.owner = owner
        self.id = id
        self.type = type
    }
}

/// An operation and what it is asked of (FHIR R4 operations#executing).
package struct FHIROperation: Sendable, Equatable {
    /// Without the `$`.
    package let name: String
    /// `nil` for the whole system.
    package let type: String?
    /// `nil` for the type, or the system.
    package let id: String?

    /// As an administrator writes it: `$name`, or `Type/$name` for the type and its instances.
    package var spelling: String { type.map { "\($0)/$\(name)" } ?? "$\(name)" }

    /// Whether a text is such a spelling.
    package static func isSpelling(_ text: String) -> Bool {
        guard let target = try? FHIRTarget(relative: text), let operation = try? FHIROperation(target) else {
            return false
        }
        return operation.id == nil && operation.spelling == text
    }

    init?(_ target: FHIRTarget) throws(FHIRRefusal) {
        let parts = target.segments
        guard let last = parts.last, last.hasPrefix("$"), last.utf8.count > 1, parts.count <= 3,
            !parts.dropLast().contains(where: { $0.hasPrefix("$") })
        else { return nil }
        name = String(last.dropFirst())
        type = parts.count > 1 ? try FHIRInteraction.type(parts[0]) : nil
        id = parts.count > 2 ? try FHIRInteraction.id(parts[1]) : nil
    }
}

extension FHIRInteraction {
    private static func reading(_ target: FHIRTarget) throws(FHIRRefusal) -> FHIRInteraction? {
        let parts = target.segments
        switch parts.count {
        case 0:
            return try signed(target) ?? .systemSearch
        case 1 where parts[0] == "metadata": return .capabilities
        case 1 where parts[0] == "_history": return .systemHistory
        case 1: return .search(type: try type(parts[0]))
        case 2 where parts[1] == "_history": return .typeHistory(type: try type(parts[0]))
        case 2: return .read(type: try type(parts[0]), id: try id(parts[1]))
        case 3 where parts[2] == "_history":
            return .instanceHistory(type: try type(parts[0]), id: try id(parts[1]))
        case 3: return .compartmentSearch(try compartment(parts))
        case 4 where parts[2] == "_history":
            return .versionRead(type: try type(parts[0]), id: try id(parts[1]), version: try id(parts[3]))
        default: return nil
        }
    }

    /// One of our own links.
    private static func signed(_ target: FHIRTarget) throws(FHIRRefusal) -> FHIRInteraction? {
        guard target.query.pairs.contains(where: { $0.name == "_page" || $0.name == "_export" }) else { return nil }
        guard target.query.pairs.count == 1, let pair = target.query.pairs.first, !pair.value.isEmpty else {
            throw .malformed("Such a link is used as it was given, without further parameters.")
        }
        return pair.name == "_page" ? .page(pair.value) : .export(pair.value)
    }

    private static func posting(_ target: FHIRTarget) throws(FHIRRefusal) -> FHIRInteraction? {
        let parts = target.segments
        switch parts.count {
        case 0: return .bundle
        case 1 where parts[0] == "_search": return .systemSearch
        case 1: return .create(type: try type(parts[0]))
        case 2 where parts[1] == "_search": return .search(type: try type(parts[0]))
        case 4 where parts[3] == "_search": return .compartmentSearch(try compartment(parts))
        default: return nil
        }
    }

    private static func change(
        _ target: FHIRTarget, _ interaction: (String, String) -> FHIRInteraction
    ) throws(FHIRRefusal) -> FHIRInteraction? {
        let parts = target.segments
        switch parts.count {
        case 1: return .conditionalChange(type: try type(parts[0]))
        case 2: return interaction(try type(parts[0]), try id(parts[1]))
        default: return nil
        }
    }

    private static func compartment(_ parts: [String]) throws(FHIRRefusal) -> CompartmentPath {
        CompartmentPath(
            owner: try type(parts[0]), id: try id(parts[1]), type: parts[2] == "*" ? nil : try type(parts[2]))
    }

    /// FHIR R4 http#create: a type the server does not have is 404, whoever asks.
    fileprivate static func type(_ name: String) throws(FHIRRefusal) -> String {
        guard ResourceType.isKnown(name) else {
            throw FHIRRefusal(404, .notSupported, "This is no address of a FHIR R4 resource type.")
        }
        return name
    }

    fileprivate static func id(_ text: String) throws(FHIRRefusal) -> String {
        guard ResourceID.isValid(text) else { throw .malformed("The id is not written as FHIR ids are.") }
        return text
    }
}
