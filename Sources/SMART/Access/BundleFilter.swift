import HTTP
import JSON

/// A search's Bundle without what the token may not see; every byte that stays is as it came.
package struct BundleFilter {
    private let visibility: Visibility
    /// The link to write in place of the server's own to another page, or `nil` to leave it out.
    private let page: (FHIRTarget) -> String?
    private let links: FHIRLinkReader

    package init(_ visibility: Visibility, links: FHIRLinkReader, page: @escaping (FHIRTarget) -> String?) {
        self.visibility = visibility
        self.links = links
        self.page = page
    }

    /// `narrowing` is the search that was sent; `nil` for a later page, whose total proves nothing.
    package func filtered(_ bytes: [UInt8], _ narrowing: SearchNarrowing?) throws(FHIRRefusal) -> [UInt8] {
        guard let document = try? JSONDocument(bytes), document.root["resourceType"]?.equals("Bundle") == true,
            document.root["type"]?.equals("searchset") == true
        else { throw .unusableAnswer }
        let bundle = document.root
        var cut = JSONCut(document)

        let entries = try Self.array("entry", of: bundle)
        let shown = shownEntries(entries)
        for (index, entry) in entries.enumerated() where !shown.contains(index) { cut.remove(entry) }
        for index in shown { publish(entries[index]["fullUrl"], &cut) }
        // FHIR R4 json#2.6.2.1: an array is never empty.
        if let list = bundle["entry"], shown.isEmpty { cut.remove(list) }

        let matches = entries.indices.filter { Self.isMatch(entries[$0]) }
        let counts = narrowing.map { $0.isComplete && isHeld($0, by: bundle) } == true
        if narrowing?.countsOnly == true, !counts { throw .unusableAnswer }
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
    private func shownEntries(_ entries: [JSONValue]) -> Set<Int> {
        var shown: Set<Int> = []
        var companions: Set<String> = []
        var later: [Int] = []
        for (index, entry) in entries.enumerated() {
            guard let resource = entry["resource"], let type = resource["resourceType"]?.string else { continue }
            if type == "Provenance" {
                later.append(index)
            } else if type == "OperationOutcome", Self.mode(of: entry) == "outcome" {
                // FHIR R4 bundle-definitions#Bundle.entry.search.mode: about the search, not about anybody.
                if resource["contained"] == nil { shown.insert(index) }
            } else if visibility.shows(resource, by: Self.letters(for: entry)) {
                shown.insert(index)
                if let id = resource["id"]?.string { companions.insert("\(type)/\(id)") }
            }
        }
        for index in later {
            guard let resource = entries[index]["resource"] else { continue }
            if visibility.shows(resource, by: Self.letters(for: entries[index]), beside: companions) {
                shown.insert(index)
            }
        }
        return shown
    }

    private static func mode(of entry: JSONValue) -> String? { entry["search"]?["mode"]?.string }

    private static func isMatch(_ entry: JSONValue) -> Bool {
        let mode = mode(of: entry)
        return mode != "include" && mode != "outcome"
    }

    /// Who may read a resource may also meet it as an include.
    private static func letters(for entry: JSONValue) -> Permissions {
        mode(of: entry) == "include" ? [.read, .search] : .search
    }

    private static func array(_ name: String, of bundle: JSONValue) throws(FHIRRefusal) -> [JSONValue] {
        guard let value = bundle[name] else { return [] }
        guard value.kind == .array else { throw .unusableAnswer }
        return Array(value.elements)
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
