import HTTP

/// Who an app or a person was to a record, and what was given to them.
package struct RecordReader: Sendable {
    package let appName: String
    /// Who used the app; `nil` for an app that works by itself.
    package let personName: String?
    package let isOwnUse: Bool
    /// In everyday words, the most read first.
    package let kinds: [Kind]
    package let first: CalendarDate
    package let last: CalendarDate

    package struct Kind: Sendable {
        package let words: String
        package let times: Int

        package init(words: String, times: Int) {
            self.words = words
            self.times = times
        }
    }

    package init(
        appName: String, personName: String?, isOwnUse: Bool, kinds: [Kind], first: CalendarDate, last: CalendarDate
    ) {
        self.appName = appName
        self.personName = personName
        self.isOwnUse = isOwnUse
        self.kinds = kinds
        self.first = first
        self.last = last
    }
}

/// A decision about a record, or an access past one.
package struct RecordEvent: Sendable {
    package let date: CalendarDate
    package let words: String
    /// Somebody looked although access was not allowed, in an emergency.
    package let isEmergency: Bool

    package init(date: CalendarDate, words: String, isEmergency: Bool) {
        self.date = date
        self.words = words
        self.isEmergency = isEmergency
    }
}

/// The accounting of disclosures of the own record: who read what, how often, when.
package struct ActivityPage: SpokenPage {
    package let site: Site
    package let visitor: Visitor
    /// `nil` for a person whose account is not a patient's.
    package let activity: Activity?

    package struct Activity: Sendable {
        package let since: CalendarDate
        package let readers: [RecordReader]
        package let events: [RecordEvent]

        package init(since: CalendarDate, readers: [RecordReader], events: [RecordEvent]) {
            self.since = since
            self.readers = readers
            self.events = events
        }
    }

    package static let path = "/portal/activity"

    package init(site: Site, visitor: Visitor, activity: Activity?) {
        self.site = site
        self.visitor = visitor
        self.activity = activity
    }

    package func render() -> HTML {
        PageFrame(site: site, visitor: visitor, title: activityTitle).render(
            """
            <h1>\(activityTitle)</h1>
            \(activity.map(content) ?? noRecord)
            <p><a href="/portal">\(backToStart)</a></p>
            """)
    }
}

extension ActivityPage {
    private var noRecord: HTML {
        """
        <div class="card">
        <h2>\(noRecordTitle)</h2>
        <p>\(noRecordWords)</p>
        </div>
        """
    }

    private func content(_ activity: Activity) -> HTML {
        """
        <p class="lead">\(lead(since: activity.since.words(in: language)))</p>
        \(emergencies(activity.events.filter(\.isEmergency)))
        \(readers(activity.readers))
        \(decisions(activity.events.filter { !$0.isEmergency }))
        <p class="aside">\(notHere)</p>
        """
    }

    private func emergencies(_ events: [RecordEvent]) -> HTML? {
        guard !events.isEmpty else { return nil }
        return """
            <section aria-labelledby="emergencies">
            <h2 id="emergencies">\(emergencyTitle)</h2>
            <ul class="plain apps">
            \(events.map { event -> HTML in
                "<li class=\"card\"><p>\(event.date.words(in: language)): \(event.words)</p></li>\n"
            })
            </ul>
            </section>
            """
    }

    private func readers(_ readers: [RecordReader]) -> HTML {
        guard !readers.isEmpty else {
            return """
                <div class="card">
                <h2>\(nobodyTitle)</h2>
                <p>\(nobodyWords)</p>
                </div>
                """
        }
        return """
            <section aria-labelledby="readers">
            <h2 id="readers">\(readersTitle)</h2>
            <ul class="plain apps">
            \(readers.map(entry))
            </ul>
            </section>
            """
    }

    private func entry(_ reader: RecordReader) -> HTML {
        """
        <li class="card">
        <h3><bdi>\(reader.appName)</bdi></h3>
        <dl class="particulars">
        <div><dt>\(usedByTerm)</dt><dd>\(user(reader))</dd></div>
        <div><dt>\(firstReadTerm)</dt><dd>\(reader.first.words(in: language))</dd></div>
        <div><dt>\(lastReadTerm)</dt><dd>\(reader.last.words(in: language))</dd></div>
        </dl>
        <details>
        <summary>\(whatItWasGiven(reader.appName))</summary>
        <ul>\(reader.kinds.map { kind -> HTML in "<li>\(kind.words): \(times(kind.times))</li>" })</ul>
        </details>
        </li>

        """
    }

    private func user(_ reader: RecordReader) -> HTML {
        if reader.isOwnUse { return you }
        return reader.personName.map { "<bdi>\($0)</bdi>" } ?? byItself
    }

    private func decisions(_ events: [RecordEvent]) -> HTML? {
        guard !events.isEmpty else { return nil }
        return """
            <section aria-labelledby="decisions">
            <h2 id="decisions">\(decisionsTitle)</h2>
            <details>
            <summary>\(decisionsSummary)</summary>
            <ul>\(events.map { event -> HTML in "<li>\(event.date.words(in: language)): \(event.words)</li>" })</ul>
            </details>
            </section>
            """
    }
}
