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

    /// From how many bytes on the entries are kept one at a time.
    private static let largeBundle = 256 * 1024

    /// What may be given out, and what comes after it.
    package struct Filtered: Sendable {
        package let bytes: [UInt8]
        package let isEmpty: Bool
        /// The types of what is shown.
        package let types: Set<String>
        /// The next page, as the FHIR server links to it.
        package let next: FHIRTarget?
    }

    package func filtered(_ bytes: [UInt8], _ content: Content) throws(FHIRRefusal) -> Filtered {
        // Level 3 is an entry.
        let foldDepth = bytes.count > Self.largeBundle ? 3 : .max
        guard let document = try? JSONDocument(bytes, foldDepth: foldDepth) else { throw .unusableAnswer }
        let bundle = document.root
        guard bundle["resourceType"]?.equals("Bundle") == true, bundle["type"]?.equals(content.bundleType) == true
        else {
            throw .unusableAnswer
        }
        var cut = JSONCut(document)

        let entries = try Self.array("entry", of: bundle)
        let links = try Self.array("link", of: bundle)
        // Whether the server, by its own account, looked among nothing but what may be seen.
        var isOurs = false
        if case .search(let narrowing?) = content {
            isOurs = narrowing.isComplete && isHeld(narrowing, by: links)
            if narrowing.countsOnly, !isOurs { throw .unusableAnswer }
        }

        let verdicts = judge(entries, content, isOurs: isOurs)
        // A history without a version that may be seen is none.
        let hasShown = verdicts.contains { $0.isShown }
        if case .history = content, !hasShown { throw .notFound }
        for (entry, verdict) in zip(entries, verdicts) {
            if verdict.isShown { trim(entry, content, &cut) } else { cut.remove(entry) }
        }
        // FHIR R4 json#2.6.2.1: an array is never empty.
        if let list = bundle["entry"], !hasShown { cut.remove(list) }

        // A total that stays only where nothing was cut would tell that something was.
        if let total = bundle["total"], !isOurs || verdicts.contains(where: { $0.isMatch && !$0.isShown }) {
            cut.remove(total)
        }

        // Where pages are cut, which is the last would tell of what.
        rewrite(links, of: bundle, hidesLast: !isOurs, &cut)
        for member in bundle.members where !Self.members.contains(member.name) { cut.remove(member.value) }
        let types = Set(zip(entries, verdicts).compactMap { $1.isShown ? $1.type : nil })
        return Filtered(
            bytes: cut.bytes, isEmpty: !hasShown, types: types, next: self.links.target(of: "next", among: links))
    }

    private static let members: Set<String> = [
        "resourceType", "id", "meta", "implicitRules", "language", "identifier", "type", "timestamp", "total", "link",
        "entry",
    ]
}

extension BundleFilter {
    private struct Verdict {
        var isShown = false
        /// What was searched for, and not what came along.
        var isMatch = false
        var type: String?
    }

    /// What may stay. Provenance comes last: it is shown beside the resources it is about.
    private func judge(_ entries: [JSONValue], _ content: Content, isOurs: Bool) -> [Verdict] {
        var verdicts = [Verdict](repeating: Verdict(), count: entries.count)
        var companions: Set<String> = []
        var later: [Int] = []
        for (index, folded) in entries.enumerated() {
            let entry = folded.unfolded
            verdicts[index].isMatch = Self.isMatch(entry)
            guard let resource = entry["resource"], let type = resource["resourceType"]?.string, content.isOf(resource)
            else { continue }
            verdicts[index].type = type
            if type == "Provenance" {
                later.append(index)
            } else if type == "OperationOutcome", Self.mode(of: entry) == "outcome" {
                // FHIR R4 bundle-definitions#Bundle.entry.search.mode: about the search, and so about what it found.
                verdicts[index].isShown = isOurs && resource["contained"] == nil
            } else if visibility.shows(resource, by: content.letters(for: entry)) {
                verdicts[index].isShown = true
                if let id = resource["id"]?.string { companions.insert("\(type)/\(id)") }
            }
        }
        for index in later {
            let entry = entries[index].unfolded
            guard let resource = entry["resource"] else { continue }
            verdicts[index].isShown = visibility.shows(resource, by: content.letters(for: entry), beside: companions)
        }
        if case .search = content, verdicts.contains(where: { $0.isMatch && !$0.isShown }) {
            hideUnconnected(entries, &verdicts)
        }
        // Deletions stand between versions without a resource: they say something of a resource only that was seen.
        if case .history(let type, let id) = content, verdicts.contains(where: { $0.isShown }) {
            for index in entries.indices where isDeletion(entries[index].unfolded, of: type, id) {
                verdicts[index].isShown = true
            }
        }
        return verdicts
    }

    /// What came along tells of the match that it came along with: where a match is hidden, only what is connected to a shown
    /// one stays.
    private func hideUnconnected(_ entries: [JSONValue], _ verdicts: inout [Verdict]) {
        var shown = visibility.connections
        var waiting: [(index: Int, resource: JSONValue)] = []
        for (index, folded) in entries.enumerated() where verdicts[index].isShown {
            guard let resource = folded.unfolded["resource"] else { continue }
            if verdicts[index].isMatch { shown.add(resource) } else { waiting.append((index, resource)) }
        }
        // An include can come along with an include.
        while case let connected = waiting.filter({ shown.reach($0.resource) }), !connected.isEmpty {
            for each in connected { shown.add(each.resource) }
            waiting.removeAll { each in connected.contains { $0.index == each.index } }
        }
        for each in waiting { verdicts[each.index].isShown = false }
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

    private func isHeld(_ narrowing: SearchNarrowing, by links: [JSONValue]) -> Bool {
        narrowing.additions.isEmpty
            || self.links.target(of: "self", among: links).map { narrowing.isHeld(in: $0.query) } == true
    }

    private func rewrite(_ list: [JSONValue], of bundle: JSONValue, hidesLast: Bool, _ cut: inout JSONCut) {
        var isEmpty = true
        for folded in list {
            let link = folded.unfolded
            guard let relation = link["relation"]?.string, relation != "last" || !hidesLast, let url = link["url"],
                let text = url.string,
                let target = links.target(of: text), let written = written(relation, text, target)
            else {
                cut.remove(folded)
                continue
            }
            isEmpty = false
            guard written != text else { continue }
            Self.edit(folded, link, &cut) { $0.replace(url, with: written) }
        }
        if let links = bundle["link"], isEmpty { cut.remove(links) }
    }

    private func written(_ relation: String, _ text: String, _ target: FHIRTarget) -> String? {
        guard Self.pages.contains(relation) else { return links.isPublic(text) ? text : links.url(of: target) }
        return page(target)
    }

    /// What stays of an entry beside its resource: nothing in it was looked at but this.
    private static let entryMembers: [String: Set<String>] = ["search": ["mode", "score"]]
    private static let historyMembers = entryMembers.merging([
        "request": ["method", "url"], "response": ["status", "etag", "lastModified", "location"],
    ]) { one, _ in one }

    /// Takes from an entry what nobody has looked at, and makes addresses under the FHIR server's own base public ones.
    private func trim(_ folded: JSONValue, _ content: Content, _ cut: inout JSONCut) {
        let entry = folded.unfolded
        var known = Self.entryMembers
        if case .history = content { known = Self.historyMembers }
        var removals: [JSONValue] = []
        var rewritten: [(JSONValue, String)] = []
        for member in entry.members {
            switch member.name {
            case "resource": break
            case "fullUrl": keep(member.value, &removals, &rewritten)
            case let name:
                guard let names = known[name], member.value.kind == .object else {
                    removals.append(member.value)
                    continue
                }
                for inner in member.value.members {
                    if !names.contains(inner.name) || inner.value.kind == .object || inner.value.kind == .array {
                        removals.append(inner.value)
                    } else if inner.name == "url" || inner.name == "location" {
                        keep(inner.value, &removals, &rewritten)
                    }
                }
            }
        }
        guard !removals.isEmpty || !rewritten.isEmpty else { return }
        Self.edit(folded, entry, &cut) { cut in
            for value in removals { cut.remove(value) }
            for (url, text) in rewritten { cut.replace(url, with: text) }
        }
    }

    /// An address stays where it is one of this FHIR server, or names the resource by a URN.
    private func keep(_ url: JSONValue, _ removals: inout [JSONValue], _ rewritten: inout [(JSONValue, String)]) {
        guard let text = url.string else { return removals.append(url) }
        guard !links.isPublic(text), !text.hasPrefix("urn:") else { return }
        if let target = links.target(of: text) {
            rewritten.append((url, links.url(of: target)))
        } else if (try? FHIRTarget(relative: text)).map({ ResourceType.isKnown($0.segments.first ?? "") }) != true {
            removals.append(url)
        }
    }

    /// Changes a value in place, or in the document of its own where it was folded.
    private static func edit(
        _ folded: JSONValue, _ value: JSONValue, _ cut: inout JSONCut, _ change: (inout JSONCut) -> Void
    ) {
        guard !value.isPart(of: folded) else { return change(&cut) }
        var own = JSONCut(of: value)
        change(&own)
        cut.replace(folded, with: own.bytes)
    }
}
