import HTTP
import JOSE
import JSON
import OAuth
import Store

/// The key set at `jwks_uri` (RFC 7517 §5): public keys that sign, will sign or have signed what still lives.
package struct KeysEndpoint: Endpoint {
    private let keys: any KeyStore
    private let clock: Clock
    /// The document in memory, with its tag, until it is asked of the store again.
    private var document: (json: [UInt8], tag: String, until: Instant)?

    package init(keys: any KeyStore, clock: @escaping Clock) {
        self.keys = keys
        self.clock = clock
    }

    package mutating func respond(to request: Request) -> Response {
        PublicDocument.answer(to: request) { try? current() }
    }

    /// Seconds between two looks at the store: far less than the time a new key is published before it signs.
    private static let memory = 5

    private mutating func current() throws(OAuthError) -> PublicDocument {
        let now = clock()
        if let document, now < document.until { return PublicDocument(json: document.json, tag: document.tag) }
        let published = try stored(keys.publishedKeys(at: now))
        var writer = JSONWriter()
        writer.object { object in
            object.array("keys") { list in
                for key in published { list.raw(key.publicJWK) }
            }
        }
        let fresh = PublicDocument(json: writer.bytes)
        document = (fresh.json, fresh.tag, now + Self.memory)
        return fresh
    }
}
