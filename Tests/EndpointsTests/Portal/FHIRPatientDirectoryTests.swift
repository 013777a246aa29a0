import HTTPClient
import SMART
import Synchronization
import Testing

@testable import Endpoints

@Suite("The directory of a FHIR server")
struct FHIRPatientDirectoryTests {
    /// A FHIR server that gives its answers in their order and notes what it was asked.
    private final class Server: FHIRRelay {
        private let answers: Mutex<[(status: Int, body: String)]>
        private let heard = Mutex<[String]>([])

        init(_ answers: (status: Int, body: String)...) {
            self.answers = Mutex(answers)
        }

        var targets: [String] { heard.withLock { $0 } }

        func send(_ request: OutboundRequest) throws(HTTPClientError) -> InboundAnswer {
            heard.withLock { $0.append(request.target) }
            let next = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let next else { throw .unreachable }
            return InboundAnswer(status: next.status, fields: [], body: Array(next.body.utf8))
        }
    }

    private func bundle(_ resources: [String], hasMore: Bool = false) -> (status: Int, body: String) {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let link = hasMore ? #","link":[{"relation":"self","url":"/"},{"relation":"next","url":"/x"}]"# : ""
        return (200, #"{"resourceType":"Bundle","entry":[\#(entries)]\#(link)}"#)
    }

    private func encounter(
        _ id: String, _ status: String = "finished", start: String = "2026-01-01", patient: String = "Patient/p1",
        more: String = ""
    ) -> String {
        """
        {"resourceType":"Encounter","id":"\(id)","status":"\(status)","subject":{"reference":"\(patient)"},\
        "period":{"start":"\(start)"}\(more)}
        """
    }

    @Test("the encounters of a patient are asked for with the most recent first, and read in words")
    func reading() throws {
        let server = Server(
            bundle([
                encounter(
                    "e1", start: "2026-01-01T10:00:00Z",
                    more: """
                        ,"class":{"code":"AMB","display":"ambulatory"},"type":[{"coding":[{"code":"1"}]},\
                        {"coding":[{"display":"Check-up"}]}],"location":[{"location":{"display":"Room 1"},\
                        "status":"active"},{"location":{"display":"Room 2"},"status":"planned"}],\
                        "serviceProvider":{"display":"Rowan Bay"}
                        """)
            ]))
        let found = try FHIRPatientDirectory(server).encounters(of: "p1", limit: 20)
        #expect(server.targets == ["/Encounter?patient=Patient%2Fp1&_sort=-date&_count=100"])
        #expect(
            found.encounters == [
                EncounterSummary(
                    id: "e1", status: "finished", classCode: "AMB", classWords: "ambulatory", type: "Check-up",
                    start: "2026-01-01T10:00:00Z", place: "Room 1", provider: "Rowan Bay")
            ])
        #expect(!found.isCut)
    }

    @Test("a server that ignores order, patient and count is put right")
    func unruly() throws {
        let others = ["Patient/p2", "https://x.example/XPatient/p1", "NotPatient/p1", ""].enumerated().map {
            encounter("other\($0)", patient: $1)
        }
        let server = Server(
            bundle(
                [encounter("old", start: "2020"), #"{"resourceType":"OperationOutcome"}"#] + others + [
                    encounter("new", start: "2026-05", patient: "https://x.example/fhir/Patient/p1"),
                    encounter("now", "in-progress", start: "2019"), encounter("off", "cancelled", start: "2026-06"),
                    encounter("wrong", "entered-in-error"), encounter("a/b"), encounter("new", start: "2026-05"),
                ]))
        let found = try FHIRPatientDirectory(server).encounters(of: "p1", limit: 2)
        #expect(found.encounters.map(\.id) == ["now", "new"] && found.isCut)
    }

    @Test("where the server keeps some back, what goes on now is asked for by itself")
    func long() throws {
        let server = Server(
            bundle([encounter("a", start: "2026-01")], hasMore: true),
            bundle([encounter("now", "in-progress", start: "2010")]))
        let found = try FHIRPatientDirectory(server).encounters(of: "p1", limit: 20)
        #expect(found.encounters.map(\.id) == ["now", "a"] && found.isCut)
        #expect(server.targets.last == "/Encounter?patient=Patient%2Fp1&status=in-progress&_count=20")
    }

    @Test("a server without encounters has none; one that fails is said to fail")
    func absent() throws {
        #expect(try FHIRPatientDirectory(Server((404, "{}"))).encounters(of: "p1", limit: 20).encounters.isEmpty)
        #expect(try FHIRPatientDirectory(Server((404, "{}"))).currentEncounter(of: "p1") == nil)
        for server in [
            Server((500, "{}")), Server((200, "x")), Server((200, #"{"resourceType":"Patient"}"#)), Server(),
        ] {
            #expect(throws: PatientDirectoryError.self) {
                try FHIRPatientDirectory(server).encounters(of: "p1", limit: 20)
            }
        }
        let server = Server()
        #expect(try FHIRPatientDirectory(server).encounters(of: "p/1?x", limit: 20).encounters.isEmpty)
        #expect(server.targets.isEmpty)
    }

    @Test("the current encounter is the only one that goes on")
    func current() throws {
        let one = bundle([
            encounter("e1", "in-progress"), encounter("e2"), encounter("e3", "in-progress", patient: "Patient/p2"),
        ])
        #expect(try FHIRPatientDirectory(Server(one)).currentEncounter(of: "p1") == "e1")
        let two = bundle([encounter("e1", "in-progress"), encounter("e2", "in-progress")])
        #expect(try FHIRPatientDirectory(Server(two)).currentEncounter(of: "p1") == nil)
    }

    @Test("what a search for patients brings is checked against the person's rights, whatever the server heard")
    func patients() throws {
        let answer = bundle([
            #"{"resourceType":"Patient","id":"p1","name":[{"family":"Shaw","given":["Amy"]}]}"#,
            #"{"resourceType":"Patient","id":"p2"}"#, #"{"resourceType":"Observation","id":"p1"}"#,
        ])
        let server = Server(answer, answer)
        let directory = FHIRPatientDirectory(server)
        let few = try directory.patients(matching: "Shaw, A", within: .patients(["p1"]), limit: 20)
        #expect(few?.patients.map(\.name) == ["Amy Shaw"] && few?.isCut == false)
        #expect(server.targets == ["/Patient?name=Shaw&name=A&_id=p1&_count=21"])
        let all = try directory.patients(matching: "1961-03-04", within: .all, limit: 1)
        #expect(all?.patients.map(\.id) == ["p1"] && all?.isCut == true)
        #expect(server.targets.last == "/Patient?birthdate=1961-03-04&_count=2")
        #expect(try directory.patients(matching: "x", within: .all, limit: 1) == nil)
    }
}
