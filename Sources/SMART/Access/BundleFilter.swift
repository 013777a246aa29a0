import HTTP
import JSON

/// A Bundle without what the token may not see; every byte that stays is as it came.
package struct BundleFilter {
    /// What the Bundle is of, and so what decides about an entry.
    package enum Content {
        /// `nil` for a later page, whose total proves nothing.
        case search(SearchNarrowing?)
        /// The versions of one resource.
        case history(type: String, id: String)
        /// What an operation collected: who may read or find a resource may meet it here.
        case collection
    }

    private let visibility: Visibility
    /// The link to write in place of the server's own to another page, or `nil` to leave it out.
    private let page: (FHIRTarget) -> String?
    private let links: FHIRLinkReader

    package init(_ visibility: Visibility, links: FHIRLinkReader, page: @escaping (FHIRTarget) -> String?) {
        self.visibility = visibility
        self.links = links
        self.page = page
    }

    package func filtered(_ bytes: [UInt8], _ content: Content) throws(FHIRRefusal) -> [UInt8] {
        guard let document = try? JSONDocument(bytes) else { throw .unusableAnswer }
        return try filtered(document, content)
    }

    package func filtered(_ document: JSONDocument, _ content: Content) throws(FHIRRefusal) -> [UInt8] {
        let bundle = document.root
        guard bundle["resourceType"]?.equals("Bundle") == true, bundle["type"]?.equals(content.bundleType) == true
        else {
            throw .unusableAnswer
        }
        var cut = JSONCut(document)

        let entries = try Self.array("entry", of: bundle)
        let shown = shownEntries(entries, content)
        // A history without a version that may be seen is none.
        if case .history = content, shown.isEmpty { throw .notFound }
        for (index, entry) in entries.enumerated() where !shown.contains(index) { cut.remove(entry) }
        for index in shown {
            publish(entries[index]["fullUrl"], &cut)
            publish(entries[index]["request"]?["url"], &cut)
            publish(entries[index]["response"]?["location"], &cut)
        }
        // FHIR R4 json#2.6.2.1: an array is never empty.
        if let list = bundle["entry"], shown.isEmpty { cut.remove(list) }

        let matches = entries.indices.filter { Self.isMatch(entries[$0]) }
        var counts = false
        if case .search(let narrowing?) = content {
            counts = narrowing.isComplete && isHeld(narrowing, by: bundle)
            if narrowing.countsOnly, !counts { throw .unusableAnswer }
        }
        if let total = bundle["total"] {
            let isOurs = counts || total.integer == matches.count
            if !matches.allSatisfy(shown.contains) || !isOurs { cut.remove(total) }
        }

        try rewriteLinks(of: bundle, &cut)
        for member in bundle.members where !Self.members.contains(member.name) { cut.remove(member.value) }
        return cut.bytes
    }

    private static let members: Set<String> = [
        "resourceType", "id", "meta", "implicitRules", "language", "identifier", "type", "timestamp", "total", "link",
        "entry",
    ]
}

extension BundleFilter {
    /// The indices of what may stay. Provenance comes last: it is shown beside the resources it is about.
    private func shownEntries(_ entries: [JSONValue], _ content: Content) -> Set<Int> {
        var shown: Set<Int> = []
        var companions: Set<String> = []
        var later: [Int] = []
        for (index, entry) in entries.enumerated() {
            guard let resource = entry["resource"], let type = resource["resourceType"]?.string, content.isOf(resource)
            else { continue }
            if type == "Provenance" {
                later.append(index)
            } else if type == "OperationOutcome", Self.mode(of: entry) == "outcome" {
                // FHIR R4 bundle-definitions#Bundle.entry.search.mode: about the search, not about anybody.
                if resource["contained"] == nil { shown.insert(index) }
            } else if visibility.shows(resource, by: content.letters(for: entry)) {
                shown.insert(index)
                if let id = resource["id"]?.string { companions.insert("\(type)/\(id)") }
            }
        }
        for index in later {
            guard let resource = entries[index]["resource"] else { continue }
            if visibility.shows(resource, by: content.letters(for: entries[index]), beside: companions) {
                shown.insert(index)
            }
        }
        // Deletions stand between versions without a resource: they say something of a resource only that was seen.
        if case .history(let type, let id) = content, !shown.isEmpty {
            shown.formUnion(entries.indices.filter { isDeletion(entries[$0], of: type, id) })
        }
        return shown
    }

    private func isDeletion(_ entry: JSONValue, of type: String, _ id: String) -> Bool {
        guard entry["resource"] == nil, let request = entry["request"], request["method"]?.equals("DELETE") == true,
            let url = request["url"]?.string
        else { return false }
        let path = links.target(of: url)?.path ?? "/\(url)"
        return path == "/\(type)/\(id)"
    }

    fileprivate static func mode(of entry: JSONValue) -> String? { entry["search"]?["mode"]?.string }

    private static func isMatch(_ entry: JSONValue) -> Bool {
        let mode = mode(of: entry)
        return mode != "include" && mode != "outcome"
    }

    private static func array(_ name: String, of bundle: JSONValue) throws(FHIRRefusal) -> [JSONValue] {
        guard let value = bundle[name] else { return [] }
        guard value.kind == .array else { throw .unusableAnswer }
        return Array(value.elements)
    }
}

extension BundleFilter.Content {
    fileprivate var bundleType: String {
        switch self {
        case .search, .collection: "searchset"
        case .history: "history"
        }
    }

    /// Whether a resource has any business here at all.
    fileprivate func isOf(_ resource: JSONValue) -> Bool {
        guard case .history(let type, let id) = self else { return true }
        return resource["resourceType"]?.equals(type) == true && resource["id"]?.equals(id) == true
    }

    /// What a token needs to see an entry.
    fileprivate func letters(for entry: JSONValue) -> Permissions {
        switch self {
        // Who may read a resource may also meet it as an include.
        case .search: BundleFilter.mode(of: entry) == "include" ? [.read, .search] : .search
        case .history: .read
        case .collection: [.read, .search]
        }
    }
}

// Links
extension BundleFilter {
    private static let pages: Set<String> = ["next", "previous", "prev", "first", "last"]

    private func isHeld(_ narrowing: SearchNarrowing, by bundle: JSONValue) -> Bool {
        let own = bundle["link"]?.elements.first { $0["relation"]?.equals("self") == true }?["url"]?.string
        return narrowing.additions.isEmpty
            || own.flatMap { links.target(of: $0) }.map { narrowing.isHeld(in: $0.query) } == true
    }

    private func rewriteLinks(of bundle: JSONValue, _ cut: inout JSONCut) throws(FHIRRefusal) {
        var isEmpty = true
        for link in try Self.array("link", of: bundle) {
            guard let relation = link["relation"]?.string, let url = link["url"], let text = url.string,
                let target = links.target(of: text), let written = written(relation, text, target)
            else {
                cut.remove(link)
                continue
            }
            isEmpty = false
            guard written != text else { continue }
            Self.replace(url, with: written, &cut)
        }
        if let list = bundle["link"], isEmpty { cut.remove(list) }
    }

    private func written(_ relation: String, _ text: String, _ target: FHIRTarget) -> String? {
        guard Self.pages.contains(relation) else { return links.isPublic(text) ? text : links.url(of: target) }
        return page(target)
    }

    /// An address under the FHIR server's own base becomes the public one.
    private func publish(_ url: JSONValue?, _ cut: inout JSONCut) {
        guard let url, let text = url.string, !links.isPublic(text), let target = links.target(of: text) else { return }
        Self.replace(url, with: links.url(of: target), &cut)
    }

    private static func replace(_ value: JSONValue, with text: String, _ cut: inout JSONCut) {
        var writer = JSONWriter()
        writer.element(text)
        cut.replace(value, with: writer.bytes)
    }
}
