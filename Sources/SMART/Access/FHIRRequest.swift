import HTTP
import JSON

/// A request under the FHIR base, read once into what is decided on.
package struct FHIRRequest: Sendable {
    package let method: Request.Method?
    package let target: FHIRTarget
    package let interaction: FHIRInteraction?
    package let ifMatch: String?
    package let ifNoneExist: String?
    package let prefer: String?
    /// The media type of the body, without parameters and in lower case.
    package let contentType: String?
    /// The field as it was sent.
    private let sentContentType: String?
    let bodyLength: Int
    /// `nil` until it has been read.
    package let body: [UInt8]?
    private let accept: String?

    /// - Parameter hasBody: whether the body has been read already; a row that needs it asks for it otherwise.
    package init(_ request: Request, under base: FHIRBase, hasBody: Bool = true) throws(FHIRRefusal) {
        // Threat E3: the method that is decided on is the one that goes out.
        guard
            ["x-http-method-override", "x-http-method", "x-method-override"].allSatisfy({ request.fields[$0] == nil })
        else { throw .malformed("A method is not overridden here.") }
        if let coding = request.fields["content-encoding"], coding.lowercased() != "identity" {
            throw FHIRRefusal(415, .notSupported, "A body is taken without content coding.")
        }
        method = request.method
        target = try FHIRTarget(path: request.path, query: request.query, under: base)
        interaction = try FHIRInteraction(request.method, target)
        ifMatch = request.fields["if-match"]
        ifNoneExist = request.fields["if-none-exist"]
        prefer = request.fields["prefer"]
        contentType = request.contentType
        sentContentType = request.fields["content-type"]
        bodyLength = request.bodyLength
        body = hasBody ? request.body : nil
        // Some servers take parameters from any body.
        let takesBody = request.method == .post || request.method == .put || request.method == .patch
        guard takesBody || request.bodyLength == 0 else { throw .malformed("This request has no body.") }
        accept = request.fields["accept"]
    }

    /// What an entry of a batch or a transaction asks (FHIR R4 http#transaction).
    init(
        entry method: Request.Method, _ target: FHIRTarget, ifMatch: String?, ifNoneExist: String?, body: [UInt8]
    ) throws(FHIRRefusal) {
        self.method = method
        self.target = target
        interaction = try FHIRInteraction(method, target)
        self.ifMatch = ifMatch
        self.ifNoneExist = ifNoneExist
        prefer = nil
        contentType = "application/fhir+json"
        sentContentType = nil
        bodyLength = body.count
        self.body = body
        accept = nil
    }

    /// FHIR R4 http#parameters: `_format` outranks the `Accept` field.
    package var takesJSON: Bool {
        let formats = target.query.values("_format")
        guard formats.isEmpty else { return formats.allSatisfy { Self.json.contains($0.lowercased()) } }
        guard let accept else { return true }
        return accept.split(separator: ",").contains { range in
            let parts = range.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let isExcluded = parts.dropFirst().contains {
                $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { ".0".contains($0) }
            }
            return parts.first.map { Self.json.contains($0) || Self.wildcards.contains($0) } == true && !isExcluded
        }
    }

    private static let json: Set<String> = [
        "json", "application/json", "application/fhir+json", "application/json+fhir", "text/json",
        // A `+` that was not encoded.
        "application/fhir json", "application/json fhir",
    ]
    private static let wildcards: Set<String> = ["*/*", "application/*"]
}

// The body, as a row needs it.
extension FHIRRequest {
    /// Whether a row that looks at the body has to wait for it.
    var lacksBody: Bool { body == nil && (method == .post || method == .put || method == .patch) }

    /// The parameters of the address and, for a POST, those of the form as well (FHIR R4 http#search).
    func searchParameters() throws(FHIRRefusal) -> Form {
        guard method == .post, let body, !body.isEmpty else { return target.query }
        guard contentType == "application/x-www-form-urlencoded" else {
            throw FHIRRefusal(415, .notSupported, "A search by POST is an application/x-www-form-urlencoded form.")
        }
        guard let form = try? Form(body: body) else { throw .malformed("The form is not well formed.") }
        try FHIRTarget.check(form)
        return Form(target.query.pairs + form.pairs)
    }

    /// The body as JSON. What is checked is what the FHIR server will read, so it is read strictly.
    func document() throws(FHIRRefusal) -> JSONDocument {
        try document(of: ["application/fhir+json", "application/json", "application/json+fhir"]) {
            FHIRRefusal(415, .notSupported, "This token sends JSON: application/fhir+json.")
        }
    }

    /// Whether the body is a resource in one of FHIR's formats, and not raw content.
    var isResource: Bool {
        contentType.map { $0.hasSuffix("json") || $0.hasSuffix("xml") || $0.hasSuffix("turtle") } ?? true
    }

    /// RFC 8259 §8.1: what is decided on is UTF-8, and the FHIR server is told so.
    private var isUTF8: Bool {
        let parameters = (sentContentType ?? "").lowercased().split(separator: ";").dropFirst()
        return parameters.allSatisfy { parameter in
            let text = parameter.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
            return !text.hasPrefix("charset") || text == "charset=utf-8"
        }
    }

    /// The kind of the body as it goes out: plain where the body was decided on, otherwise as it was sent.
    var outgoingContentType: String? {
        body?.isEmpty == false && contentType?.hasSuffix("json") == true ? contentType : sentContentType
    }

    /// The preferences that go out (FHIR R4 http#ops): an answer that comes later is for those alone who see everything.
    package func preferences(allowsAsync: Bool) -> String? {
        var known: Set<String> = ["return=minimal", "return=representation", "handling=strict", "handling=lenient"]
        if allowsAsync { known.insert("respond-async") }
        let wanted = (prefer ?? "").split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        let kept = wanted.compactMap { each in
            each.lowercased() == "return=operationoutcome"
                ? "return=OperationOutcome" : known.contains(each.lowercased()) ? each.lowercased() : nil
        }
        return kept.isEmpty ? nil : kept.joined(separator: ", ")
    }

    /// FHIR R4 http#patch
    func patchDocument() throws(FHIRRefusal) -> JSONDocument {
        try document(of: ["application/json-patch+json"]) {
            FHIRRefusal(415, .notSupported, "This token patches by JSON Patch: application/json-patch+json.")
        }
    }

    private func document(of types: Set<String>, else refusal: () -> FHIRRefusal) throws(FHIRRefusal) -> JSONDocument {
        guard let contentType, types.contains(contentType), isUTF8 else { throw refusal() }
        guard let document = try? JSONDocument(body ?? []) else {
            throw .malformed("The body is not well-formed JSON.")
        }
        return document
    }
}
