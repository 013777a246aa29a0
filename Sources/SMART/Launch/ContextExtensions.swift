import JSON

/// Context that the guide does not know: any JSON under a full URI or a name that begins with two underscores
/// (SMART scopes-and-launch-context#extensibility).
package struct ContextExtensions: Sendable, Hashable {
    private struct Member: Sendable, Hashable {
        let name: String
        let value: [UInt8]
    }

    private let members: [Member]

    package init() {
        members = []
    }

    /// The members of an object that have such names.
    package init(of object: JSONValue) {
        members = object.members.filter { ExtensionName.isValid($0.name) }.map {
            Member(name: $0.name, value: Array($0.value.bytes))
        }
    }

    package var isEmpty: Bool { members.isEmpty }

    func write(to object: inout JSONWriter) {
        for member in members { object.raw(member.name, member.value) }
    }
}
