/// Everyday words for FHIR R4 resource types and for the categories that scopes narrow them to.
enum ResourceWords {
    /// "test results, vital signs and other measurements"; the spaced name of a type that has no words here.
    static func noun(_ type: String) -> String {
        nouns[type] ?? "\(spaced(type)) records"
    }

    /// The parameter whose values divide a type into kinds that people know.
    static func parameterOfKinds(_ type: String) -> String {
        type == "Encounter" ? "class" : "category"
    }

    /// "laboratory results", or `nil` for a code that is not well known or belongs to another system.
    static func kind(_ token: ScopeConstraint.Token, of type: String) -> String? {
        kinds[type]?.first { $0.code == token.code && (token.system == nil || token.system == $0.system) }?.words
    }

    /// "all other health problems": what is in none of the kinds that people choose among.
    static func others(_ type: String) -> String {
        switch type {
        case "Condition": "all other health problems"
        case "Observation": "all other results and measurements"
        default: "all other \(noun(type))"
        }
    }

    private static func spaced(_ type: String) -> String {
        var words = ""
        for character in type {
            if character.isUppercase, !words.isEmpty { words += " " }
            words += character.lowercased()
        }
        return words
    }

    static let nouns: [String: String] = [
        "Account": "billing accounts",
        "AdverseEvent": "harmful or unwanted events during care",
        "AllergyIntolerance": "allergies and intolerances",
        "Appointment": "appointments",
        "AppointmentResponse": "answers to appointments",
        "AuditEvent": "the log of who used the record",
        "Binary": "attached files",
        "BodyStructure": "descriptions of places on the body",
        "CarePlan": "care plans",
        "CareTeam": "care teams and their members",
        "ChargeItem": "charges for services",
        "Claim": "insurance claims",
        "ClaimResponse": "insurers’ answers to claims",
        "ClinicalImpression": "clinical assessments",
        "Communication": "messages about care",
        "CommunicationRequest": "requests to pass on messages",
        "Composition": "clinical summaries and letters",
        "Condition": "health problems and diagnoses",
        "Consent": "consents and privacy choices",
        "Coverage": "health insurance",
        "DetectedIssue": "safety warnings, such as medicines that do not go together",
        "Device": "implants and medical devices",
        "DeviceRequest": "orders for medical devices",
        "DeviceUseStatement": "use of medical devices",
        "DiagnosticReport": "reports of laboratory, imaging and other examinations",
        "DocumentReference": "documents and clinical notes",
        "Encounter": "visits and hospital stays",
        "EpisodeOfCare": "periods of care",
        "ExplanationOfBenefit": "insurance statements and payments",
        "FamilyMemberHistory": "health of family members",
        "Flag": "alerts, such as an infection risk",
        "Goal": "health goals",
        "Group": "groups of patients",
        "HealthcareService": "services that the hospital offers",
        "ImagingStudy": "X-rays, scans and other images",
        "Immunization": "vaccinations",
        "ImmunizationEvaluation": "checks of vaccine protection",
        "ImmunizationRecommendation": "recommended vaccinations",
        "List": "lists, such as of problems or medicines",
        "Location": "places of care",
        "Media": "photos, videos and recordings",
        "Medication": "descriptions of medicines",
        "MedicationAdministration": "medicines that were given",
        "MedicationDispense": "medicines handed out by a pharmacy",
        "MedicationRequest": "prescriptions and medicine orders",
        "MedicationStatement": "medicines taken, as reported",
        "MolecularSequence": "genetic sequences",
        "NutritionOrder": "diets and nutrition orders",
        "Observation": "test results, vital signs and other measurements",
        "Organization": "hospitals, practices and other organizations",
        "Patient": "name, birth date, contact and other personal details",
        "Person": "personal details that link several records",
        "Practitioner": "doctors, nurses and other staff",
        "PractitionerRole": "roles of staff and where they work",
        "Procedure": "operations, treatments and other procedures",
        "Provenance": "who recorded what, and when",
        "Questionnaire": "questionnaires and forms",
        "QuestionnaireResponse": "answers to questionnaires",
        "RelatedPerson": "relatives, carers and other contacts",
        "RiskAssessment": "assessments of health risks",
        "Schedule": "calendars for appointments",
        "ServiceRequest": "referrals and orders for tests or treatments",
        "Slot": "free times for appointments",
        "Specimen": "samples taken for tests",
        "Task": "tasks in care",
        "VisionPrescription": "prescriptions for glasses and contact lenses",
    ]

    struct Kind {
        let system: String
        let code: String
        let words: String
    }

    static let kinds: [String: [Kind]] = [
        "AllergyIntolerance": table(
            "http://hl7.org/fhir/allergy-intolerance-category",
            [
                "food": "food allergies", "medication": "medicine allergies",
                "environment": "allergies to the surroundings, such as pollen",
                "biologic": "allergies to vaccines and blood products",
            ]),
        "CarePlan": table(
            "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
            ["assess-plan": "assessments and plans of treatment"]),
        "Condition": table(
            "http://terminology.hl7.org/CodeSystem/condition-category",
            ["problem-list-item": "the problem list", "encounter-diagnosis": "diagnoses made at visits"])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/condition-category", ["health-concern": "health concerns"])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
                ["sdoh": "problems of living conditions, such as housing"]),
        "DiagnosticReport": table(
            "http://terminology.hl7.org/CodeSystem/v2-0074",
            ["LAB": "laboratory reports", "RAD": "radiology reports", "PAT": "pathology reports"])
            + table(
                "http://loinc.org",
                [
                    "LP29684-5": "radiology reports", "LP29708-2": "cardiology reports",
                    "LP7839-6": "pathology reports",
                ]),
        "DocumentReference": table(
            "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            ["clinical-note": "clinical notes"]),
        "Encounter": table(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            [
                "AMB": "outpatient visits", "EMER": "emergency visits", "HH": "home visits",
                "IMP": "hospital stays", "VR": "video and telephone visits",
            ]),
        "MedicationRequest": table(
            "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
            [
                "inpatient": "medicine orders during hospital stays",
                "outpatient": "prescriptions from outpatient visits",
                "community": "prescriptions for use at home", "discharge": "prescriptions on leaving the hospital",
            ]),
        "Observation": table(
            "http://terminology.hl7.org/CodeSystem/observation-category",
            [
                "activity": "physical activity", "exam": "findings of physical examinations",
                "imaging": "findings from images", "laboratory": "laboratory results",
                "procedure": "results of clinical tests, such as an ECG",
                "social-history": "social history, such as smoking",
                "survey": "answers to surveys and assessments", "therapy": "findings during therapy",
                "vital-signs": "vital signs, such as blood pressure and weight",
            ])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
                [
                    "sdoh": "living conditions, such as housing and food",
                    "functional-status": "abilities in daily life",
                    "disability-status": "disabilities", "cognitive-status": "memory and thinking",
                    "clinical-test": "results of clinical tests, such as an ECG",
                    "treatment-intervention-preference": "wishes about treatment",
                    "care-experience-preference": "wishes about care",
                ]),
        "ServiceRequest": table(
            "http://snomed.info/sct",
            [
                "108252007": "orders for laboratory tests", "363679005": "orders for imaging",
                "387713003": "orders for operations", "409063005": "referrals for counseling",
                "409073007": "referrals for education",
            ]),
    ]

    private static func table(_ system: String, _ words: [String: String]) -> [Kind] {
        words.map { Kind(system: system, code: $0.key, words: $0.value) }
    }
}
