import ArgumentParser
import JOSE
import OAuth
import SMART
import SQLStore
import Store

extension ConsentCommand {
    struct Deny: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter what a patient denies on paper: it wins over everything allowed, from the next request on."
        )
        @Option(help: "The id of the Patient resource.") var patient: String
        @Option(help: "For this app: a client_id.") var client: String?
        @Flag(help: "For every app, those to come included.") var allApps = false
        @Option(parsing: .upToNextOption, help: "Only these types, as Observation; otherwise everything.")
        var resourceTypes: [String] = []
        @Option(help: "Only what these patient/ scopes would open, as patient/Observation.rs?category=…")
        var scope: String?
        @Option(help: "From this date or time on (UTC).") var from: String?
        @Option(help: "To the end of this date, or until this time (UTC).") var until: String?
        @Option(help: "What the patient said or signed, for the trail.") var reason: String
        @OptionGroup var house: House

        func validate() throws {
            guard (client == nil) == allApps else { throw ValidationError("name one --client, or say --all-apps") }
            guard resourceTypes.isEmpty || scope == nil else {
                throw ValidationError("--resource-types and --scope are two ways to say it: use one")
            }
            guard ResourceID.isValid(patient) else { throw ValidationError("--patient is the id of a FHIR resource") }
            guard !reason.trimmed.isEmpty, reason.utf8.count <= 500 else {
                throw ValidationError("--reason has words, and up to 500 bytes of them")
            }
        }

        func run() throws {
            let store = try house.store()
            if let client {
                guard try attempt({ try store.registeredClient(client) }) != nil else {
                    throw Failure("there is no client \(client)")
                }
            }
            let from = try from.map { try moment($0, isEnd: false) }
            let until = try until.map { try moment($0, isEnd: true) }
            if let until, until <= from ?? house.now { throw Failure("--until is over before it begins") }
            let directive = ConsentDirective(
                id: SecretSource.system.identifier(), patient: patient, source: .paper,
                rules: try denied().map { ConsentRule(clientID: client, denied: $0, from: from, until: until) },
                statement: reason.trimmed, recordedAt: house.now)
            try attempt { try store.add(directive) }
            house.output.show(directive.record)
        }

        private func denied() throws -> [DenyRule] {
            if let scope {
                return try scope.split(separator: " ").map { word in
                    guard let clinical = ClinicalScope(String(word)), clinical.context == .patient else {
                        throw Failure("“\(word)” is no patient/ scope")
                    }
                    try requirePersonal(clinical.resourceType)
                    return DenyRule(patient: patient, denying: clinical)
                }
            }
            guard !resourceTypes.isEmpty else { return [DenyRule(patient: patient)] }
            let types = resourceTypes.flatMap { $0.split(separator: ",").map(String.init) }
            return try types.map { type in
                guard ResourceType.isKnown(type) else { throw Failure("“\(type)” is no type of FHIR R4") }
                try requirePersonal(type)
                return DenyRule(patient: patient, type)
            }
        }

        private func requirePersonal(_ type: String?) throws {
            guard let type, Compartment.of(type)?.isImpersonal == true else { return }
            throw Failure("\(type) is nobody's own, so no patient can deny it")
        }

        /// A date alone counts whole.
        private func moment(_ text: String, isEnd: Bool) throws -> Instant {
            guard let instant = Instant(timestamp: text) else {
                throw Failure("“\(text)” is neither a date (2027-01-31) nor a time in UTC (2027-01-31T12:00:00Z)")
            }
            return isEnd && text.utf8.count == 10 ? instant + 86_400 : instant
        }
    }
}
