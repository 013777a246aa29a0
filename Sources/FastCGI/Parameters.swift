import Glibc
import HTTP

/// The parameters of one request that a program reads, from FastCGI's PARAMS stream or from CGI's environment.
struct Parameters {
    private var values = [String?](repeating: nil, count: Known.all.count)
    private var refusal: Refusal?

    /// Takes `NAME=value` strings up to the `nil` that ends them.
    init(_ strings: UnsafePointer<UnsafeMutablePointer<CChar>?>, limits: Limits, countsAll: Bool) {
        var index = 0
        while let string = strings[index] {
            index += 1
            take(string)
        }
        // libfcgi adds FCGI_ROLE of its own.
        if countsAll, index - 1 > limits.parameterCount {
            refusal = Refusal(431, "Too many parameters.")
        }
    }

    /// `nil` for one that is empty too: a web server passes a field that was not sent as an empty parameter.
    subscript(_ parameter: Parameter) -> String? {
        guard let index = Known.all.firstIndex(where: { $0.parameter == parameter }), let value = values[index],
            !value.isEmpty
        else { return nil }
        return value
    }
}

/// A request that no endpoint gets to see, and how it is answered.
struct Refusal: Error {
    let status: Int
    let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    var response: Response { .plain(status, reason) }
}

extension Parameters {
    /// The request without its body.
    func request(id: String) throws(Refusal) -> Request {
        if let refusal { throw refusal }
        let target = try target()
        var fields: [(name: String, value: String)] = []
        for (index, known) in Known.all.enumerated() {
            if let name = known.field, let value = values[index], !value.isEmpty { fields.append((name, value)) }
        }
        return Request(
            method: self[.method].flatMap(Request.Method.init(rawValue:)), path: target.path, query: target.query,
            fields: Fields(fields), remoteAddress: self[.remoteAddress] ?? "", id: id)
    }

    /// How many bytes of body the web server promises (RFC 3875 §4.1.2).
    func promisedLength() throws(Refusal) -> Int {
        guard let text = self[.contentLength] else { return 0 }
        guard text.utf8.count <= 15, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let length = Int(text)
        else { throw Refusal(400, "The length of the body is not a number.") }
        return length
    }

    /// The web server's request id, so that its log and ours tell of one request; a fresh one where it sends none.
    var requestID: String {
        let sent = self[.requestID] ?? ""
        let digits = sent.utf8.count
        if 16...64 ~= digits, sent.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) {
            return sent.lowercased()
        }
        var generator = SystemRandomNumberGenerator()
        return Self.hexadecimal(generator.next()) + Self.hexadecimal(generator.next())
    }
}

extension Parameters {
    private struct Known {
        let parameter: Parameter
        let name: [UInt8]
        let field: String?

        static let all = Parameter.allCases.map {
            Known(parameter: $0, name: Array($0.rawValue.utf8), field: $0.field)
        }
    }

    private mutating func take(_ string: UnsafeMutablePointer<CChar>) {
        guard let equals = strchr(string, Int32(UInt8(ascii: "="))) else { return }
        let length = equals - string
        for (index, known) in Known.all.enumerated()
        where known.name.count == length && memcmp(known.name, string, length) == 0 {
            // Two of one name: the web server and we might each believe another one.
            guard values[index] == nil else {
                refusal = Refusal(400, "A parameter came twice.")
                return
            }
            values[index] = String(cString: equals + 1)
            return
        }
    }

    /// The path and the query as the client sent them.
    private func target() throws(Refusal) -> (path: String, query: String) {
        guard let uri = self[.uri] else {
            // A web server without REQUEST_URI has decoded the path (RFC 3875 §4.1.5): encode it again.
            let path = Self.encoded((self[.scriptName] ?? "") + (self[.pathInfo] ?? ""))
            return (try Self.valid(path), try Self.valid(self[.query] ?? "", isQuery: true))
        }
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (
            try Self.valid(String(parts[0])), parts.count == 2 ? try Self.valid(String(parts[1]), isQuery: true) : ""
        )
    }

    /// RFC 9112 §3.2.1: the origin form, and no other; no fragment, no control, no space, no broken UTF-8.
    private static func valid(_ text: String, isQuery: Bool = false) throws(Refusal) -> String {
        guard isQuery || text.utf8.first == UInt8(ascii: "/") else {
            throw Refusal(400, "The address does not begin with a slash.")
        }
        for scalar in text.unicodeScalars {
            guard scalar.value > 0x20, scalar.value != 0x7F, scalar != "#", scalar != "\u{FFFD}" else {
                throw Refusal(400, "The address has a character that no address has.")
            }
        }
        return text
    }

    private static func encoded(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let scalar = UnicodeScalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "/", "-", ".", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",",
                ";", "=", ":", "@":
                text.unicodeScalars.append(scalar)
            default:
                text += byte < 16 ? "%0" : "%"
                text += String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
