import HTTPClient
import JSON

/// Why there is nothing of use from the FHIR server, for our log alone. What it said is no part of it.
struct FHIRServerError: Error {
    let reason: String
}

extension FHIRRelay {
    /// What a read or a search is answered with; `nil` for what is not there, or not any more.
    func resource(_ target: String) throws(FHIRServerError) -> JSONValue? {
        let answer: InboundAnswer
        do throws(HTTPClientError) {
            answer = try get(target, fields: [("Accept", "application/fhir+json")])
        } catch {
            throw FHIRServerError(reason: "the FHIR server cannot be reached: \(error)")
        }
        if answer.status == 404 || answer.status == 410 { return nil }
        guard answer.status == 200 else {
            throw FHIRServerError(reason: "the FHIR server answered \(answer.status)")
        }
        guard let root = try? JSONDocument(answer.body).root else {
            throw FHIRServerError(reason: "the FHIR server's answer is not JSON")
        }
        return root
    }
}
