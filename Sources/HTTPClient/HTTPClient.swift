import CCurl

/// Bounded requests to one origin, one at a time, over connections that are kept: each worker has its own.
///
/// It follows no redirect, obeys no proxy of the environment and asks for no compression.
package final class HTTPClient {
    package enum Route: Sendable {
        /// A web server that listens on a unix socket at this path.
        case unixSocket(String)
        /// `https://host[:port]`, or http where the network is trusted.
        case origin(String)
    }

    package struct Limits: Sendable {
        package var bodyBytes: Int
        package var connectMilliseconds: Int
        package var totalMilliseconds: Int

        package init(
            bodyBytes: Int = 16 * 1024 * 1024, connectMilliseconds: Int = 2_000, totalMilliseconds: Int = 30_000
        ) {
            self.bodyBytes = bodyBytes
            self.connectMilliseconds = connectMilliseconds
            self.totalMilliseconds = totalMilliseconds
        }
    }

    /// Whom an origin of https has to be known to, and the way there; of no meaning on a unix socket.
    package struct Trust: Sendable {
        /// A PEM file of the only certification authorities to trust; otherwise the system's.
        let certificateAuthorities: String?
        let proxy: String?

        package init(certificateAuthorities: String? = nil, proxy: String? = nil) {
            self.certificateAuthorities = certificateAuthorities
            self.proxy = proxy
        }
    }

    private let route: Route
    private let limits: Limits
    private let trust: Trust
    private let curl: CurlHandle

    package init(_ route: Route, limits: Limits = Limits(), trust: Trust = Trust()) throws(HTTPClientError) {
        guard let curl = CurlHandle() else { throw .unavailable }
        self.route = route
        self.limits = limits
        self.trust = trust
        self.curl = curl
    }

    package func get(
        _ target: String, fields: [(name: String, value: String)] = []
    ) throws(HTTPClientError) -> InboundAnswer {
        try send(OutboundRequest("GET", target, fields: fields))
    }

    package func send(_ request: OutboundRequest) throws(HTTPClientError) -> InboundAnswer {
        guard request.isSound else { throw .malformedRequest }
        // No waiting for 100 Continue.
        guard let lines = CurlLines(["Expect:"] + request.fields.map { "\($0.name): \($0.value)" }) else {
            throw .unavailable
        }
        let transfer = Transfer(bodyLimit: limits.bodyBytes)
        curl.reset()
        prepare(request, lines)
        transfer.attach(to: curl)
        guard curl.isPrepared else { throw .unavailable }
        try Self.check(withExtendedLifetime(transfer) { perform(request.body) }, transfer)
        guard let status = curl.status else { throw .malformedAnswer }
        return InboundAnswer(status: status, fields: transfer.fields, body: transfer.body)
    }
}

extension HTTPClient {
    private func prepare(_ request: OutboundRequest, _ lines: borrowing CurlLines) {
        switch route {
        case .unixSocket(let path):
            curl.set(CURLOPT_UNIX_SOCKET_PATH, path)
            curl.set(CURLOPT_URL, "http://localhost\(request.target)")
        case .origin(let origin):
            curl.set(CURLOPT_URL, "\(origin)\(request.target)")
            curl.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
            if let authorities = trust.certificateAuthorities {
                curl.set(CURLOPT_CAINFO, authorities)
                // The system's folder would be trusted beside the file.
                curl.set(CURLOPT_CAPATH, nil)
            }
        }
        curl.note(vestibule_curl_set_web_only(curl.pointer))
        curl.note(vestibule_curl_set_lines(curl.pointer, lines.list))
        // The target goes out as it was decided on: no dot segment is resolved on the way.
        curl.set(CURLOPT_PATH_AS_IS, 1)
        curl.set(CURLOPT_FOLLOWLOCATION, 0)
        curl.set(CURLOPT_PROXY, trust.proxy ?? "")
        // Without this the environment could name hosts that go around the proxy.
        curl.set(CURLOPT_NOPROXY, "")
        curl.set(CURLOPT_NOSIGNAL, 1)
        curl.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        curl.set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds)
        curl.set(CURLOPT_TIMEOUT_MS, limits.totalMilliseconds)
        if request.method == "HEAD" {
            curl.set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            curl.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func perform(_ body: [UInt8]?) -> CURLcode {
        guard let body else { return curl.perform() }
        // libcurl copies nothing, so the bytes stay until the answer is there; an empty array has no address to give.
        return (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
            _ = vestibule_curl_set_long(curl.pointer, CURLOPT_POSTFIELDSIZE, body.count)
            _ = vestibule_curl_set_pointer(
                curl.pointer, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return curl.perform()
        }
    }

    private static func check(_ outcome: CURLcode, _ transfer: Transfer) throws(HTTPClientError) {
        guard !transfer.isTooLarge else { throw .tooLarge }
        switch outcome {
        case CURLE_OK: return
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION:
            throw .unreachable
        default: throw .malformedAnswer
        }
    }
}
