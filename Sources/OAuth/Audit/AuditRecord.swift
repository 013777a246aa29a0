import JOSE
import JSON

/// An act with its circumstances, before it has its place in the chain.
package struct AuditEntry: Sendable, Equatable {
    package let fhirBase: String
    package let time: Instant
    package let event: AuditEvent
    /// Which of our programs did it.
    package let program: String
    /// The Unix user, where it was done by the administrator's tool.
    package let unixUser: String?
    /// The id of the web request, as the log has it, and where it came from.
    package let request: String?
    package let address: String?

    package init(
        fhirBase: String, time: Instant, event: AuditEvent, program: String, unixUser: String?, request: String?,
        address: String?
    ) {
        self.fhirBase = fhirBase
        self.time = time
        self.event = event
        self.program = program
        self.unixUser = unixUser
        self.request = request
        self.address = address
    }
}

/// A place in the chain: the row's number, and the hash that stands for it and all before it.
package struct AuditAnchor: Sendable, Equatable {
    package let sequence: Int
    package let hash: [UInt8]

    package init(sequence: Int, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first row.
    package static let origin = AuditAnchor(sequence: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// A row of the audit trail.
package struct AuditRecord: Sendable, Equatable {
    package let sequence: Int
    /// The hash of the row before.
    package let previous: [UInt8]
    /// The entry as JSON members; see `text`.
    package let columns: Columns
    package let hash: [UInt8]

    /// The entry as the store keeps it. Names are texts here, so that a row of a later version, or an edited one, can be read too.
    package struct Columns: Sendable, Equatable {
        package var fhirBase: String
        package var time: Int
        package var act: String
        package var outcome: String
        package var program: String
        package var unixUser: String?
        package var account: String?
        package var client: String?
        package var patient: String?
        package var grant: String?
        package var consent: String?
        package var request: String?
        package var address: String?
        /// A JSON object.
        package var details: String

        package init(
            fhirBase: String, time: Int, act: String, outcome: String, program: String, unixUser: String?,
            account: String?, client: String?, patient: String?, grant: String?, consent: String?, request: String?,
            address: String?, details: String
        ) {
            self.fhirBase = fhirBase
            self.time = time
            self.act = act
            self.outcome = outcome
            self.program = program
            self.unixUser = unixUser
            self.account = account
            self.client = client
            self.patient = patient
            self.grant = grant
            self.consent = consent
            self.request = request
            self.address = address
            self.details = details
        }
    }

    /// The next row of the chain.
    package init(_ entry: AuditEntry, after head: AuditAnchor) {
        sequence = head.sequence + 1
        previous = head.hash
        columns = Columns(entry)
        hash = Digest.sha256(Self.object(sequence, previous, columns).bytes)
    }

    /// A row that the store gave back, right or wrong.
    package init(sequence: Int, previous: [UInt8], columns: Columns, hash: [UInt8]) {
        self.sequence = sequence
        self.previous = previous
        self.columns = columns
        self.hash = hash
    }

    package var anchor: AuditAnchor { AuditAnchor(sequence: sequence, hash: hash) }

    /// The hash that this row should have if it stood at `sequence`.
    package func expectedHash(at sequence: Int) -> [UInt8] {
        Digest.sha256(Self.object(sequence, previous, columns).bytes)
    }

    /// The row as one line of JSON. Its hash is the SHA-256 of the line without the member `hash`, which comes last: anybody
    /// can recompute it from an export.
    package var line: [UInt8] {
        Self.object(sequence, previous, columns) { $0.member("hash", hash.hexadecimal) }.bytes
    }

    private static func object(
        _ sequence: Int, _ previous: [UInt8], _ columns: Columns, more: (inout JSONWriter) -> Void = { _ in }
    ) -> JSONWriter {
        var writer = JSONWriter()
        writer.object {
            $0.member("sequence", sequence)
            $0.member("previous", previous.hexadecimal)
            $0.member("fhir_base", columns.fhirBase)
            $0.member("time", columns.time)
            $0.member("event", columns.act)
            $0.member("outcome", columns.outcome)
            $0.member("program", columns.program)
            $0.member("unix_user", columns.unixUser)
            $0.member("account", columns.account)
            $0.member("client", columns.client)
            $0.member("patient", columns.patient)
            $0.member("grant", columns.grant)
            $0.member("consent", columns.consent)
            $0.member("request", columns.request)
            $0.member("address", columns.address)
            // As it is stored, byte for byte, and a text: what somebody wrote over it may be no JSON.
            $0.member("details", columns.details)
            more(&$0)
        }
        return writer
    }
}

extension AuditRecord.Columns {
    init(_ entry: AuditEntry) {
        let event = entry.event
        var details = JSONWriter(capacity: 64)
        details.object {
            for detail in event.details {
                switch detail.value {
                case .text(let text): $0.member(detail.name.rawValue, text)
                case .number(let number): $0.member(detail.name.rawValue, number)
                }
            }
        }
        self.init(
            fhirBase: entry.fhirBase, time: entry.time.seconds, act: event.act.rawValue,
            outcome: event.outcome.rawValue, program: entry.program, unixUser: entry.unixUser, account: event.account,
            client: event.client, patient: event.patient, grant: event.grant, consent: event.consent,
            request: entry.request, address: entry.address, details: String(decoding: details.bytes, as: UTF8.self))
    }
}
