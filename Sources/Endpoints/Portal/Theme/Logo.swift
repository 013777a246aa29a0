import HTTP
import Service

/// The hospital's logo, served from our own origin: a picture, never a document that does anything.
package struct Logo: Sendable {
    package let path: String
    let mediaType: String
    let bytes: [UInt8]

    package static let mostBytes = 262_144

    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter bytes: of a PNG or an SVG file.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Self.mostBytes else { throw Refusal(description: "the logo is larger than 256 KiB") }
        let kind: String
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            (kind, mediaType) = ("png", "image/png")
        } else if let text = String(validating: bytes, as: UTF8.self), text.contains("<svg") {
            (kind, mediaType) = ("svg", "image/svg+xml")
        } else {
            throw Refusal(description: "the logo is neither PNG nor SVG")
        }
        self.bytes = bytes
        path = "/portal/logo-\(Fingerprint.of(bytes)).\(kind)"
    }

    /// Opened by itself, an SVG is a document of our origin: it may load and run nothing.
    var response: Response {
        Response(
            status: 200,
            fields: [
                ("Content-Type", mediaType), ("Cache-Control", "public, max-age=31536000, immutable"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: bytes)
    }
}
