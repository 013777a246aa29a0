import JSON
import OAuth
import Testing

@Suite("What an audit export holds")
struct AuditExportTests {
    private func record(_ event: AuditEvent, unixUser: String? = nil, address: String? = "192.0.2.1") -> AuditRecord {
        AuditRecord(
            AuditEntry(
                fhirBase: "https://h.example/fhir", time: Instant(1_800_000_000), event: event,
                program: "vestibule-portal",
                unixUser: unixUser, request: "0123456789abcdef", address: address), after: .origin)
    }

    private func resource(_ record: AuditRecord) throws -> JSONValue { try JSONDocument(record.auditEvent).root }

    @Test("a decision by consent has the agents and entities of IHE BALP's AuthZconsent")
    func consent() throws {
        let event = AuditEvent(.codeIssue, account: "a", client: "app", patient: "p1", grant: "g", consent: "c1")
        let found = try resource(record(event))
        #expect(
            found["meta"]?["profile"]?.elements.compactMap(\.string)
                == ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent"])
        #expect(found["type"]?["code"]?.string == "110113" && found["action"]?.string == "E")
        #expect(found["subtype"]?.elements.compactMap { $0["code"]?.string } == ["AuthZ-Consent"])
        #expect(found["recorded"]?.string == "2027-01-15T08:00:00Z" && found["outcome"]?.string == "0")
        let agents = found["agent"]?.elements.compactMap {
            $0["type"]?["coding"]?.elements.first { _ in true }?["code"]?.string
        }
        #expect(agents == ["authserver", "110150", "IRCP", "PROV"])
        #expect(found["agent"]?.elements.compactMap { $0["network"]?["address"]?.string } == ["192.0.2.1"])
        let entities = found["entity"]?.elements.compactMap { $0["type"]?["code"]?.string }
        #expect(entities == ["1", "Consent", "UserOauthAgent"])
        #expect(found["entity"]?.elements.first { _ in true }?["what"]?["reference"]?.string == "Patient/p1")
        // What the profile wants and nobody knows is not claimed.
        let partial = try resource(
            record(AuditEvent(.codeIssue, account: "a", client: "app", patient: "p1", grant: "g")))
        #expect(partial["meta"] == nil)
    }

    @Test("every event is a whole AuditEvent", arguments: AuditAct.allCases)
    func every(_ act: AuditAct) throws {
        for outcome in AuditEvent.Outcome.allCases {
            let found = try resource(record(AuditEvent(act, outcome, client: "app"), unixUser: "root"))
            #expect(found["resourceType"]?.string == "AuditEvent")
            #expect(found["agent"]?.elements.contains { $0["requestor"] != nil } == true)
            #expect(found["source"]?["observer"]?["identifier"]?["value"]?.string == "https://h.example/fhir")
            #expect(found["subtype"]?.elements.contains { $0["code"]?.string == act.rawValue } == true)
            #expect((found["outcome"]?.string == "0") == (outcome == .success))
        }
    }

    @Test("no cell of a table is a formula or breaks its line (RFC 4180 §2)")
    func csv() {
        for begin in ["=", "+", "-", "@", "\t", "\r", "\u{FF1D}"] {
            let line = record(AuditEvent(.clientAdd, client: "\(begin)cmd|' /C calc'!A0\"\n;\u{1B}[31m")).csv
            #expect(line.contains("\"'\(begin == "\t" || begin == "\r" ? "\u{FFFD}" : begin)cmd|' /C calc'!A0\"\""))
            #expect(!line.dropLast(1).contains("\n") && !line.contains("\u{1B}"))
            #expect(line.hasSuffix("\r\n"))
        }
        let columns = AuditRecord.csvHeader.split(separator: ",").count
        #expect(
            record(AuditEvent(.signIn)).csv.split(separator: "\",\"", omittingEmptySubsequences: false).count == columns
        )
    }

    @Test("moments are written and read in UTC (RFC 3339 §5.6)")
    func timestamps() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"), (951_827_696, "2000-02-29T12:34:56Z"), (1_800_000_000, "2027-01-15T08:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            #expect(Instant(seconds).timestamp == text)
            #expect(Instant(timestamp: text) == Instant(seconds))
        }
        #expect(Instant(timestamp: "2027-01-15") == Instant(1_799_971_200))
        for text in [
            "", "2027", "2027-02-30", "2027-13-01", "2027-01-15T24:00:00Z", "2027-01-15 08:00:00Z",
            "2027-01-15T08:00:00+", "01/15/2027",
        ] {
            #expect(Instant(timestamp: text) == nil)
        }
    }
}
