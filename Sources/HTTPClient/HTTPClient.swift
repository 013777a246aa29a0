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

    /// libcurl wants this once in a process, before its first handle.
    private static let isReady = vestibule_curl_global_init() == CURLE_OK

    private let route: Route
    private let limits: Limits
    private let curl: UnsafeMutableRawPointer

    package init(_ route: Route, limits: Limits = Limits()) throws(HTTPClientError) {
        guard Self.isReady, let curl = curl_easy_init() else { throw .unavailable }
        self.route = route
        self.limits = limits
        self.curl = curl
    }

    deinit {
        curl_easy_cleanup(curl)
    }

    package func get(
        _ target: String, fields: [(name: String, value: String)] = []
    ) throws(HTTPClientError) -> InboundAnswer {
        try send(OutboundRequest("GET", target, fields: fields))
    }

    package func send(_ request: OutboundRequest) throws(HTTPClientError) -> InboundAnswer {
        guard request.isSound else { throw .malformedRequest }
        let lines = try lines(of: request)
        defer { curl_slist_free_all(lines) }
        let transfer = Transfer(bodyLimit: limits.bodyBytes)
        let outcome = try withExtendedLifetime(transfer) { () throws(HTTPClientError) -> CURLcode in
            // Options go, connections stay.
            curl_easy_reset(curl)
            try prepare(request, lines)
            transfer.attach(to: curl)
            return perform(request.body)
        }
        try Self.check(outcome, transfer)
        var status = 0
        guard vestibule_curl_status(curl, &status) == CURLE_OK, (200...599).contains(status) else {
            throw .malformedAnswer
        }
        return InboundAnswer(status: status, fields: transfer.fields, body: transfer.body)
    }
}

extension HTTPClient {
    private func lines(of request: OutboundRequest) throws(HTTPClientError) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        // No waiting for 100 Continue.
        for line in ["Expect:"] + request.fields.map({ "\($0.name): \($0.value)" }) {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw .unavailable
            }
            list = longer
        }
        return list
    }

    private func prepare(
        _ request: OutboundRequest, _ lines: UnsafeMutablePointer<curl_slist>?
    ) throws(HTTPClientError) {
        switch route {
        case .unixSocket(let path):
            try set(CURLOPT_UNIX_SOCKET_PATH, path)
            try set(CURLOPT_URL, "http://localhost\(request.target)")
        case .origin(let origin):
            try set(CURLOPT_URL, "\(origin)\(request.target)")
        }
        try require(vestibule_curl_set_web_only(curl))
        try require(vestibule_curl_set_lines(curl, lines))
        // The target goes out as it was decided on: no dot segment is resolved on the way.
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds)
        try set(CURLOPT_TIMEOUT_MS, limits.totalMilliseconds)
        if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func perform(_ body: [UInt8]?) -> CURLcode {
        guard let body else { return curl_easy_perform(curl) }
        // libcurl copies nothing, so the bytes stay until the answer is there; an empty array has no address to give.
        return (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
            _ = vestibule_curl_set_long(curl, CURLOPT_POSTFIELDSIZE, body.count)
            _ = vestibule_curl_set_pointer(
                curl, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return curl_easy_perform(curl)
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

    private func set(_ option: CURLoption, _ value: String) throws(HTTPClientError) {
        try require(vestibule_curl_set_text(curl, option, value))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPClientError) {
        try require(vestibule_curl_set_long(curl, option, value))
    }

    private func require(_ code: CURLcode) throws(HTTPClientError) {
        guard code == CURLE_OK else { throw .unavailable }
    }
}
