import Testing

@testable import JSON

@Suite("Cutting a document")
struct JSONCutTests {
    private static let array = "[ 1,  2 ,\t3 ]"
    private static let object = "{ \"a\" : 1,\n  \"b\": 2 ,\"c\":3\n}"

    /// Removes values and replaces values, each named by a path of names and positions.
    private func cut(_ text: String, removing: [String], replacing: [String: String] = [:]) throws -> String {
        let document = try JSONDocument(Array(text.utf8))
        var cut = JSONCut(document)
        for path in removing { cut.remove(try #require(value(at: path, in: document))) }
        for (path, json) in replacing {
            cut.replace(try #require(value(at: path, in: document)), with: Array(json.utf8))
        }
        return String(decoding: cut.bytes, as: UTF8.self)
    }

    private func value(at path: String, in document: JSONDocument) -> JSONValue? {
        path.split(separator: "/").reduce(document.root) { value, step in
            Int(step).flatMap { index in value.flatMap { Array($0.elements) }.flatMap { $0[index] } }
                ?? value?[String(step)]
        }
    }

    @Test(
        "removed elements go with one comma each, the rest stays to the byte",
        arguments: [
            ([], "[ 1,  2 ,\t3 ]"), (["0"], "[ 2 ,\t3 ]"), (["1"], "[ 1 ,\t3 ]"), (["2"], "[ 1,  2 ]"),
            (["0", "1"], "[ 3 ]"), (["0", "2"], "[ 2 ]"), (["1", "2"], "[ 1 ]"), (["0", "1", "2"], "[  ]"),
        ]
    )
    func elements(removing: [String], expected: String) throws {
        #expect(try cut(Self.array, removing: removing) == expected)
    }

    @Test(
        "removed members go with name and comma, the rest stays to the byte",
        arguments: [
            ([], object), (["a"], "{ \"b\": 2 ,\"c\":3\n}"), (["b"], "{ \"a\" : 1 ,\"c\":3\n}"),
            (["c"], "{ \"a\" : 1,\n  \"b\": 2\n}"), (["a", "b"], "{ \"c\":3\n}"), (["a", "c"], "{ \"b\": 2\n}"),
            (["b", "c"], "{ \"a\" : 1\n}"), (["a", "b", "c"], "{ \n}"),
        ]
    )
    func members(removing: [String], expected: String) throws {
        #expect(try cut(Self.object, removing: removing) == expected)
    }

    @Test(
        "changes reach any depth",
        arguments: [
            (["entry/0"], [:], #"{"total":3,"entry":[{"id":"b"},{"id":"c"}]}"#),
            (["entry/0", "total"], [:], #"{"entry":[{"id":"b"},{"id":"c"}]}"#),
            (["total", "entry/1/id"], [:], #"{"entry":[{"id":"a","v":1.50},{},{"id":"c"}]}"#),
            (["entry/0/v", "entry/2"], [:], #"{"total":3,"entry":[{"id":"a"},{"id":"b"}]}"#),
            (["entry/0/id", "entry/2/id"], [:], #"{"total":3,"entry":[{"v":1.50},{"id":"b"},{}]}"#),
            (["entry"], [:], #"{"total":3}"#), (["total", "entry"], [:], "{}"), ([""], [:], ""),
            (["entry", "entry/0", "entry/1/id"], [:], #"{"total":3}"#),
            ([], ["total": "2"], #"{"total":2,"entry":[{"id":"a","v":1.50},{"id":"b"},{"id":"c"}]}"#),
            (["entry/0"], ["total": "2"], #"{"total":2,"entry":[{"id":"b"},{"id":"c"}]}"#),
            (["entry/0/id", "entry/0"], ["entry/1": "{}"], #"{"total":3,"entry":[{},{"id":"c"}]}"#),
            (["entry/1"], ["entry/1": "{}"], #"{"total":3,"entry":[{"id":"a","v":1.50},{"id":"c"}]}"#),
            (["entry/1/id"], ["entry/1": "[]"], #"{"total":3,"entry":[{"id":"a","v":1.50},[],{"id":"c"}]}"#),
            ([], ["entry": "[]", "total": "0"], #"{"total":0,"entry":[]}"#), ([], ["": "null"], "null"),
        ] as [([String], [String: String], String)]
    )
    func nested(removing: [String], replacing: [String: String], expected: String) throws {
        let text = #"{"total":3,"entry":[{"id":"a","v":1.50},{"id":"b"},{"id":"c"}]}"#
        #expect(try cut(text, removing: removing, replacing: replacing) == expected)
    }

    @Test("whitespace around the root stays")
    func surroundings() throws {
        #expect(try cut(" \n[1,2] \n", removing: ["0"]) == " \n[2] \n")
        #expect(try cut(" \n[1,2] \n", removing: [], replacing: ["": "{}"]) == " \n{} \n")
    }

    @Test("every choice of removals leaves JSON that holds exactly the rest")
    func everySubset() throws {
        let text = #" { "a" : [ 1 , { "x" : 1 } , [ ] ] , "b" : { "c" : "," , "d" : null } , "e" : "}" } "#
        let document = try JSONDocument(Array(text.utf8))
        let values = flattened(document.root).dropFirst()
        #expect(values.count == 9)
        for subset in 0..<(1 << values.count) {
            var cut = JSONCut(document)
            var removed: Set<Int> = []
            for (bit, value) in values.enumerated() where subset >> bit & 1 == 1 {
                cut.remove(value)
                removed.insert(value.index)
            }
            let rest = try JSONDocument(cut.bytes)
            #expect(compact(rest.root, without: []) == compact(document.root, without: removed))
            #expect(cut.isEmpty == (subset == 0))
        }
        #expect(JSONCut(document).bytes == document.bytes)
    }

    private func flattened(_ value: JSONValue) -> [JSONValue] {
        [value] + value.elements.flatMap(flattened) + value.members.flatMap { flattened($0.value) }
    }

    /// What the document says, written without whitespace and without the removed values.
    private func compact(_ value: JSONValue, without removed: Set<Int>) -> String {
        switch value.kind {
        case .array:
            let elements = value.elements.filter { !removed.contains($0.index) }
            return "[" + elements.map { compact($0, without: removed) }.joined(separator: ",") + "]"
        case .object:
            let members = value.members.filter { !removed.contains($0.value.index) }
            let texts = members.map { $0.name + ":" + compact($0.value, without: removed) }
            return "{" + texts.joined(separator: ",") + "}"
        case .string, .number, .boolean, .null: return String(decoding: value.bytes, as: UTF8.self)
        }
    }
}
