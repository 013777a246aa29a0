extension Compartment {
    /// CompartmentDefinition/patient 4.0.1 (HL7, CC0), the elements from the R4 SearchParameters; the kinds of what lies
    /// outside the compartment are this house's choice.
    static let table: [String: Compartment] =
        outside(shared, .shared)
        .merging(outside(definitional, .definitional)) { row, _ in row }
        .merging(outside(denied, .denied)) { row, _ in row }
        .merging(inside) { row, _ in row }

    private static let inside: [String: Compartment] = [
        "Patient": Compartment(.root, parameter: "_id", paths: ["id"]),
        "Binary": Compartment(.binary, paths: ["securityContext"]),

        // Outside the compartment in R4, with a patient of their own.
        "Contract": .conditional(at: "subject", repeats: true),
        "Device": .conditional(at: "patient"),
        "GuidanceResponse": .conditional(at: "subject"),
        "Task": .conditional(at: "for"),

        // Members.
        "Account": .member(at: "subject", repeats: true),
        "AdverseEvent": .member(at: "subject", by: "subject"),
        "AllergyIntolerance": .member(at: "patient"),
        "Appointment": .member(.severalPatients, at: "participant.actor"),
        "AppointmentResponse": .member(at: "actor"),
        "AuditEvent": .member(.lists, at: "agent.who", "entity.what"),
        "Basic": .member(at: "subject"),
        "BodyStructure": .member(at: "patient"),
        "CarePlan": .member(at: "subject"),
        "CareTeam": .member(at: "subject"),
        "ChargeItem": .member(at: "subject"),
        "Claim": .member(at: "patient"),
        "ClaimResponse": .member(at: "patient"),
        "ClinicalImpression": .member(at: "subject"),
        "Communication": .member(at: "subject"),
        "CommunicationRequest": .member(at: "subject"),
        "Composition": .member(at: "subject"),
        "Condition": .member(at: "subject"),
        "Consent": .member(at: "patient"),
        "Coverage": .member(at: "beneficiary"),
        "CoverageEligibilityRequest": .member(at: "patient"),
        "CoverageEligibilityResponse": .member(at: "patient"),
        "DetectedIssue": .member(at: "patient"),
        "DeviceRequest": .member(at: "subject"),
        "DeviceUseStatement": .member(at: "subject"),
        "DiagnosticReport": .member(at: "subject"),
        "DocumentManifest": .member(at: "subject"),
        "DocumentReference": .member(at: "subject"),
        "Encounter": .member(at: "subject"),
        "EnrollmentRequest": .member(at: "candidate"),
        "EpisodeOfCare": .member(at: "patient"),
        "ExplanationOfBenefit": .member(at: "patient"),
        "FamilyMemberHistory": .member(at: "patient"),
        "Flag": .member(at: "subject"),
        "Goal": .member(at: "subject"),
        "Group": .member(.lists, at: "member.entity", by: "member"),
        "ImagingStudy": .member(at: "subject"),
        "Immunization": .member(at: "patient"),
        "ImmunizationEvaluation": .member(at: "patient"),
        "ImmunizationRecommendation": .member(at: "patient"),
        "Invoice": .member(at: "subject"),
        "List": .member(at: "subject"),
        "MeasureReport": .member(at: "subject"),
        "Media": .member(at: "subject"),
        "MedicationAdministration": .member(at: "subject"),
        "MedicationDispense": .member(at: "subject"),
        "MedicationRequest": .member(at: "subject"),
        "MedicationStatement": .member(at: "subject"),
        "MolecularSequence": .member(at: "patient"),
        "NutritionOrder": .member(at: "patient"),
        "Observation": .member(at: "subject"),
        "Person": .member(.lists, at: "link.target"),
        "Procedure": .member(at: "subject"),
        "Provenance": .member(.targets, at: "target"),
        "QuestionnaireResponse": .member(at: "subject"),
        "RelatedPerson": .member(at: "patient"),
        "RequestGroup": .member(at: "subject"),
        "ResearchSubject": .member(at: "individual"),
        "RiskAssessment": .member(at: "subject"),
        "Schedule": .member(.lists, at: "actor", by: "actor"),
        "ServiceRequest": .member(at: "subject"),
        "Specimen": .member(at: "subject"),
        "SupplyDelivery": .member(at: "patient"),
        "SupplyRequest": .member(at: "deliverTo", by: "subject"),
        "VisionPrescription": .member(at: "patient"),
    ]

    private static let shared = [
        "Endpoint", "HealthcareService", "InsurancePlan", "Location", "Medication", "MedicationKnowledge",
        "Organization", "OrganizationAffiliation", "Practitioner", "PractitionerRole", "Slot", "Substance",
    ]

    private static let definitional = [
        "ActivityDefinition", "CapabilityStatement", "CatalogEntry", "ChargeItemDefinition", "CodeSystem",
        "CompartmentDefinition", "ConceptMap", "DeviceDefinition", "EffectEvidenceSynthesis", "EventDefinition",
        "Evidence", "EvidenceVariable", "ExampleScenario", "GraphDefinition", "ImplementationGuide", "Library",
        "Measure", "MedicinalProduct", "MedicinalProductAuthorization", "MedicinalProductContraindication",
        "MedicinalProductIndication", "MedicinalProductIngredient", "MedicinalProductInteraction",
        "MedicinalProductManufactured", "MedicinalProductPackaged", "MedicinalProductPharmaceutical",
        "MedicinalProductUndesirableEffect", "MessageDefinition", "NamingSystem", "ObservationDefinition",
        "OperationDefinition", "PlanDefinition", "Questionnaire", "ResearchDefinition", "ResearchElementDefinition",
        "ResearchStudy", "RiskEvidenceSynthesis", "SearchParameter", "SpecimenDefinition", "StructureDefinition",
        "StructureMap", "SubstanceNucleicAcid", "SubstancePolymer", "SubstanceProtein",
        "SubstanceReferenceInformation", "SubstanceSourceMaterial", "SubstanceSpecification",
        "TerminologyCapabilities", "TestScript", "ValueSet",
    ]

    private static let denied = [
        "BiologicallyDerivedProduct", "Bundle", "DeviceMetric", "EnrollmentResponse", "Linkage", "MessageHeader",
        "OperationOutcome", "PaymentNotice", "PaymentReconciliation", "Subscription", "TestReport",
        "VerificationResult",
    ]

    private static func outside(_ types: [String], _ kind: Kind) -> [String: Compartment] {
        Dictionary(types.map { ($0, Compartment(kind)) }) { row, _ in row }
    }

    private static func member(
        _ naming: Naming = .onePatient, at paths: String..., by parameter: String = "patient", repeats: Bool = false
    ) -> Compartment {
        Compartment(.member, naming, parameter: parameter, paths: paths, repeats: repeats)
    }

    private static func conditional(at path: String, repeats: Bool = false) -> Compartment {
        Compartment(.conditional, parameter: "patient", paths: [path], repeats: repeats)
    }
}
