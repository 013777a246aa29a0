import JOSE
import JSON
import OAuth
import Testing

@Suite("The audit trail's chain")
struct AuditChainTests {
    private static let trail: [AuditRecord] = {
        var head = AuditAnchor.origin
        return (1...7).map { number in
            let event = AuditEvent(.tokenIssue, account: "a\(number)", details: [.init(.count, number)])
            let record = AuditRecord(
                AuditEntry(
                    fhirBase: "https://h.example/fhir", time: Instant(1_800_000_000 + number), event: event,
                    program: "vestibule-token", unixUser: nil, request: "r\(number)", address: "192.0.2.1"), after: head
            )
            head = record.anchor
            return record
        }
    }()

    private func verdict(_ records: [AuditRecord], anchors: [AuditAnchor] = []) -> [AuditChain.Fault] {
        var chain = AuditChain(anchors: anchors)
        for record in records { chain.add(record) }
        return chain.verdict()
    }

    private func placed(_ record: AuditRecord, at sequence: Int) -> AuditRecord {
        AuditRecord(sequence: sequence, previous: record.previous, columns: record.columns, hash: record.hash)
    }

    @Test("what was written is as it was written, with anchors and without")
    func sound() {
        let trail = Self.trail
        #expect(verdict([]).isEmpty)
        #expect(verdict(trail, anchors: trail.map(\.anchor) + [.origin]).isEmpty)
        var after = AuditChain(after: trail[2].anchor, anchors: [trail[0].anchor, trail[2].anchor])
        for record in trail[3...] { after.add(record) }
        #expect(after.verdict().isEmpty)
        #expect(after.unreachableAnchors == [trail[0].anchor])
    }

    @Test("a row that was deleted, moved, swapped or replaced is named")
    func tampered() {
        let trail = Self.trail
        for index in 0..<6 {
            var less = trail
            less.remove(at: index)
            #expect(verdict(less) == [.deleted(index + 1...index + 1)])
        }
        var swapped = trail
        (swapped[1], swapped[4]) = (placed(trail[4], at: 2), placed(trail[1], at: 5))
        #expect(verdict(swapped) == [.moved(2, from: 5), .moved(5, from: 2)])
        #expect(
            verdict(trail.filter { $0.sequence != 3 } + [placed(trail[2], at: 8)])
                == [.deleted(3...3), .moved(8, from: 3)])

        var columns = trail[3].columns
        columns.account = "somebody else"
        var edited = trail
        edited[3] = AuditRecord(sequence: 4, previous: trail[3].previous, columns: columns, hash: trail[3].hash)
        #expect(verdict(edited) == [.edited(4)])
        // With a hash that fits again it is the next row that tells.
        edited[3] = AuditRecord(
            sequence: 4, previous: trail[3].previous, columns: columns, hash: edited[3].expectedHash(at: 4))
        #expect(verdict(edited) == [.unlinked(5)])
    }

    @Test("what an anchor alone can tell")
    func anchors() {
        let trail = Self.trail
        let last = trail[6].anchor
        #expect(verdict(Array(trail[..<5])).isEmpty)
        #expect(verdict(Array(trail[..<5]), anchors: [last]) == [.cutOff(after: 5, anchor: 7)])
        let other = AuditAnchor(sequence: 7, hash: trail[5].hash)
        #expect(verdict(trail, anchors: [other]) == [.notAsAnchored(7)])
        #expect(AuditAnchor(last.text) == last)
        for text in [
            "", ":", "7", "7:ab", "-1:\(String(repeating: "0", count: 64))", "7:\(String(repeating: "x", count: 64))",
        ] {
            #expect(AuditAnchor(text) == nil)
        }
    }

    @Test("a line of an export carries its own proof: its hash is that of the line without it")
    func line() throws {
        let record = Self.trail[2]
        let line = String(decoding: record.line, as: UTF8.self)
        let without = line.replacing(",\"hash\":\"\(record.hash.hexadecimal)\"", with: "")
        #expect(Digest.sha256(without) == record.hash)
        let root = try JSONDocument(record.line).root
        #expect(root["event"]?.string == "token_issue")
        #expect(root["details"]?.string == #"{"count":3}"#)
        #expect(root["request"]?.string == "r3")
    }
}
