import JOSE
import Testing

@testable import Endpoints

/// Against the encoders qrcode and segno of PyPI: the same text, level and mask give the same modules. Segno pads what ends on
/// a whole byte by one more, so it is asked about full codes alone.
@Suite("ISO/IEC 18004 QR codes")
struct QRCodeTests {
    private func picture(_ code: QRCode) -> String {
        (0..<code.size).map { row in
            (0..<code.size).map { code[row, $0] ? "#" : "." }.joined()
        }.joined(separator: "\n")
    }

    @Test("version 1, module for module")
    func small() throws {
        #expect(
            try picture(#require(QRCode("HELLO", mask: 0))) == """
                #######..###..#######
                #.....#.#.##..#.....#
                #.###.#...#...#.###.#
                #.###.#...##..#.###.#
                #.###.#.#.#.#.#.###.#
                #.....#..##.#.#.....#
                #######.#.#.#.#######
                .........#.##........
                #.#.#.#..#.#....#..#.
                #.#.#....##...#....#.
                .....##..##.#...#####
                #.#.##.#.##...#....#.
                .##..###.##.#.#.#.#..
                ........#.##.#.#..##.
                #######....#.###..###
                #.....#...####.##....
                #.###.#.#.##.###..###
                #.###.#..#....##..##.
                #.###.#.#.#.#...#.#.#
                #.....#..##...#.#..#.
                #######.#.#.#.##..###
                """)
    }

    @Test(
        "the largest text of every version, by the SHA-256 of the picture",
        arguments: [
            (14, 6, "0a86d224ff76ff7652105343b7580d611294a2428396b9968f115f75a6b7ad93"),
            (26, 2, "508eef4f9afe92108d60f7c7b28bf3219ce1f263131283193c4f6e3a07159c74"),
            (42, 2, "8567c511a8d515e03ce93505ac038d3d74b73be045e5c26b47b2ea536a9286ed"),
            (62, 6, "66079248f48b5cc64de1fbc1aa89c09024a8dac8344dcfedae3f14d73dc8a8db"),
            (84, 4, "d58d91ef2903bb9f5a84402c6baf142718dd081f1f77d3a0fa2182ae4d7a51cc"),
            (106, 2, "22f652dfd519b6c03041b6c6a1a118362e9c7638c5e431bdf591ec3b6ac3523b"),
            (122, 2, "9b7bb9d2e410d7a9e878fdafee64393387068eb5bc941fa4a5ca7fee9997bc27"),
            (152, 0, "6c623b11c06d6c30a9d213713cfab962212756b5c285ee79cfb5c7217e3c5583"),
            (180, 4, "27aac834eb6127638b8b4f999b5b025a7dd56e0d49383473eea9b214f18fde28"),
            (213, 5, "2efdd717bcd015401d22b60637a5b8cdfa32dbdcc0bf63e638b40f80f853dc3f"),
        ])
    func versions(length: Int, mask: Int, digest: String) throws {
        let code = try #require(QRCode(String(repeating: "x", count: length), mask: mask))
        #expect(Digest.sha256(picture(code)).hexadecimal == digest)
    }

    @Test("a link of an authenticator app")
    func link() throws {
        let uri =
            "otpauth://totp/Rowan%20Bay:Amara?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Rowan%20Bay"
        let code = try #require(QRCode(uri, mask: 3))
        #expect(
            Digest.sha256(picture(code)).hexadecimal
                == "4d7faeacdb110cfbec3c72fef2dfb9b5065d701620867796a4ec602741e78dda")
        let svg = try #require(QRCode(uri)).svg(label: "<label>").description
        #expect(svg.contains("aria-label=\"&lt;label&gt;\"") && !svg.contains("style"))
    }

    @Test("what is too long is no picture")
    func long() {
        #expect(QRCode(String(repeating: "x", count: 214)) == nil)
    }
}
