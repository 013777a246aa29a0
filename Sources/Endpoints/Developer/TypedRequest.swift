import HTTP
import SMART

extension FHIRRequest {
    /// Reads a request as developers write it, below the FHIR base: `GET /Observation?code=x`.
    ///
    /// - Returns: `nil` for what is written otherwise.
    static func typed(_ text: String, under base: FHIRBase) throws(FHIRRefusal) -> FHIRRequest? {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let method = Request.Method(rawValue: words[0].uppercased()), words[1].hasPrefix("/")
        else { return nil }
        let halves = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = halves[0] == "/" ? base.path : base.path + halves[0]
        let request = Request(
            method: method, path: path, query: halves.count == 2 ? halves[1] : "",
            fields: Fields([("Content-Type", "application/fhir+json")]))
        return try FHIRRequest(request, under: base, hasBody: false)
    }
}
