import Foundation
import JOSE
import OAuth
import Testing

@testable import ClientKeys

@Suite("SMART client-confidential-asymmetric: a copy of the keys on this machine")
final class KeyFileTests {
    private let folder = NSTemporaryDirectory() + "keys-\(UUID().uuidString.prefix(8))"
    private var path: String { "\(folder)/jwks.json" }
    private let cache = WrittenHosts().cache()

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// As written so long ago.
    private func write(_ bytes: [UInt8], age: TimeInterval) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }

    private func keys() throws -> PreparedKeys { try cache.keys(.file(path, uri: "https://app.example/jwks")) }

    @Test("a file is read again when it has changed, and each time while it is new")
    func changed() throws {
        try write(Keys.set(0), age: 0)
        let first = try keys()
        #expect(first.set.keys.map(\.kid) == ["0"])
        #expect(try keys() !== first)
        #expect(try cache.newerKeys(.file(path), than: first) == nil)
        try write(Keys.set(0, 1), age: 0)
        #expect(try keys().set.keys.map(\.kid) == ["0", "1"])
        try write(Keys.set(1), age: 1_000)
        #expect(try keys().set.keys.map(\.kid) == ["1"])
    }

    @Test("a file that has rested is read once, until it changes")
    func rested() async throws {
        try write(Keys.set(0), age: 0)
        try await Task.sleep(for: .seconds(4))
        let first = try keys()
        #expect(try keys() === first)
        // The same size and the same date: the file system knows better.
        try write(Keys.set(1), age: 0)
        #expect(try keys().set.keys.map(\.kid) == ["1"])
    }

    @Test("what is wrong with a file the developer hears in general and our log exactly")
    func refused() throws {
        func error() throws -> ClientKeysError { try refusal { try keys() } }
        #expect(try error().detail == "\(path): No such file or directory")
        #expect(
            try error().description == "this server cannot read its copy of the client's key set; its administrator can"
        )
        try write(Array("{".utf8), age: 0)
        #expect(
            try error().description.hasPrefix("this server's copy of the client's key set cannot be used: the key set"))
        #expect(try error().detail == path)
        try write([UInt8](repeating: 0x20, count: 256 * 1024 + 1), age: 0)
        #expect(try error().detail == "\(path): larger than 256 kB")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(try error().detail == "\(path): not a file")
        try FileManager.default.removeItem(atPath: path)
        mkfifo(path, 0o600)
        #expect(try error().detail == "\(path): not a file")
        #expect(try !error().description.contains(folder))
        try FileManager.default.removeItem(atPath: path)
        try write(Keys.set(0), age: 0)
        #expect(try keys().set.keys.count == 1)
    }
}
