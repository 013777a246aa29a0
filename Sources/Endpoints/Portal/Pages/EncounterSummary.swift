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

    /// "Outpatient visit: Follow-up"
    package var title: String { type.map { "\(kind): \($0)" } ?? kind }

    private var kind: String {
        switch classCode {
        case "AMB": "Outpatient visit"
        case "EMER": "Emergency visit"
        case "FLD": "Visit outside the hospital"
        case "HH": "Home visit"
        case "IMP", "ACUTE", "NONAC": "Hospital stay"
        case "OBSENC": "Stay for observation"
        case "PRENC": "Visit before a stay"
        case "SS": "Short stay"
        case "VR": "Video or telephone visit"
        default: classWords ?? "Visit"
        }
    }

    /// "4 Mar 2026, 10:30 to 11:00"; a text that is no moment stands as it is.
    package var when: String {
        let first = start.map { RecordedTime($0)?.words ?? $0 }
        let last = end.map { end -> String in
            guard let moment = RecordedTime(end) else { return end }
            // On the same day, the time says it.
            let isSameDay = moment.date == start.flatMap { RecordedTime($0) }?.date
            return isSameDay ? moment.time ?? moment.words : moment.words
        }
        switch (first, last) {
        case (nil, nil): return "Not recorded"
        case (let first?, nil): return isGoingOn ? "Since \(first)" : first
        case (nil, let last?): return "Until \(last)"
        case (let first?, let last?): return first == last ? first : "\(first) to \(last)"
        }
    }

    package var placeWords: String {
        let words = [place, provider].compactMap { $0 }
        return words.isEmpty ? "Not recorded" : words.joined(separator: ", ")
    }

    package var statusWords: String {
        switch status {
        case "planned": "Planned"
        case "arrived": "Patient has arrived"
        case "triaged": "Waiting to be seen"
        case "in-progress": "Going on now"
        case "onleave": "On leave"
        case "finished": "Finished"
        case "cancelled": "Cancelled"
        case "entered-in-error": "Entered by mistake"
        default: "Not known"
        }
    }

    /// Which visit this is, for a button that has to stand by itself.
    var distinction: String { "\(title), \(when), \(placeWords)" }

    var particulars: HTML {
        """
        <dl class="particulars">
        <div><dt>When</dt><dd>\(when)</dd></div>
        <div><dt>Where</dt><dd>\(placeWords)</dd></div>
        <div><dt>Status</dt><dd>\(statusWords)</dd></div>
        </dl>
        """
    }
}
