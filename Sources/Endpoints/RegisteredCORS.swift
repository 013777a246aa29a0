import HTTP
import Store

/// What browsers are told at endpoints that only registered apps' pages may read.
struct RegisteredCORS {
    /// `nil` where the request's origin is nobody's.
    private let cors: CORS?

    fileprivate init(_ cors: CORS?) {
        self.cors = cors
    }

    func allowing(_ response: Response) -> Response {
        (cors?.allowing(response) ?? response).adding("Vary", "Origin")
    }

    /// The answer to a preflight: without an allowed origin it says no more than the methods.
    func answer(to request: Request) -> Response {
        (cors?.preflight ?? Response(status: 204)).adding("Vary", "Origin")
    }
}

/// The origin of every redirect URI of an enabled app is registered (SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support).
func registeredCORS(
    for request: Request, clients: any ClientStore, methods: String, headers: String = CORS.usualHeaders
) -> RegisteredCORS {
    guard let origin = request.fields["origin"], origin != "null",
        // A store that cannot answer allows nothing.
        (try? clients.isRegisteredOrigin(origin)) == true
    else { return RegisteredCORS(nil) }
    return RegisteredCORS(CORS(.registered(origin), methods: methods, headers: headers))
}
