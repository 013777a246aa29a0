import ArgumentParser
import OAuth
import SQLStore
import Store

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Say whether the trail is as it was written, and what is not.",
        discussion: """
            Rows that were edited, deleted or swapped are named. Rows that were cut off the end, and a chain that was computed \
            anew, are found by an anchor that was kept elsewhere. Exit code 1 when something is wrong.
            """)
    @Option(help: "What audit anchor printed; may be given more than once.") var anchor: [String] = []
    @OptionGroup var house: House

    func run() throws {
        let anchors = try anchor.map { text in
            guard let anchor = AuditAnchor(text) else { throw ValidationError("\(text): no anchor: NUMBER:HASH") }
            return anchor
        }
        let store = try house.store()
        var chain = AuditChain(after: try attempt { try store.auditStart() }, anchors: anchors)
        try store.eachAuditRecord { record in
            chain.add(record)
            return true
        }
        let faults = chain.verdict()
        for fault in faults where !house.json { print(fault) }
        for anchor in chain.unreachableAnchors where !house.json {
            print("row \(anchor.sequence), of an anchor, was cut since: its export tells")
        }
        house.output.show([
            ("rows", .number(chain.rows)), ("sound", .flag(faults.isEmpty)), ("head", .text(chain.end.text)),
            ("faults", .list(faults.map(\.description))),
        ])
        if !faults.isEmpty { throw Failure("the audit trail is not as it was written") }
    }
}
