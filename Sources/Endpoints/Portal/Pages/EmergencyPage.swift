import HTTP

/// A record that is open to a person by an emergency.
package struct OpenEmergency: Sendable {
    package let patient: PatientSummary
    package let secondsLeft: Int

    package init(patient: PatientSummary, secondsLeft: Int) {
        self.patient = patient
        self.secondsLeft = secondsLeft
    }
}

/// Opening a record in an emergency. It names nobody: who is not allowed to see a patient brings the record number.
package struct EmergencyPage: SpokenPage {
    package enum Notice: Sendable, Equatable {
        case noSuchPatient
        case reasonMissing
        case unavailable
        case formExpired
    }

    package let site: Site
    package let visitor: Visitor
    /// The authorization that asked which patient.
    package let interaction: String?
    package let number: String
    package let reason: String
    /// In seconds.
    package let lengths: [Int]
    package let notice: Notice?

    package init(
        site: Site, visitor: Visitor, interaction: String?, number: String, reason: String, lengths: [Int],
        notice: Notice?
    ) {
        self.site = site
        self.visitor = visitor
        self.interaction = interaction
        self.number = number
        self.reason = reason
        self.lengths = lengths
        self.notice = notice
    }

    package static let path = "/portal/emergency"
    package static let endPath = "/portal/emergency/end"

    package func render() -> HTML {
        PageFrame(
            site: site, visitor: visitor, interaction: interaction, title: emergencyTitle, hasProblem: notice != nil
        ).render(
            """
            \(notice.map(markup))
            <h1>\(emergencyTitle)</h1>
            <p class="caution">\(warning)</p>
            <div class="card">
            <form method="post" action="\(Self.path)">
            \(.hidden("csrf", visitor.csrf))\(interaction.map { .hidden("interaction", $0) })
            <div class="field">
            <label for="number">\(numberLabel)</label>
            <p class="hint" id="number-hint">\(numberHint)</p>
            <input id="number" name="number" type="text" value="\(number)" autocomplete="off" spellcheck="false" \
            aria-describedby="number-hint" required\(" aria-invalid=\"true\"", if: notice == .noSuchPatient)>
            </div>
            \(.reasonField(reasonLabel, hint: reasonHint, reason, isMissing: notice == .reasonMissing))
            <div class="answers">
            \(lengths.map { seconds -> HTML in
                "<button name=\"seconds\" value=\"\(String(seconds))\">\(open(for: seconds))</button>\n"
            })
            </div>
            </form>
            </div>
            <p><a href="\(backAddress)">\(back)</a></p>
            """)
    }

    private var backAddress: String {
        interaction.map { "/portal/patient?\(Form([("interaction", $0)]).encoded)" } ?? "/portal"
    }
}

extension SpokenPage {
    /// The way there, for who may: apart from everything else, after a denial.
    func emergencyDoor(interaction: String? = nil) -> HTML {
        let address = interaction.map { "?\(Form([("interaction", $0)]).encoded)" } ?? ""
        return """
            <section aria-labelledby="emergency">
            <h2 id="emergency">\(emergencyDoorTitle)</h2>
            <p>\(emergencyDoorWords)</p>
            <p><a class="button quiet" href="\(EmergencyPage.path)\(address)">\(emergencyTitle)</a></p>
            </section>
            """
    }
}
