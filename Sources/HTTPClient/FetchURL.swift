import CCurl

/// A URL as libcurl itself takes it apart: what is checked here and what is connected to cannot differ.
final class FetchURL {
    let handle: OpaquePointer
    private(set) var scheme = ""
    /// In lower case; an IPv6 address with its brackets.
    private(set) var host = ""

    /// `nil` unless it is absolute and without user information.
    init?(_ text: String) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        guard set(text) else { return nil }
    }

    deinit {
        curl_url_cleanup(handle)
    }

    /// Moves on to where a redirect points, which may be relative (RFC 9110 §10.2.2).
    func follow(_ location: String) -> Bool {
        set(location)
    }

    var isHTTPS: Bool { scheme == "https" }
    var isHTTP: Bool { scheme == "http" }

    /// The address, where the host is written as one.
    var address: IPAddress? {
        IPAddress(host.hasPrefix("[") ? String(host.dropFirst().prefix { $0 != "]" && $0 != "%" }) : host)
    }

    private func set(_ text: String) -> Bool {
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), !host.isEmpty
        else { return false }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        return true
    }

    private func part(_ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
