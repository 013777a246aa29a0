import HTTP

/// What the pages show of a visit or stay: enough to tell it from the patient's others.
package struct EncounterSummary: Sendable, Equatable {
    /// The id of the Encounter resource; in forms, never shown.
    package let id: String
    /// The code of Encounter.status.
    package let status: String
    /// The code of Encounter.class (HL7 v3-ActCode), or the site's own.
    package let classCode: String?
    /// The site's words for the class, for a code that is not well known.
    package let classWords: String?
    /// What it was for, as the site says it: "Follow-up".
    package let type: String?
    /// FHIR dateTimes of any precision.
    package let start: String?
    package let end: String?
    package let place: String?
    package let provider: String?

    package init(
        id: String, status: String, classCode: String? = nil, classWords: String? = nil, type: String? = nil,
        start: String? = nil, end: String? = nil, place: String? = nil, provider: String? = nil
    ) {
        self.id = id
        self.status = status
        self.classCode = classCode
        self.classWords = classWords
        self.type = type
        self.start = start
        self.end = end
        self.place = place
        self.provider = provider
    }

    /// Whether the patient is there now.
    package var isGoingOn: Bool { ["arrived", "triaged", "in-progress", "onleave"].contains(status) }

    /// Whether it can be what an app is opened for: neither called off nor written by mistake.
    package var isChoosable: Bool { !["cancelled", "entered-in-error"].contains(status) }
}

extension [EncounterSummary] {
    /// What goes on now comes first, then the most recent; what has no date comes last.
    package var inOrder: [EncounterSummary] {
        enumerated().sorted { one, other in
            if one.element.isGoingOn != other.element.isGoingOn { return one.element.isGoingOn }
            let first = one.element.started ?? .min
            let second = other.element.started ?? .min
            return first == second ? one.offset < other.offset : first > second
        }.map(\.element)
    }
}

extension EncounterSummary {
    fileprivate var started: Int? { start.flatMap { RecordedTime($0) }?.secondsSince1970 }

    func particulars(in language: Language) -> HTML {
        """
        <dl class="particulars">
        <div><dt>\(Self.whenTerm(language))</dt><dd>\(when(in: language))</dd></div>
        <div><dt>\(Self.whereTerm(language))</dt><dd>\(placeWords(in: language))</dd></div>
        <div><dt>\(Self.statusTerm(language))</dt><dd>\(statusWords(in: language))</dd></div>
        </dl>
        """
    }
}
