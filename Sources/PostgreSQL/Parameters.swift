import CPostgreSQL
import SQL

/// A statement's parameters as the server takes them: in binary, so that a text is its length and not its first NUL.
struct Parameters {
    /// The object ids of int8, text and bytea; those of built-in types never change.
    let types: [Oid]

    private var bytes: [UInt8] = []
    private var places: [Range<Int>?] = []

    init(_ parameters: [any Bindable]) {
        let values = parameters.map(\.bound)
        types = values.map { value in
            switch value {
            case .integer: 20
            case .text: 25
            case .blob: 17
            }
        }
        places.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            switch value {
            case .integer(let number?): withUnsafeBytes(of: Int64(number).bigEndian) { bytes.append(contentsOf: $0) }
            case .text(let text?): bytes.append(contentsOf: text.utf8)
            case .blob(let blob?): bytes.append(contentsOf: blob)
            case .integer(nil), .text(nil), .blob(nil):
                places.append(nil)
                continue
            }
            places.append(start..<bytes.count)
        }
        // So that there always is an address: an empty text is not NULL.
        bytes.append(0)
    }

    var count: Int32 { Int32(places.count) }

    /// Hands over what PQsendQueryPrepared asks for: values, lengths, formats.
    func withPointers<Result>(
        _ send: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return send(
                places.map { place in place.flatMap { base?.advanced(by: $0.lowerBound) } },
                places.map { Int32($0?.count ?? 0) }, places.map { _ in 1 })
        }
    }
}
