import ArgumentParser
import HTTP
import JSON
import OAuth
import SMART
import SQLStore
import Service
import Store

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a FHIR request is decided as it is: which rule, what was asked, what would be needed.",
        discussion: """
            With a request, such as 'GET /Observation?code=x', and the grant that its token belongs to (it stands in the log, \
            and in client and app records), or the token itself on standard input. With --refusal and the id that a \
            refusal showed, the enforcer's log is read from standard input: journalctl -o cat -u vestibule-enforce | \
            vestibule explain --refusal ID. It decides by the code that decides on requests; that the FHIR server can \
            search by every parameter is taken for granted.
            """)

    @Argument(help: "Method and address below the FHIR base, in one text.") var request: String?
    // An id may begin with a hyphen.
    @Option(parsing: .unconditional, help: "The id of a grant.") var grant: String?
    @Flag(help: "Read an access token from standard input.") var token = false
    @Option(help: "A file with the body of the request.") var body: String?
    @Option(help: "The media type of the body.") var contentType = "application/fhir+json"
    @Option(help: "The id of a refusal: the twelve digits of its answer.") var refusal: String?
    @OptionGroup var house: House

    func validate() throws {
        guard (request == nil) != (refusal == nil) else {
            throw ValidationError("give a request, or --refusal ID")
        }
        guard refusal != nil || (grant == nil) == token else {
            throw ValidationError("say whose request it is: --grant ID, or --token")
        }
    }

    func run() throws {
        if let refusal { return try explain(refusal: refusal) }
        let configuration = try house.configuration()
        let standing = try standing()
        let asked = try asked(configuration.fhirBase)
        let table = DecisionTable(
            TokenAccess(standing.token, at: house.now),
            references: FHIRReferenceReader(base: configuration.fhirBase, upstreamBase: configuration.upstreamBase),
            server: .all, site: configuration.site, page: { _ in nil })
        let found = table.explanation(of: asked)
        house.output.show(
            [
                ("row", .text(found.row)), ("asked", .text(found.asked)), ("outcome", .text(found.outcome)),
                ("upstream", .text(found.upstream)), ("reason", .text(found.reason)), ("needed", .text(found.needed)),
            ] + standing.record)
    }

    private func asked(_ base: FHIRBase) throws -> FHIRRequest {
        let words = (request ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let method = Request.Method(rawValue: words[0].uppercased()), words[1].hasPrefix("/")
        else { throw ValidationError("a request is written as 'GET /Observation?code=x'") }
        let halves = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = halves[0] == "/" ? base.path : base.path + halves[0]
        let bytes = try body.map { try InputFile.bytes($0) }
        do throws(FHIRRefusal) {
            return try FHIRRequest(
                Request(
                    method: method, path: path, query: halves.count == 2 ? halves[1] : "",
                    fields: Fields([("Content-Type", contentType)]), body: bytes ?? []),
                under: base, hasBody: bytes != nil)
        } catch {
            throw Failure("refused with \(error.status) before any rule: \(error.text)")
        }
    }

    private func standing() throws -> StandingGrant {
        let store = try house.store()
        var id = grant ?? ""
        if token {
            let text = readLine(strippingNewline: true) ?? ""
            guard let owner = try attempt({ try store.owner(of: SecretDigest(of: text)) }) else {
                throw Failure("nobody has this token: it is unknown, or expired long ago")
            }
            id = owner.grant
        }
        guard let standing = try attempt({ try store.standingGrant(id, at: house.now) }) else {
            throw Failure("there is no grant \(id)")
        }
        return standing
    }

    private func explain(refusal: String) throws {
        guard refusal.utf8.count >= 8, refusal.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else {
            throw ValidationError("the id of a refusal has twelve digits of 0-9 and a-f")
        }
        while let line = readLine() {
            guard line.contains(refusal), let root = (try? JSONDocument(Array(line.utf8)))?.root,
                root["request"]?.string?.hasPrefix(refusal) == true
            else { continue }
            let remarks = root["remarks"]
            var record: Output.Record = [
                ("row", .text(remarks?["row"]?.string)),
                ("asked", .text("\(root["method"]?.string ?? "") \(root["path"]?.string ?? "")")),
                ("outcome", .text("answered with \(root["status"]?.integer ?? 0)")),
                ("reason", .text(remarks?["reason"]?.string)), ("needed", .text(remarks?["needs"]?.string)),
            ]
            if let grant = remarks?["grant"]?.string {
                let standing = try attempt { try house.store().standingGrant(grant, at: house.now) }
                record += standing?.record ?? [("grant", .text(grant)), ("state", .text("gone"))]
            }
            return house.output.show(record)
        }
        throw Failure("the log has no request \(refusal)")
    }
}

extension StandingGrant {
    fileprivate var record: Output.Record {
        [
            ("grant", .text(token.grantID)), ("state", .text(state.words)), ("client", .text(token.clientID)),
            ("user", .text(token.user?.name)), ("fhir_user", .text(token.fhirUser?.description)),
            ("access", .text((token.user == nil ? token.clientAccess : token.access).description)),
            ("patient", .text(token.patient)), ("scope", .text(token.scopes.description)),
        ]
    }
}

extension StandingGrant.State {
    fileprivate var words: String {
        switch self {
        case .alive: "alive"
        case .expired: "expired"
        case .ended(let reason): "ended: \(reason)"
        case .userDisabled: "its user is disabled"
        case .clientDisabled: "its client is disabled or not approved"
        case .denied: "the patient in context denies the app all of it: see vestibule consent directives"
        case .consentEnded: "the consent that it rests on has been withdrawn or is over"
        }
    }
}
