import HTTP

/// Path and query of a request under the FHIR base, in the one form that is both decided on and forwarded.
package struct FHIRTarget: Sendable {
    /// Decoded once, each of letters, digits and `-._$*` alone.
    package let segments: [String]
    package let query: Form

    package init(_ segments: [String], query: Form = Form()) {
        self.segments = segments
        self.query = query
    }

    /// Refuses whatever two readers could read in two ways (threat E3).
    package init(path: String, query: String, under base: FHIRBase) throws(FHIRRefusal) {
        guard path == base.path || path.hasPrefix("\(base.path)/") else {
            throw .malformed("The address is not written as \(base.path)/….")
        }
        try self.init(below: path.dropFirst(base.path.count + 1), query: query)
    }

    /// The address in an entry of a batch or a transaction: relative to the base, and to nothing else.
    init(relative url: String) throws(FHIRRefusal) {
        let halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard url.utf8.count <= 8192, let path = halves.first, !path.hasPrefix("/"), !url.contains("#") else {
            throw .malformed("The url of an entry is relative to the FHIR base.")
        }
        try self.init(below: path, query: halves.count == 2 ? String(halves[1]) : "")
    }

    private init(below: Substring, query: String) throws(FHIRRefusal) {
        var segments: [String] = []
        if !below.isEmpty {
            for raw in below.split(separator: "/", maxSplits: 5, omittingEmptySubsequences: false) {
                guard let segment = PercentEncoding.decode(raw), Self.isSound(segment) else {
                    throw .malformed("A part of the path is empty or has characters that no FHIR address has.")
                }
                segments.append(segment)
            }
        }
        guard segments.count <= 4 else { throw .malformed("The path has more parts than any FHIR address.") }
        do throws(Form.Refusal) {
            self.query = try Form(query)
        } catch {
            throw .malformed("The query is not well formed.")
        }
        self.segments = segments
        try Self.check(self.query)
    }

    /// What no parameters of a request may hold, in its address or in its body.
    static func check(_ parameters: Form) throws(FHIRRefusal) {
        guard parameters.pairs.allSatisfy({ isPrintable($0.name) && isPrintable($0.value) }) else {
            throw .malformed("A parameter holds control characters.")
        }
        // RFC 9700 §4.3.2: a token in an address ends up in logs.
        guard !parameters.pairs.contains(where: { $0.name == "access_token" }) else {
            throw .malformed("A token is taken from the Authorization field alone.")
        }
    }

    package var path: String { "/\(segments.joined(separator: "/"))" }

    /// The canonical form, fully encoded, relative to the FHIR base.
    package var text: String { query.pairs.isEmpty ? path : "\(path)?\(query.encoded)" }

    package func with(query: Form) -> FHIRTarget { FHIRTarget(segments, query: query) }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func isSound(_ segment: String) -> Bool {
        !segment.isEmpty && segment != "." && segment != ".."
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "$"), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
    }
}
