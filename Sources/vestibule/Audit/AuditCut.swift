import ArgumentParser
import Glibc
import OAuth
import SQLStore
import Store

struct AuditCut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut", abstract: "Move old acts into a file, and leave an anchor in their place.",
        discussion: """
            Nothing else ever deletes from the trail. It is verified first. The file has the rows as audit export prints them; its last row is \
            the anchor that the rest goes on from. Counts of what apps read on the days before go too.
            """)
    @Option(help: "The day or moment; acts before it go.") var before: String
    @Option(help: "The file to make; one that is there is never overwritten.") var to: String
    @OptionGroup var house: House

    func run() throws {
        let limit = try moment(before)
        guard limit <= house.now else { throw ValidationError("--before is not in the future") }
        let store = try house.store()
        let start = try attempt { try store.auditStart() }
        let head = try attempt { try store.auditHead() }
        var chain = AuditChain(after: start)
        try store.eachAuditRecord { record in
            chain.add(record)
            return true
        }
        guard chain.verdict().isEmpty else {
            throw Failure("the audit trail is not as it was written: vestibule audit verify says what is wrong")
        }
        let file = try NewFile(to)
        var last = start
        do {
            try store.eachAuditRecord { record in
                guard record.columns.time < limit.seconds, record.sequence < head.sequence else { return false }
                try file.write(record.line + [UInt8(ascii: "\n")])
                last = record.anchor
                return true
            }
            guard last != start else { throw Failure("there is nothing before \(before) to cut") }
            try file.close()
        } catch {
            file.remove()
            throw error
        }
        let rows = try attempt {
            try store.cutAudit(through: last, disclosuresBefore: limit, at: house.now)
        }
        guard let rows else { throw Failure("the trail was cut by somebody else meanwhile; \(to) has what was there") }
        house.output.show([("rows", .number(rows)), ("anchor", .text(last.text)), ("file", .text(to))])
    }
}

/// A file that was not there before, for its owner alone.
private final class NewFile {
    private let path: String
    private let stream: UnsafeMutablePointer<FILE>

    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, let stream = fdopen(descriptor, "w") else {
            throw Failure("\(path): \(String(cString: strerror(errno)))")
        }
        self.stream = stream
    }

    func write(_ bytes: [UInt8]) throws {
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw failure }
    }

    /// What was written survives a power cut.
    func close() throws {
        guard fflush(stream) == 0, fsync(fileno(stream)) == 0, fclose(stream) == 0 else { throw failure }
    }

    func remove() { unlink(path) }

    private var failure: Failure { Failure("\(path): \(String(cString: strerror(errno)))") }
}
