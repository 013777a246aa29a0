import HTTP
import Store

/// What browsers are told under the FHIR base: any page may read `/metadata`, the pages of registered apps the rest
/// (SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support).
struct FHIRCORS {
    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE"
    private static let headers = """
        accept, authorization, cache-control, content-type, dpop, if-match, if-modified-since, if-none-exist, \
        if-none-match, prefer
        """

    private enum Rule {
        case any
        case registered(RegisteredCORS)
    }

    private let rule: Rule

    init(_ request: Request, isPublic: Bool, clients: any ClientStore) {
        rule =
            isPublic
            ? .any
            : .registered(
                registeredCORS(for: request, clients: clients, methods: Self.methods, headers: Self.headers))
    }

    func preflight(_ request: Request) -> Response {
        switch rule {
        case .any: CORS(.any, methods: Self.methods, headers: Self.headers).preflight
        case .registered(let cors): cors.answer(to: request)
        }
    }

    /// Of a hand-off nothing reaches the browser but what the web server writes: it is told what to allow.
    func allowing(_ response: Response) -> Response {
        let allowed =
            switch rule {
            case .any: CORS(.any, methods: Self.methods).allowing(response)
            case .registered(let cors): cors.allowing(response)
            }
        guard response.isHandOff else { return allowed }
        var handOff = response
        if let origin = allowed.value(of: "Access-Control-Allow-Origin") {
            handOff.set("X-FHIR-CORS", to: origin)
        }
        if let credentials = allowed.value(of: "Access-Control-Allow-Credentials") {
            handOff.set("X-FHIR-CORS-Credentials", to: credentials)
        }
        return handOff
    }
}
