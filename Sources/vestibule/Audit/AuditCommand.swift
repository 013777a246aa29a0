import ArgumentParser
import OAuth
import SQLStore
import Store

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The trail of acts.",
        subcommands: [
            AuditList.self, AuditExport.self, AuditVerify.self, AuditAnchorCommand.self, AuditCut.self,
        ])
}

/// The options by which rows are chosen.
struct AuditSelection: ParsableArguments {
    @Option(help: "From this day or moment on: 2027-01-31, or 2027-01-31T09:00:00Z.") var since: String?
    @Option(help: "Before this day or moment.") var until: String?
    @Option(help: "The event, as sign_in.") var event: String?
    @Option(help: "The user name.") var user: String?
    @Option(help: "The client_id.") var client: String?
    @Option(help: "The id of the Patient.") var patient: String?
    @Option(help: "The id of the grant.") var grant: String?

    func filter(_ store: SQLStore) throws -> AuditFilter {
        var filter = AuditFilter()
        filter.since = try since.map(moment)
        filter.until = try until.map(moment)
        if let event, AuditAct(rawValue: event) == nil {
            throw ValidationError("\(event): one of \(AuditAct.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        filter.act = event
        if let user {
            let name = Account.normalized(username: user) ?? user
            guard let account = try attempt({ try store.user(named: name) }) else {
                throw Failure("there is no user \(user)")
            }
            filter.account = account.id
        }
        filter.client = client
        filter.patient = patient
        filter.grant = grant
        return filter
    }
}

func moment(_ text: String) throws -> Instant {
    guard let instant = Instant(timestamp: text) else {
        throw ValidationError("\(text): a day as 2027-01-31, or a moment as 2027-01-31T09:00:00Z")
    }
    return instant
}

extension SQLStore {
    /// Rows in their order, a page at a time; `show` says whether to go on.
    func eachAuditRecord(
        after start: Int = 0, matching filter: AuditFilter = AuditFilter(), _ show: (AuditRecord) throws -> Bool
    ) throws {
        var last = start
        while true {
            let page = try attempt { try auditRecords(after: last, matching: filter, limit: 2000) }
            for record in page where try !show(record) { return }
            guard let end = page.last else { return }
            last = end.sequence
        }
    }
}
