import Glibc
import HTTP
import Testing

@testable import FastCGI

@Suite("RFC 3875 §4.1 Request Meta-Variables")
struct ParametersTests {
    private func parameters(_ pairs: [(String, String)], countsAll: Bool = false) -> Parameters {
        var strings = pairs.map { strdup("\($0.0)=\($0.1)") } + [nil]
        defer { strings.forEach { free($0) } }
        return Parameters(&strings, limits: Limits(), countsAll: countsAll)
    }

    @Test("path and query are cut at the first question mark and left as they are")
    func target() throws {
        let request = try parameters([("REQUEST_URI", "/a%2Fb//c/../d?x=1?y"), ("REQUEST_METHOD", "PUT")]).request(
            id: "")
        #expect(request.path == "/a%2Fb//c/../d")
        #expect(request.query == "x=1?y")
        #expect(request.method == .put)
    }

    // RFC 3875 §4.1.5
    @Test("where there is no REQUEST_URI, the decoded path is encoded again")
    func scriptName() throws {
        let request = try parameters([
            ("SCRIPT_NAME", "/cgi-bin/token"), ("PATH_INFO", "/a b%?#ü"), ("QUERY_STRING", "q=%20"),
        ]).request(id: "")
        #expect(request.path == "/cgi-bin/token/a%20b%25%3F%23%C3%BC")
        #expect(request.query == "q=%20")
        #expect(request.method == nil)
    }

    @Test("header fields come under their own names, empty ones not at all")
    func fields() throws {
        let request = try parameters([
            ("REQUEST_URI", "/"), ("CONTENT_TYPE", "application/json"), ("HTTP_IF_NONE_MATCH", "\"1\""),
            ("HTTP_COOKIE", ""), ("HTTP_X_HTTP_METHOD_OVERRIDE", "DELETE"), ("HTTP_HOST", "evil"),
        ]).request(id: "")
        #expect(request.contentType == "application/json")
        #expect(request.fields["if-none-match"] == "\"1\"")
        #expect(request.fields["x-http-method-override"] == "DELETE")
        #expect(request.fields["cookie"] == nil)
        #expect(request.fields["host"] == nil)
    }

    @Test(
        "a request id is 16 to 64 hexadecimal digits; anything else is replaced",
        arguments: [
            ("0123456789ABCDEF", true), (String(repeating: "a", count: 64), true), ("0123456789abcde", false),
            (String(repeating: "a", count: 65), false), ("0123456789abcdeg", false), ("", false),
            ("0123456789abcde\u{FF11}", false), ("0123456789\" abcdef", false),
        ])
    func requestID(sent: String, isTaken: Bool) {
        let parameters = parameters([("REQUEST_ID", sent)])
        let id = parameters.requestID
        #expect((id == sent.lowercased()) == isTaken)
        if !isTaken { #expect(id.utf8.count == 32 && parameters.requestID != id) }
    }

    @Test("text that is not UTF-8 is no address")
    func brokenText() throws {
        let bytes: [CChar] = Array("REQUEST_URI=/".utf8CString.dropLast()) + [-1, 0]
        let string = strdup(bytes)
        defer { free(string) }
        var strings = [string, nil]
        let parameters = Parameters(&strings, limits: Limits(), countsAll: false)
        #expect(throws: Refusal.self) { try parameters.request(id: "") }
    }
}

@Suite("RFC 3875 §6 The CGI Response")
struct ResponseHeadTests {
    // RFC 3875 §6.2.1, §6.3; RFC 9110 §8.6, §15
    @Test("a status line, the fields, a length where there may be one")
    func head() {
        func text(_ response: Response) -> String { String(decoding: response.head, as: UTF8.self) }
        #expect(
            text(.json(Array("{}".utf8)))
                == "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n")
        #expect(text(Response(status: 204)) == "Status: 204 No Content\r\n\r\n")
        #expect(text(Response(status: 304)) == "Status: 304 Not Modified\r\n\r\n")
        #expect(
            text(Response(status: 299, fields: [("content-length", "7")]))
                == "Status: 299 OK\r\ncontent-length: 7\r\n\r\n")
    }
}
