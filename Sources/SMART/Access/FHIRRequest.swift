import HTTP

/// A request under the FHIR base, read once into what is decided on.
package struct FHIRRequest: Sendable {
    package let target: FHIRTarget
    package let interaction: FHIRInteraction?
    package let ifMatch: String?
    package let ifNoneExist: String?
    private let accept: String?

    package init(_ request: Request, under base: FHIRBase) throws(FHIRRefusal) {
        // Threat E3: the method that is decided on is the one that goes out.
        guard
            ["x-http-method-override", "x-http-method", "x-method-override"].allSatisfy({ request.fields[$0] == nil })
        else { throw .malformed("A method is not overridden here.") }
        if let coding = request.fields["content-encoding"], coding.lowercased() != "identity" {
            throw FHIRRefusal(415, .notSupported, "A body is taken without content coding.")
        }
        target = try FHIRTarget(path: request.path, query: request.query, under: base)
        interaction = try FHIRInteraction(request.method, target)
        ifMatch = request.fields["if-match"]
        ifNoneExist = request.fields["if-none-exist"]
        accept = request.fields["accept"]
    }

    /// FHIR R4 http#parameters: `_format` outranks the `Accept` field.
    package var takesJSON: Bool {
        let formats = target.query.values("_format")
        guard formats.isEmpty else { return formats.allSatisfy { Self.json.contains($0.lowercased()) } }
        guard let accept else { return true }
        return accept.split(separator: ",").contains { range in
            let parts = range.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let isExcluded = parts.dropFirst().contains {
                $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { ".0".contains($0) }
            }
            return parts.first.map { Self.json.contains($0) || Self.wildcards.contains($0) } == true && !isExcluded
        }
    }

    private static let json: Set<String> = [
        "json", "application/json", "application/fhir+json", "application/json+fhir", "text/json",
        // A `+` that was not encoded.
        "application/fhir json", "application/json fhir",
    ]
    private static let wildcards: Set<String> = ["*/*", "application/*"]
}
