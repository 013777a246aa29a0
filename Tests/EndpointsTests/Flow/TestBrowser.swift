import Endpoints
import HTTP
import Testing

/// A browser without a screen: it keeps cookies, follows our own redirects and fills in our own forms.
final class TestBrowser {
    private let house: TestHouse
    private(set) var cookies: [String: String] = [:]
    private(set) var address = ""
    private(set) var response = Response(status: 0)

    init(_ house: TestHouse) {
        self.house = house
    }

    var page: String { String(decoding: response.body, as: UTF8.self) }
    var location: String? { response.value(of: "location") }

    /// The parameters of the address that the browser was sent to last, when it is an app's.
    var answer: Form {
        get throws {
            let location = try #require(location)
            let url = try #require(AbsoluteURL(location))
            return try Form(url.query ?? "")
        }
    }

    func get(_ url: String) throws { try send(.get, url, body: nil) }

    /// Fills in the form of the page that is shown: its hidden fields, and these.
    func submit(_ path: String, _ fields: [String: String], origin: String? = TestHouse.authBase) throws {
        let hidden = page.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)"/)
        var pairs: [(name: String, value: String)] = fields.map { ($0.key, $0.value) }
        for match in hidden where !pairs.contains(where: { $0.name == match.1 }) {
            pairs.append((String(match.1), String(match.2)))
        }
        try send(.post, "\(TestHouse.authBase)\(path)", body: Form(pairs).encoded, origin: origin)
    }

    func signIn(_ name: String, password: String = TestHouse.password) throws {
        try submit("/portal/sign-in", ["username": name, "password": password])
    }

    private func send(_ method: Request.Method, _ url: String, body: String?, origin: String? = nil) throws {
        var target = url
        var method = method
        var body = body
        for _ in 0..<10 {
            guard target.hasPrefix("\(TestHouse.authBase)/"), let parts = AbsoluteURL(target) else { return }
            address = target
            var fields = Fields([("cookie", cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))])
            if body != nil { fields.set("content-type", to: "application/x-www-form-urlencoded") }
            if let origin, body != nil { fields.set("origin", to: origin) }
            let request = Request(
                method: method, path: parts.path, query: parts.query ?? "", fields: fields,
                body: Array((body ?? "").utf8))
            response =
                try parts.path == "/oauth2/authorize"
                ? house.authorize().respond(to: request) : house.portal().respond(to: request)
            for cookie in response.values(of: "set-cookie") {
                let halves = cookie.prefix { $0 != ";" }.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                cookies[String(halves[0])] = halves[1].isEmpty ? nil : String(halves[1])
            }
            guard response.status == 303, let next = location else { return }
            target = next
            method = .get
            body = nil
        }
        Issue.record("the redirects never end")
    }

    /// The address of an authorization request, with some parameters changed or (by `nil`) left out.
    static func request(_ client: String = "app", _ changes: [String: String?] = [:]) -> String {
        var parameters: [String: String?] = [
            "response_type": "code", "client_id": client, "redirect_uri": "https://\(client).example/cb",
            "state": "s t", "scope": "openid fhirUser launch/patient offline_access patient/*.rs",
            "aud": "https://h.example/fhir", "code_challenge": TestHouse.challenge, "code_challenge_method": "S256",
            "nonce": "n-1",
        ]
        for (name, value) in changes { parameters[name] = value }
        let pairs = parameters.compactMap { name, value in value.map { (name: name, value: $0) } }
        return "\(TestHouse.authBase)/oauth2/authorize?\(Form(pairs).encoded)"
    }
}

extension TestHouse {
    /// The code of a whole standalone launch by the patient user.
    func code(_ changes: [String: String?] = [:]) throws -> String {
        let browser = TestBrowser(self)
        try browser.get(TestBrowser.request("app", changes))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        return try #require(try browser.answer["code"])
    }
}
