import CCurl

/// What has come of one answer so far; libcurl's callbacks write into it.
final class Transfer {
    private static let fieldLimit = 64 * 1024

    private let bodyLimit: Int
    private var fieldBytes = 0
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    /// Whether the bytes are within the limit and kept; libcurl ends the transfer otherwise.
    func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= bodyLimit else {
            isTooLarge = true
            return false
        }
        // An array that grows by itself takes up to thrice its size.
        if body.isEmpty, let promised = promisedLength, promised <= bodyLimit { body.reserveCapacity(promised) }
        body.append(contentsOf: bytes)
        return true
    }

    /// One line of the header section, or the status line that begins one: an interim answer's fields do not stay.
    func take(line bytes: UnsafeRawBufferPointer) -> Bool {
        fieldBytes += bytes.count
        guard fieldBytes <= Self.fieldLimit else {
            isTooLarge = true
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            fields = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[colon...].dropFirst().drop { $0 == " " || $0 == "\t" }
            fields.append((String(line[..<colon]), String(value.prefix { !$0.isNewline })))
        }
        return true
    }
}

extension Transfer {
    private var promisedLength: Int? {
        fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) }.flatMap {
            $0 >= 0 ? $0 : nil
        }
    }

    /// Has libcurl hand over what comes. The transfer must outlive the call it is attached for.
    func attach(to curl: CurlHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl.note(vestibule_curl_set_pointer(curl.pointer, CURLOPT_WRITEDATA, context))
        curl.note(vestibule_curl_set_pointer(curl.pointer, CURLOPT_HEADERDATA, context))
        curl.note(
            vestibule_curl_set_sink(curl.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                Transfer.receive(bytes, size * count, context) { $0.take(body: $1) }
            })
        curl.note(
            vestibule_curl_set_sink(curl.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                Transfer.receive(bytes, size * count, context) { $0.take(line: $1) }
            })
    }

    private static func receive(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (Transfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
}
