import JSON

/// The public keys of one party (RFC 7517 §5).
package struct JWKSet: Sendable, Equatable {
    package let keys: [JWK]

    /// Why entries were passed over, in their order: for the developer who misses a key.
    package let skipped: [JOSEError]

    package init(_ keys: [JWK]) {
        self.keys = keys
        self.skipped = []
    }

    /// Reads a set; keys we cannot use are skipped, but one private key spoils the whole set.
    package init(_ value: JSONValue) throws(JOSEError) {
        guard let list = value["keys"], list.kind == .array else {
            throw JOSEError(.malformed, "a key set must be a JSON object with an array keys")
        }
        var keys: [JWK] = []
        var skipped: [JOSEError] = []
        for entry in list.elements {
            try JWK.refusePrivateMembers(of: entry)
            do throws(JOSEError) {
                let key = try JWK(entry)
                try key.material.requireStrength()
                keys.append(key)
            } catch {
                skipped.append(error)
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    package init(json bytes: [UInt8]) throws(JOSEError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(bytes)
        } catch {
            throw JOSEError(.malformed, "the key set is not JSON: \(error)")
        }
        try self.init(document.root)
    }

    /// The one key that this token can have been signed with; without a `kid`, the only one fit for the algorithm.
    package func key(kid: String?, alg: SignatureAlgorithm) throws(JOSEError) -> JWK {
        // SMART client-confidential-asymmetric#signature-verification: exactly one, or the token is refused.
        let candidates = keys.filter { key in
            key.suits(alg) && (kid.map { kid in key.kid?.isExactly(kid) ?? false } ?? true)
        }
        let named = kid == nil ? "" : " with the kid of the token"
        guard let key = candidates.first else {
            let hint = skipped.first.map { "; a key in it was passed over: \($0)" } ?? ""
            throw JOSEError(.keyNotFound, "the key set has no \(alg.rawValue) key\(named)\(hint)")
        }
        guard candidates.count == 1 else {
            throw JOSEError(.ambiguousKey, "the key set has several \(alg.rawValue) keys\(named)")
        }
        return key
    }

    package func write(to json: inout JSONWriter) {
        json.object {
            $0.array("keys") { for key in keys { key.write(to: &$0) } }
        }
    }

    package var bytes: [UInt8] {
        var json = JSONWriter(capacity: 64 + 512 * keys.count)
        write(to: &json)
        return json.bytes
    }
}
