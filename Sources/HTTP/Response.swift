/// One HTTP answer, and what the log should say of it.
package struct Response: Sendable {
    package var status: Int
    package private(set) var fields: [(name: String, value: String)]
    package var body: [UInt8]
    /// What the log line of this request says besides method, path and status. Never a secret, never a patient.
    package var remarks: [Remark] = []

    package init(status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = []
        self.body = body
        for field in fields { set(field.name, to: field.value) }
    }

    /// Adds a field. A value that could end its line is dropped to its first line, so no value can split the answer.
    package mutating func add(_ name: String, _ value: String) {
        let clean = String(value.unicodeScalars.prefix { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" })
        fields.append((name, clean))
    }

    package mutating func set(_ name: String, to value: String) {
        let lowercased = name.lowercased()
        fields.removeAll { $0.name.lowercased() == lowercased }
        add(name, value)
    }

    package func value(of name: String) -> String? {
        let lowercased = name.lowercased()
        return fields.first { $0.name.lowercased() == lowercased }?.value
    }

    package func values(of name: String) -> [String] {
        let lowercased = name.lowercased()
        return fields.filter { $0.name.lowercased() == lowercased }.map(\.value)
    }

    package func adding(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.add(name, value)
        return copy
    }

    package func remarking(_ name: StaticString, _ value: String) -> Response {
        var copy = self
        copy.remarks.append(Remark(name: name, value: value))
        return copy
    }
}

/// A name and a value for the log line of one request.
package struct Remark: Sendable {
    package let name: StaticString
    package let value: String

    package init(name: StaticString, value: String) {
        self.name = name
        self.value = value
    }
}

extension Response {
    package static func json(_ body: [UInt8], status: Int = 200) -> Response {
        Response(status: status, fields: [("Content-Type", "application/json")], body: body)
    }

    /// After a form: the browser follows with GET, so nothing is posted twice (RFC 9700 §4.12).
    package static func seeOther(_ location: String) -> Response {
        Response(status: 303, fields: [("Location", location), ("Cache-Control", "no-store")])
    }

    package static func methodNotAllowed(_ allowed: String) -> Response {
        Response(
            status: 405, fields: [("Allow", allowed), ("Content-Type", "text/plain; charset=utf-8")],
            body: Array("This address takes \(allowed).\n".utf8))
    }

    package static func plain(_ status: Int, _ text: String) -> Response {
        Response(
            status: status, fields: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array("\(text)\n".utf8))
    }
}
