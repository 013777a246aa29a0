import JOSE

/// Walks the audit trail row by row and says what is not as it was written.
///
/// A row whose hash does not cover it was edited, or stands where another stood. A number that is not there was deleted. What
/// was changed together with every hash after it, or cut off at the end, is found by an anchor that was kept elsewhere, and
/// by nothing else.
package struct AuditChain {
    package enum Fault: Sendable, Equatable {
        case edited(Int)
        /// The row at the first number was written as the other one.
        case moved(Int, from: Int)
        case deleted(ClosedRange<Int>)
        /// The row is whole, but does not follow the one before: one of the two was replaced.
        case unlinked(Int)
        /// The row is not the one that was there when the anchor was taken.
        case notAsAnchored(Int)
        /// The trail ends before an anchor that was taken of it.
        case cutOff(after: Int, anchor: Int)
    }

    package private(set) var rows = 0
    /// Anchors of rows that were exported and cut since: they lie before what there is.
    package private(set) var unreachableAnchors: [AuditAnchor] = []
    /// The last row.
    package private(set) var end: AuditAnchor
    private var anchors: [Int: [AuditAnchor]]
    private var faults: [Fault] = []
    private var suspects: [AuditRecord] = []
    /// Whether the row before is the one that its hash says.
    private var isEndSound = true

    /// So many rows that are wrong are looked at more closely.
    private static let closely = 500

    /// - Parameters:
    ///   - start: what the first row follows, from the last cut.
    ///   - anchors: places in the chain that were kept elsewhere.
    package init(after start: AuditAnchor = .origin, anchors: [AuditAnchor] = []) {
        end = start
        self.anchors = Dictionary(grouping: anchors.filter { $0.sequence > start.sequence }, by: \.sequence)
        for anchor in anchors where anchor.sequence <= start.sequence {
            if anchor.sequence < start.sequence {
                unreachableAnchors.append(anchor)
            } else if anchor.hash != start.hash {
                faults.append(.notAsAnchored(anchor.sequence))
            }
        }
    }

    /// Takes the next row, in the order of their numbers.
    package mutating func add(_ record: AuditRecord) {
        rows += 1
        let isNext = record.sequence == end.sequence + 1
        if record.sequence > end.sequence + 1 { faults.append(.deleted(end.sequence + 1...record.sequence - 1)) }
        let isSound = record.expectedHash(at: record.sequence) == record.hash
        if !isSound {
            faults.append(.edited(record.sequence))
            if suspects.count < Self.closely { suspects.append(record) }
        } else if isNext, isEndSound, record.previous != end.hash {
            faults.append(.unlinked(record.sequence))
        }
        if let taken = anchors.removeValue(forKey: record.sequence), taken.contains(where: { $0.hash != record.hash }) {
            faults.append(.notAsAnchored(record.sequence))
        }
        end = record.anchor
        isEndSound = isSound
    }

    /// What was found, when every row was taken.
    package func verdict() -> [Fault] {
        var faults = faults
        if let last = anchors.keys.max(), last > end.sequence {
            faults.append(.cutOff(after: end.sequence, anchor: last))
        }
        let vacant = vacancies()
        for record in suspects {
            guard
                let origin = vacant.first(where: { $0 != record.sequence && record.expectedHash(at: $0) == record.hash }
                ),
                let index = faults.firstIndex(of: .edited(record.sequence))
            else { continue }
            faults[index] = .moved(record.sequence, from: origin)
        }
        return faults
    }

    /// Numbers whose row is wrong or not there: from one of them a row that is out of place has come.
    private func vacancies() -> [Int] {
        var numbers = suspects.map(\.sequence)
        for case .deleted(let range) in faults { numbers += range.prefix(Self.closely) }
        return Array(numbers.prefix(2 * Self.closely))
    }
}

extension AuditChain.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .edited(let row): "row \(row) was edited"
        case .moved(let row, let origin): "row \(row) is what was written as row \(origin): swapped or moved"
        case .deleted(let range) where range.count == 1: "row \(range.lowerBound) was deleted"
        case .deleted(let range): "rows \(range.lowerBound) to \(range.upperBound) were deleted"
        case .unlinked(let row): "row \(row) does not follow row \(row - 1): one of them was replaced"
        case .notAsAnchored(let row): "row \(row) is not the one of the anchor: it, or a row before it, was replaced"
        case .cutOff(let row, let anchor):
            "the trail ends at row \(row), but the anchor is of row \(anchor): rows were cut off"
        }
    }
}

extension AuditAnchor {
    /// As people keep it: the row's number, a colon, the hash.
    package var text: String { "\(sequence):\(hash.hexadecimal)" }

    /// - Returns: `nil` for what is no anchor.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int(parts[0]), sequence >= 0,
            let hash = [UInt8](hexadecimal: parts[1].utf8), hash.count == 32
        else { return nil }
        self.init(sequence: sequence, hash: hash)
    }
}
