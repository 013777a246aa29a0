import CCurl

/// GETs from hosts that somebody else runs and that may be slow, broken or hostile, and POSTs to them.
///
/// https alone, to public addresses alone, within limits of time, bytes and redirects; each redirect is judged like the
/// first URL, each address when it is connected to. It takes nothing compressed and keeps no connection and no cookie.
package struct Fetcher: Sendable {
    private let policy: FetchPolicy

    package init(_ policy: FetchPolicy = FetchPolicy()) {
        self.policy = policy
    }

    /// Blocks until there is an answer or a reason for none, no longer than the policy's total time.
    package func get(
        _ text: String, fields: [(name: String, value: String)] = []
    ) throws(FetchError) -> InboundAnswer {
        let deadline = ContinuousClock.now + .milliseconds(policy.totalMilliseconds)
        guard let url = FetchURL(text), OutboundRequest.areSound(fields) else { throw FetchError(.malformedURL) }
        var fields = fields
        var redirects: [InboundAnswer] = []
        for hop in 0...policy.redirects {
            let answer: InboundAnswer
            do throws(FetchError.Reason) {
                try policy.requireAllowed(url)
                answer = try self.answer(from: url, fields, until: deadline)
            } catch {
                throw FetchError(error, isRedirected: hop > 0)
            }
            guard let location = answer.redirection else {
                guard !answer.isCompressed else { throw FetchError(.compressed, isRedirected: hop > 0) }
                return InboundAnswer(
                    status: answer.status, fields: answer.fields, body: answer.body, redirects: redirects)
            }
            redirects.append(InboundAnswer(status: answer.status, fields: answer.fields))
            // RFC 9110 §13.1.2: an ETag means something at the URL that gave it alone.
            fields.removeAll { $0.name.lowercased() == "if-none-match" }
            guard url.follow(location) else { throw FetchError(.malformedURL, isRedirected: true) }
        }
        throw FetchError(.redirectedTooOften)
    }

    /// The same for what is sent. A redirect is an answer like others: nobody said that it may be told elsewhere too.
    package func post(
        _ text: String, fields: [(name: String, value: String)] = [], body: [UInt8]
    ) throws(FetchError) -> InboundAnswer {
        let deadline = ContinuousClock.now + .milliseconds(policy.totalMilliseconds)
        guard let url = FetchURL(text), OutboundRequest.areSound(fields) else { throw FetchError(.malformedURL) }
        do throws(FetchError.Reason) {
            try policy.requireAllowed(url)
            return try answer(from: url, fields, sending: body, until: deadline)
        } catch {
            throw FetchError(error)
        }
    }
}

extension Fetcher {
    private func answer(
        from url: FetchURL, _ fields: [(name: String, value: String)], sending body: [UInt8]? = nil,
        until deadline: ContinuousClock.Instant
    ) throws(FetchError.Reason) -> InboundAnswer {
        let left = Int((deadline - .now) / .milliseconds(1))
        guard left > 0 else { throw .timedOut }
        // No waiting for 100 Continue.
        let more = body == nil ? [] : ["Expect:"]
        guard let curl = CurlHandle(), let lines = CurlLines(more + fields.map { "\($0.name): \($0.value)" }) else {
            throw .unavailable
        }
        let transfer = Transfer(bodyLimit: policy.bodyBytes)
        let gate = SocketGate(policy, for: url)
        prepare(curl, url, lines, milliseconds: left)
        if let body { curl.send(body) }
        transfer.attach(to: curl)
        // With a proxy the address is the proxy's, which the administrator chose.
        if policy.proxy == nil { gate.attach(to: curl) }
        guard curl.isPrepared else { throw .unavailable }
        let outcome = withExtendedLifetime((transfer, gate, url)) { curl.perform() }
        try check(outcome, curl, transfer, gate)
        guard let status = curl.status else { throw .malformedAnswer }
        return InboundAnswer(status: status, fields: transfer.fields, body: transfer.body)
    }

    private func prepare(
        _ curl: CurlHandle, _ url: FetchURL, _ lines: borrowing CurlLines, milliseconds: Int
    ) {
        curl.note(vestibule_curl_set_url(curl.pointer, url.handle))
        curl.note(vestibule_curl_set_web_only(curl.pointer))
        curl.note(vestibule_curl_set_lines(curl.pointer, lines.list))
        // Some hosts turn away whoever does not say what it is.
        curl.set(CURLOPT_USERAGENT, "vestibule")
        // Redirects are followed by hand, so that each is judged first.
        curl.set(CURLOPT_FOLLOWLOCATION, 0)
        curl.set(CURLOPT_PROXY, policy.proxy ?? "")
        // Without this the environment could name hosts that go around the proxy, and so around both judges.
        curl.set(CURLOPT_NOPROXY, "")
        curl.set(CURLOPT_NOSIGNAL, 1)
        curl.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        curl.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        curl.set(CURLOPT_CONNECTTIMEOUT_MS, min(policy.connectMilliseconds, milliseconds))
        curl.set(CURLOPT_TIMEOUT_MS, milliseconds)
        curl.note(vestibule_curl_set_quick_exit(curl.pointer))
        if let authorities = policy.certificateAuthorities {
            curl.set(CURLOPT_CAINFO, authorities)
            // The system's folder would be trusted beside the file.
            curl.set(CURLOPT_CAPATH, nil)
        }
    }

    private func check(
        _ outcome: CURLcode, _ curl: CurlHandle, _ transfer: Transfer, _ gate: SocketGate
    ) throws(FetchError.Reason) {
        guard !transfer.isTooLarge else { throw .tooLarge }
        switch outcome {
        case CURLE_OK: return
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        case CURLE_COULDNT_RESOLVE_HOST: throw .unresolvable
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: throw .proxyFailed
        case CURLE_COULDNT_CONNECT:
            if gate.hasRefused { throw .refusedAddress }
            throw policy.proxy == nil ? .unreachable : .proxyFailed
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: throw .untrusted
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER: throw .handshakeFailed
        case CURLE_SSL_CACERT_BADFILE, CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: throw .unavailable
        case _ where curl.isRefusedByProxy: throw .proxyFailed
        default: throw .malformedAnswer
        }
    }
}

extension CurlHandle {
    /// Makes the request a POST of these bytes, of which libcurl makes a copy.
    fileprivate func send(_ body: [UInt8]) {
        set(CURLOPT_POSTFIELDSIZE, body.count)
        // An empty array has no address to give.
        (body.isEmpty ? [0] : body).withUnsafeBytes { bytes in
            note(
                vestibule_curl_set_pointer(
                    pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
        }
    }

    /// Whether the proxy answered our CONNECT with something else than a tunnel.
    fileprivate var isRefusedByProxy: Bool {
        var status = 0
        return vestibule_curl_proxy_status(pointer, &status) == CURLE_OK && status >= 300
    }
}

extension InboundAnswer {
    /// Where the answer points on, if it is a redirect that has a place to go.
    fileprivate var redirection: String? {
        [301, 302, 303, 307, 308].contains(status) ? value(of: "Location") : nil
    }

    fileprivate var isCompressed: Bool {
        values(of: "Content-Encoding").contains { !["", "identity"].contains($0.lowercased()) }
    }
}
