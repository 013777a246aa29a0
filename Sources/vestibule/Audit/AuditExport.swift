import ArgumentParser
import Glibc
import OAuth
import SQLStore

struct AuditExport: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl, csv, fhir
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print acts for other programs.",
        discussion: """
            jsonl: a JSON object a line; its hash is the SHA-256 of the line without the member hash. csv: for spreadsheets; \
            no cell is a formula. fhir: AuditEvent resources of FHIR R4, one a line, in the shapes of IHE BALP.
            """)
    @Option(help: "jsonl, csv or fhir.") var format = Format.jsonl
    @OptionGroup var selection: AuditSelection
    @OptionGroup var house: House

    func run() throws {
        let store = try house.store()
        let filter = try selection.filter(store)
        if format == .csv { try write(Array(AuditRecord.csvHeader.utf8)) }
        try store.eachAuditRecord(matching: filter) { record in
            switch format {
            case .jsonl: try write(record.line + [UInt8(ascii: "\n")])
            case .csv: try write(Array(record.csv.utf8))
            case .fhir: try write(record.auditEvent + [UInt8(ascii: "\n")])
            }
            return true
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure("the export could not be written to its end") }
            rest = rest.dropFirst(count)
        }
    }
}
