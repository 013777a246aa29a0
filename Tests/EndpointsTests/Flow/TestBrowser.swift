import Endpoints
import HTTP
import Testing

/// A browser without a screen: it keeps cookies, follows our own redirects and fills in our own forms.
final class TestBrowser {
    private let house: TestHouse
    private let keepsCookies: Bool
    private let remoteAddress: String
    private let userAgent: String?
    /// What it says of the place that it fills (Fetch Metadata §2.1).
    var fetchDestination: String?
    private(set) var cookies: [String: String] = [:]
    private(set) var address = ""
    private(set) var response = Response(status: 0)

    /// - Parameter keepsCookies: not in a frame of another site's page, where browsers keep none for us.
    init(
        _ house: TestHouse, keepsCookies: Bool = true, at remoteAddress: String = "192.0.2.7", userAgent: String? = nil
    ) {
        self.house = house
        self.keepsCookies = keepsCookies
        self.remoteAddress = remoteAddress
        self.userAgent = userAgent
    }

    var page: String { String(decoding: response.body, as: UTF8.self) }
    var location: String? { response.value(of: "location") }

    /// What proves that a form of the page is ours.
    var formValue: String? { page.firstMatch(of: /name="csrf" value="([^"]*)"/).map { String($0.1) } }

    /// The parameters of the address that the browser was sent to last, when it is an app's.
    var answer: Form {
        get throws {
            let location = try #require(location)
            let url = try #require(AbsoluteURL(location))
            return try Form(url.query ?? "")
        }
    }

    func get(_ url: String) throws { try send(.get, url, body: nil) }

    /// Fills in a form of the page that is shown, or of one that was: its hidden fields, what is ticked already, and these.
    func submit(
        _ path: String, _ fields: [String: String], unticking: [String] = [], on earlier: String? = nil,
        origin: String? = TestHouse.authBase
    ) throws {
        let form = Self.form(path, with: Array(fields.keys), on: earlier ?? page)
        var pairs: [(name: String, value: String)] = fields.map { ($0.key, $0.value) }
        for hidden in form.matches(of: /<input type="hidden" name="([^"]+)" value="([^"]*)"/)
        where !pairs.contains(where: { $0.name == hidden.1 }) {
            pairs.append((String(hidden.1), String(hidden.2)))
        }
        for tick in form.matches(of: /<input type="checkbox"[^>]* name="([^"]+)" value="([^"]*)"[^>]* checked/) {
            let value = String(tick.2).replacing("&amp;", with: "&")
            if !unticking.contains(value) { pairs.append((String(tick.1), value)) }
        }
        try send(.post, "\(TestHouse.authBase)\(path)", body: Form(pairs).encoded, origin: origin)
    }

    /// The form that goes to this path and has these fields, or the first that goes there; the whole page if there is none.
    private static func form(_ path: String, with names: [String], on page: String) -> String {
        let forms = page.matches(of: /<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/.dotMatchesNewlines())
            .filter { $0.1 == path }.map { String($0.2) }
        let best = forms.first { form in names.allSatisfy { form.contains("name=\"\($0)\"") } }
        return best ?? forms.first ?? page
    }

    /// Picks a patient on the picker, and says that it is the one.
    func choose(_ patient: String, on earlier: String? = nil) throws {
        try submit("/portal/patient", ["patient": patient], on: earlier)
        try submit("/portal/patient", ["confirm": "yes"])
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
            if let fetchDestination { fields.set("sec-fetch-dest", to: fetchDestination) }
            if let userAgent { fields.set("user-agent", to: userAgent) }
            if let origin, body != nil { fields.set("origin", to: origin) }
            let request = Request(
                method: method, path: parts.path, query: parts.query ?? "", fields: fields,
                body: Array((body ?? "").utf8), remoteAddress: remoteAddress)
            response =
                try parts.path == "/oauth2/authorize"
                ? house.authorize().respond(to: request) : house.portal().respond(to: request)
            for cookie in response.values(of: "set-cookie") where keepsCookies {
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
        try code(of: TestBrowser(self), changes)
    }

    /// The same in a browser that the test goes on with.
    func code(
        of browser: TestBrowser, for client: String = "app", _ changes: [String: String?] = [:]
    ) throws -> String {
        try browser.get(TestBrowser.request(client, changes))
        if browser.address.contains("/portal/sign-in") { try browser.signIn("maja") }
        try browser.submit("/portal/consent", ["decision": "allow"])
        return try #require(try browser.answer["code"])
    }
}
