import SMART
import Testing

@Suite("CompartmentDefinition/patient 4.0.1")
struct CompartmentTests {
    @Test("R4's types are known, others are not")
    func types() {
        for type in ["Patient", "Observation", "Binary", "ValueSet", "Bundle", "MedicinalProduct"] {
            #expect(ResourceType.isKnown(type))
        }
        for type in ["Parameters", "Resource", "DomainResource", "patient", "", "Observations", "Citation"] {
            #expect(!ResourceType.isKnown(type))
        }
    }

    @Test("each class has its types")
    func kinds() throws {
        #expect(Compartment.of("Patient")?.kind == .root)
        #expect(Compartment.of("Observation")?.kind == .member)
        #expect(Compartment.of("Task")?.kind == .conditional)
        #expect(Compartment.of("Practitioner")?.kind == .shared)
        #expect(Compartment.of("Questionnaire")?.kind == .definitional)
        #expect(Compartment.of("Binary")?.kind == .binary)
        #expect(Compartment.of("Subscription")?.kind == .denied)
    }

    @Test("narrowing goes by the parameter whose elements are the patient's")
    func parameters() throws {
        #expect(Compartment.of("Patient")?.parameter == "_id")
        #expect(Compartment.of("Observation")?.parameter == "patient")
        #expect(Compartment.of("AdverseEvent")?.parameter == "subject")
        #expect(Compartment.of("SupplyRequest")?.parameter == "subject")
        #expect(Compartment.of("SupplyRequest")?.paths == [["deliverTo"]])
        #expect(Compartment.of("Appointment")?.paths == [["participant", "actor"]])
        #expect(Compartment.of("Organization")?.parameter == nil)
    }

    @Test(
        "lists of patients, raw content and administration are closed to tokens of some patients",
        arguments: ["Group", "Person", "Schedule", "AuditEvent", "Binary", "Bundle", "Subscription", "Linkage"])
    func closed(_ type: String) {
        #expect(Compartment.of(type)?.isClosed == true)
    }
}
