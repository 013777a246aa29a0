import JOSE
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    @Test("two digits a byte, there and back", arguments: [([], ""), ([0, 10, 255], "000aff"), ([0x7F], "7f")])
    func both(_ bytes: [UInt8], _ text: String) {
        #expect(bytes.hexadecimal == text)
        #expect([UInt8](hexadecimal: text.utf8) == bytes)
        #expect([UInt8](hexadecimal: text.uppercased().utf8) == bytes)
    }

    @Test("anything else is none", arguments: ["a", "0g", "0x", " 00", "0é", "００"])
    func others(_ text: String) {
        #expect([UInt8](hexadecimal: text.utf8) == nil)
    }
}
