import HTTP
import JOSE
import OAuth
import Testing

extension TestHouse {
    private static let ehrSecret = "the secret of the EHR"

    /// A hospital's EHR, which prepares launches for the users it has signed in.
    func addEHR() throws {
        try addClient(
            "ehr", by: .secret([ClientSecret(digest: SecretDigest(of: Self.ehrSecret))]), for: [], roles: [.ehr],
            scopes: "")
    }

    static var ehr: (name: String, value: String) { basic("ehr", PercentEncoding.encode(ehrSecret)) }

    /// The EHR prepares a launch of an app for somebody.
    func prepare(_ app: String, for user: String, _ context: [String: String?] = [:]) throws -> TestAnswer {
        try ask(.launch, context.merging(["user": user, "client": app]) { $1 }, [Self.ehr])
    }

    /// The handle of a launch for Amara, and the app's authorization request with it.
    func vouchedRequest(_ app: String, _ changes: [String: String?] = [:]) throws -> (handle: String, url: String) {
        let handle = try #require(try prepare(app, for: "amara", ["patient": "p1", "encounter": "e1"])["launch"])
        var parameters: [String: String?] = ["launch": handle, "scope": "launch openid fhirUser patient/*.rs"]
        parameters.merge(changes) { $1 }
        return (handle, TestBrowser.request(app, parameters))
    }
}
