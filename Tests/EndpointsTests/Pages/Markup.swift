/// A strict reader of our own pages: what it refuses, no page may contain.
struct Markup {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The text inside, without that of comments.
        var text = ""
        /// The names of the elements around it, outermost first.
        let path: [String]
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var elements: [Element] = []

    private static let void: Set<String> = ["meta", "link", "input", "br", "img"]

    init(_ html: String) throws {
        var rest = html[...]
        var open: [Int] = []
        guard rest.hasPrefix("<!DOCTYPE html>\n") else { throw Fault(description: "no doctype") }
        rest.removeFirst("<!DOCTYPE html>\n".count)
        while let character = rest.first {
            if character != "<" {
                let text = rest.prefix { $0 != "<" }
                rest = rest[text.endIndex...]
                guard !text.contains(">"), !text.contains("\""), !text.contains("'") else {
                    throw Fault(description: "raw characters in \(text)")
                }
                for index in open { elements[index].text += Self.unescaped(String(text)) }
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { throw Fault(description: "a tag without end") }
            let inside = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            if inside.hasPrefix("/") {
                guard let last = open.popLast(), "/\(elements[last].name)" == inside else {
                    throw Fault(description: "<\(inside)> closes \(open.last.map { elements[$0].name } ?? "nothing")")
                }
                continue
            }
            let element = try Self.element(inside, path: open.map { elements[$0].name })
            elements.append(element)
            if !Self.void.contains(element.name) { open.append(elements.count - 1) }
        }
        guard open.isEmpty else { throw Fault(description: "open: \(open.map { elements[$0].name })") }
    }

    private static func element(_ inside: String, path: [String]) throws -> Element {
        let name = inside.prefix { $0.isLetter || $0.isNumber }
        guard !name.isEmpty, name == name.lowercased() else { throw Fault(description: "the tag <\(inside)>") }
        var rest = inside[name.endIndex...]
        var attributes: [String: String] = [:]
        while !rest.isEmpty {
            guard rest.first == " " else { throw Fault(description: "no space in <\(inside)>") }
            rest.removeFirst()
            let key = rest.prefix { $0.isLetter || $0 == "-" }
            rest = rest[key.endIndex...]
            guard !key.isEmpty, attributes[String(key)] == nil else { throw Fault(description: "in <\(inside)>") }
            attributes[String(key)] = ""
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            guard rest.first == "\"" else { throw Fault(description: "an unquoted value in <\(inside)>") }
            rest.removeFirst()
            guard let quote = rest.firstIndex(of: "\"") else {
                throw Fault(description: "an open value in <\(inside)>")
            }
            attributes[String(key)] = unescaped(String(rest[..<quote]))
            rest = rest[rest.index(after: quote)...]
        }
        return Element(name: String(name), attributes: attributes, path: path)
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.split(separator: $1.0, omittingEmptySubsequences: false).joined(separator: $1.1)
        }
    }
}

extension Markup {
    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    func first(_ name: String, _ attribute: String = "", _ value: String = "") -> Element? {
        elements.first { $0.name == name && (attribute.isEmpty || $0.attributes[attribute] == value) }
    }

    /// The fields and buttons of each form, in order: a form's controls follow it in the document.
    var forms: [(form: Element, controls: [Element])] {
        var forms: [(form: Element, controls: [Element])] = []
        for element in elements {
            if element.name == "form" { forms.append((element, [])) }
            if element.path.contains("form"), ["input", "button"].contains(element.name) {
                forms[forms.count - 1].controls.append(element)
            }
        }
        return forms
    }

    func forms(to action: String) -> [(form: Element, controls: [Element])] {
        forms.filter { $0.form.attributes["action"] == action }
    }

    /// The text of everything, blanks joined.
    var text: String { (first("body")?.text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension [Markup.Element] {
    /// The value of the field of that name.
    func value(_ name: String) -> String? { first { $0.attributes["name"] == name }?.attributes["value"] }
}
