import ArgumentParser
import Glibc
import OAuth
import SQLStore
import Store

struct AuditList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show acts, the latest last.")
    @OptionGroup var selection: AuditSelection
    @Option(help: "The last so many that fit.") var limit = 100
    @OptionGroup var house: House

    func run() throws {
        guard limit > 0 else { throw ValidationError("--limit is a number above 0") }
        let store = try house.store()
        var records: [AuditRecord] = []
        try store.eachAuditRecord(matching: selection.filter(store)) { record in
            records.append(record)
            if records.count >= 2 * limit { records.removeFirst(records.count - limit) }
            return true
        }
        records = records.suffix(limit)
        let names = try attempt {
            Dictionary(try store.accounts().map { ($0.user.id, $0.username) }, uniquingKeysWith: { first, _ in first })
        }
        house.output.show(
            records.map { record in
                let columns = record.columns
                return [
                    ("sequence", .number(record.sequence)), ("time", .text(Instant(columns.time).timestamp)),
                    ("event", text(columns.act)), ("outcome", text(columns.outcome)),
                    ("user", text(columns.account.map { names[$0] ?? $0 })), ("client", text(columns.client)),
                    ("patient", text(columns.patient)), ("grant", text(columns.grant)),
                    ("by", text(columns.unixUser ?? columns.address)),
                    ("request", text(columns.request.map { String($0.prefix(12)) })),
                    ("details", text(columns.details)),
                ]
            }, called: "events")
    }

    /// What somebody wrote into the database colours no terminal.
    private func text(_ value: String?) -> Output.Cell {
        .text(
            value.map { value in
                String(
                    String.UnicodeScalarView(
                        value.unicodeScalars.map {
                            house.json || $0.properties.generalCategory.isVisible ? $0 : "\u{FFFD}"
                        }))
            })
    }
}

extension Unicode.GeneralCategory {
    /// Neither a control character nor one that changes how others are shown.
    fileprivate var isVisible: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
