import HTTP
import JSON

/// The ways in which the FHIR server writes links to itself.
package struct FHIRLinkReader: Sendable {
    private let base: FHIRBase
    private let upstreamBase: String?

    package init(base: FHIRBase, upstreamBase: String? = nil) {
        self.base = base
        self.upstreamBase = upstreamBase
    }

    /// What a link asks for, relative to the base; `nil` for a link that leads elsewhere.
    package func target(of url: String) -> FHIRTarget? {
        for prefix in [base.description, upstreamBase].compactMap({ $0 }) where url.hasPrefix(prefix) {
            let halves = url.dropFirst(prefix.count).split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard let path = halves.first, path.isEmpty || path.hasPrefix("/") else { continue }
            let query = halves.count == 2 ? String(halves[1]) : ""
            return try? FHIRTarget(path: base.path + path, query: query, under: base)
        }
        return nil
    }

    /// What the first of a Bundle's links with a relation asks for.
    package func target(of relation: String, among links: [JSONValue]) -> FHIRTarget? {
        links.lazy.map(\.unfolded).first { $0["relation"]?.equals(relation) == true }?["url"]?.string
            .flatMap { target(of: $0) }
    }

    package func isPublic(_ url: String) -> Bool {
        url.hasPrefix("\(base.description)/") || url.hasPrefix("\(base.description)?") || url == base.description
    }

    package func url(of target: FHIRTarget) -> String { base.description + target.text }
}
