import ArgumentParser
import OAuth
import SMART
import SQLStore
import Store

struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "What people have allowed apps; records are changed, never deleted.",
        subcommands: [
            List.self, Show.self, Withdraw.self, Narrow.self, Deny.self, Directives.self, Lift.self, Deliveries.self,
            Inbound.self, WebhookSecret.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the records, the latest first.")
        @Option(help: "Of this user.") var user: String?
        @Option(help: "About this app: a client_id.") var client: String?
        @Option(help: "About this patient: an id.") var patient: String?
        @Option(help: "active, inactive or rejected.") var status: String?
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            var filter = ConsentFilter(clientID: client, patient: patient)
            if let status {
                guard let wanted = Consent.Status(rawValue: status) else {
                    throw ValidationError("--status is active, inactive or rejected")
                }
                filter.status = wanted
            }
            if let user {
                let name = Account.normalized(username: user) ?? user
                guard let known = try attempt({ try store.user(named: name) }) else {
                    throw Failure("there is no user \(user)")
                }
                filter.account = known.id
            }
            house.output.show(
                try attempt { try store.consents(filter) }.map { consent in
                    Array(consent.record.prefix { $0.name != "requested" })
                }, called: "consents")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a record, with what stood on its page.")
        @Argument(help: "The id of the record.") var id: String
        @OptionGroup var house: House

        func run() throws { house.output.show(try known(id, house.store()).record) }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a consent for its person: the app's access ends at once, for good.")
        @Argument(help: "The id of the record.") var id: String
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let consent = try known(id, store)
            guard try attempt({ try store.withdraw(consent: id, at: house.now) }) else {
                throw Failure("the consent is \(consent.status.rawValue)")
            }
            house.output.show(try known(id, store).record)
        }
    }

    struct Narrow: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep less of a consent: it holds from the next request on, for tokens that are out too.")
        @Argument(help: "The id of the record.") var id: String
        @Option(help: "The scopes that stay, of those that it allows.") var scope: String
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let consent = try known(id, store)
            let narrowing: Consent.Narrowing
            do throws(OAuthError) {
                narrowing = try consent.narrowed(to: ScopeSet(typed: scope))
            } catch {
                throw Failure(error.description)
            }
            guard case .to(let scopes) = narrowing else {
                throw Failure("nothing would be left for the app: use consent withdraw")
            }
            let isDone = try attempt {
                try store.narrow(consent: id, from: consent.version, to: scopes, at: house.now)
            }
            guard isDone else { throw Failure("somebody has changed the consent meanwhile: look at it again") }
            house.output.show(try known(id, store).record)
        }
    }
}

private func known(_ id: String, _ store: SQLStore) throws -> Consent {
    guard let consent = try attempt({ try store.consent(id) }) else { throw Failure("there is no consent \(id)") }
    return consent
}

extension ScopeSet {
    /// Every word has to be a scope: what is misspelt must not become less, unseen.
    fileprivate init(typed text: String) throws(OAuthError) {
        guard let refused = ScopeSet.refusals(of: text).first else {
            self.init(text)
            return
        }
        throw .invalidScope("“\(refused.spelling)” is no scope: \(refused.reason.description)")
    }
}

extension Consent {
    fileprivate var record: Output.Record {
        [
            ("id", .text(id)), ("client", .text(clientID)), ("patient", .text(patient)),
            ("status", .text(status.rawValue)), ("version", .number(version)),
            ("decided", .text(decidedAt.timestamp)), ("allowed", .text(allowed.isEmpty ? nil : allowed.description)),
            ("purpose", .text(purpose?.rawValue)), ("requested", .text(requested.description)),
            ("changed", .text(changedAt.timestamp)),
            ("expires", .text(expiresAt?.timestamp)), ("language", .text(wording?.language)),
            ("wording", .text(wording?.text)),
        ]
    }
}
