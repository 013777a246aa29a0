import CCurl

/// One of libcurl's handles. What cannot be set is remembered, so that it is asked for once, before the transfer.
final class CurlHandle {
    /// libcurl wants this once in a process, before its first handle.
    private static let isReady = vestibule_curl_global_init() == CURLE_OK

    let pointer: UnsafeMutableRawPointer

    /// Whether every option so far was taken.
    private(set) var isPrepared = true

    init?() {
        guard Self.isReady, let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
    }

    deinit {
        curl_easy_cleanup(pointer)
    }

    /// Options go, connections stay.
    func reset() {
        curl_easy_reset(pointer)
        isPrepared = true
    }

    /// `nil` takes an option back, also one that libcurl was built with.
    func set(_ option: CURLoption, _ value: String?) {
        note(vestibule_curl_set_text(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: Int) {
        note(vestibule_curl_set_long(pointer, option, value))
    }

    func note(_ code: CURLcode) {
        if code != CURLE_OK { isPrepared = false }
    }

    func perform() -> CURLcode {
        curl_easy_perform(pointer)
    }

    /// The status of the answer that came; `nil` when it is none.
    var status: Int? {
        var status = 0
        guard vestibule_curl_status(pointer, &status) == CURLE_OK, (200...599).contains(status) else { return nil }
        return status
    }
}

/// Header lines of a request, in the form that libcurl takes them.
struct CurlLines: ~Copyable {
    private(set) var list: UnsafeMutablePointer<curl_slist>?

    init?(_ lines: [String]) {
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return nil
            }
            list = longer
        }
    }

    deinit {
        curl_slist_free_all(list)
    }
}
