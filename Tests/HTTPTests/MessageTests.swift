import HTTP
import Testing

@Suite("RFC 9110 messages")
struct MessageTests {
    // RFC 9110 §11.2, §11.6.2
    // RFC 7617 §2; RFC 6750 §2.1
    @Test(
        "credentials are read without regard to the scheme's case",
        arguments: [
            ("Bearer abc", Credentials.bearer("abc")), ("bearer abc", .bearer("abc")), ("BEARER  abc", .bearer("abc")),
            ("Basic YTpi", .basic("YTpi")), ("basic YTpi==", .basic("YTpi==")), ("Bearer", .other), ("Bearer ", .other),
            ("Bearer a b", .other), ("Bearer\tabc", .other), ("Negotiate abc", .other), ("Bearer =", .other),
            ("Bearer a=b", .other), ("Bearer caf\u{e9}", .other),
        ])
    func credentials(_ field: String, _ expected: Credentials) {
        #expect(Credentials(field) == expected)
    }

    @Test("a value never ends its line")
    func splitting() {
        var response = Response(status: 200)
        response.add("Location", "https://a.example/\r\nSet-Cookie: x=1")
        #expect(response.value(of: "location") == "https://a.example/")
        #expect(response.values(of: "Set-Cookie").isEmpty)
    }

    // RFC 9110 §11.6.1
    @Test("a quoted parameter cannot leave its quotes")
    func challenge() {
        let challenge = Challenge("Bearer", [("realm", "a\"b\\c\r\nd"), ("error", "invalid_token")])
        #expect(challenge.field == #"Bearer realm="a\"b\\cd", error="invalid_token""#)
    }

    // RFC 6265bis §4.1.3.2
    @Test("our cookies are for this host alone, out of reach of scripts")
    func cookieField() {
        #expect(
            Cookie(name: "s", value: "v").field == "__Host-s=v; Path=/; Secure; HttpOnly; SameSite=Lax")
        #expect(Cookie.deleted("s").field.hasSuffix("Max-Age=0"))
    }

    @Test(
        "a cookie is found by its whole name; one that is there twice is nobody's",
        arguments: [
            ("__Host-s=v", "v" as String?), ("a=b; __Host-s=v; c=d", "v"), ("s=v", nil), ("x__Host-s=v", nil),
            ("__Host-s=v; __Host-s=w", nil), ("__Host-s=", nil), ("__Host-s", nil), ("__host-s=v", nil),
        ])
    func cookie(_ field: String, _ value: String?) {
        let request = Request(method: .get, path: "/", fields: Fields([("Cookie", field)]))
        #expect(request.cookie("s") == value)
    }

    @Test(
        "the media type is read without its parameters",
        arguments: [
            ("application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded"),
            (" Text/HTML ", "text/html"), ("", ""),
        ])
    func contentType(_ field: String, _ type: String) {
        #expect(Request(method: .post, path: "/", fields: Fields([("content-type", field)])).contentType == type)
    }

    @Test("an answer for a registered origin names it and allows credentials; a public one is for anybody")
    func cors() {
        let registered = CORS(.registered("https://app.example"), methods: "POST").allowing(Response(status: 400))
        #expect(registered.value(of: "Access-Control-Allow-Origin") == "https://app.example")
        #expect(registered.value(of: "Access-Control-Allow-Credentials") == "true")
        let anybody = CORS(.any, methods: "GET").preflight
        #expect(anybody.status == 204)
        #expect(anybody.value(of: "Access-Control-Allow-Origin") == "*")
        #expect(anybody.value(of: "Access-Control-Allow-Credentials") == nil)
    }
}

@Suite("HTML")
struct HTMLTests {
    @Test("every interpolated text is escaped, literals are not")
    func escaping() {
        let name = "<script>alert('x')</script>&\""
        let page: HTML = "<h1>\(name)</h1>"
        #expect(
            page.description == "<h1>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</h1>")
    }

    @Test("markup in markup stays markup, and control characters never come through")
    func nesting() {
        let inner: HTML = "<b>\("a\u{0}b")</b>"
        let list: HTML = "<p>\([inner, inner])\(HTML?.none)\("<i></i>", if: false)</p>"
        #expect(list.description == "<p><b>a\u{FFFD}b</b><b>a\u{FFFD}b</b></p>")
    }
}
