import OAuth

/// That something of a record was given to an app: what the accounting of disclosures counts.
package struct Disclosure: Sendable, Hashable {
    package enum Interaction: String, Sendable, CaseIterable {
        case read
        case search
        case history
        /// `$everything` and its like, batches and transactions.
        case operation
        case export
    }

    package let grant: String
    package let client: String
    /// `nil` for a backend service.
    package let account: String?
    /// `nil` for many patients, for nobody's resources, and where nobody knows.
    package let patient: String?
    /// `nil` for several types, and where nobody knows.
    package let resourceType: String?
    package let interaction: Interaction

    package init(
        grant: String, client: String, account: String?, patient: String?, resourceType: String?,
        interaction: Interaction
    ) {
        self.grant = grant
        self.client = client
        self.account = account
        self.patient = patient
        self.resourceType = resourceType
        self.interaction = interaction
    }
}

/// How often on one day, first and last.
package struct DisclosureCount: Sendable, Equatable {
    package let disclosure: Disclosure
    package let reads: Int
    package let first: Instant
    package let last: Instant

    /// Days of 86400 seconds since 1970.
    package var day: Int { first.seconds / 86_400 }

    package init(_ disclosure: Disclosure, reads: Int, first: Instant, last: Instant) {
        self.disclosure = disclosure
        self.reads = reads
        self.first = first
        self.last = last
    }
}

/// A count, with the names of who read.
package struct NamedDisclosure: Sendable {
    package let count: DisclosureCount
    /// `nil` where the app, or the person, is not there any more.
    package let clientName: String?
    package let personName: String?

    package init(count: DisclosureCount, clientName: String?, personName: String?) {
        self.count = count
        self.clientName = clientName
        self.personName = personName
    }
}

/// An act on a patient's record, with the names of who did it.
package struct RecordAct: Sendable {
    package let act: AuditAct
    package let time: Instant
    package let clientName: String?
    package let personName: String?
    /// What the person said was the reason, where the act demands one.
    package let statement: String?
    /// Whether staff did it, for the person whose name it bears.
    package let isByStaff: Bool
    /// When what was ended had begun.
    package let since: Instant?
    /// When it ended, or will at the latest.
    package let until: Instant?

    package init(
        act: AuditAct, time: Instant, clientName: String?, personName: String?, statement: String? = nil,
        isByStaff: Bool = false, since: Instant? = nil, until: Instant? = nil
    ) {
        self.statement = statement
        self.isByStaff = isByStaff
        self.since = since
        self.until = until
        self.act = act
        self.time = time
        self.clientName = clientName
        self.personName = personName
    }
}

package struct ReadCount: Sendable, Equatable {
    package let reads: Int
    package let last: Instant

    package init(reads: Int, last: Instant) {
        self.reads = reads
        self.last = last
    }
}

/// Takes down what was given out, in no time: it is stored a little later, together with much else.
package protocol DisclosureBook: Sendable {
    func note(_ disclosure: Disclosure, at now: Instant)
}

/// What apps read, counted.
package protocol DisclosureStore {
    /// Adds to the counts, all or nothing.
    func add(_ counts: [DisclosureCount]) throws(StoreError)
}

/// What a patient may know of the own record, and anybody of the own apps.
package protocol AccountingStore {
    /// What was read under each grant of a person, by grant.
    func reads(underGrantsOf account: String) throws(StoreError) -> [String: ReadCount]

    /// Who read what of a patient's record, the latest first.
    func disclosures(of patient: String, since: Instant) throws(StoreError) -> [NamedDisclosure]

    /// The patients whose records a person opened an app for, the latest first.
    func recentPatients(of account: String, limit: Int) throws(StoreError) -> [String]

    /// Who was let in or shut out, and who broke the glass, the latest first.
    func acts(on patient: String, since: Instant) throws(StoreError) -> [RecordAct]
}
