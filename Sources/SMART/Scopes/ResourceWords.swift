import HTTP

/// Everyday words for FHIR R4 resource types and for the categories that scopes narrow them to.
enum ResourceWords {
    /// "test results, vital signs and other measurements"; the spaced name of a type that has no words here.
    static func noun(_ type: String, in language: Language = .english) -> String {
        nouns[type]?[language]
            ?? language.say(
                en: "\(spaced(type)) records", es: "registros del tipo \(type)", de: "Einträge der Art \(type)")
    }

    /// The parameter whose values divide a type into kinds that people know.
    static func parameterOfKinds(_ type: String) -> String {
        type == "Encounter" ? "class" : "category"
    }

    /// "laboratory results", or `nil` for a code that is not well known or belongs to another system.
    static func kind(
        _ token: ScopeConstraint.Token, of type: String, in language: Language = .english
    ) -> String? {
        kinds[type]?.first { $0.code == token.code && (token.system == nil || token.system == $0.system) }?.words[
            language]
    }

    /// "all other health problems": what is in none of the kinds that people choose among.
    static func others(_ type: String, in language: Language = .english) -> String {
        switch type {
        case "Condition":
            language.say(
                en: "all other health problems", es: "todos los demás problemas de salud",
                de: "alle anderen Beschwerden und Diagnosen")
        case "Observation":
            language.say(
                en: "all other results and measurements", es: "todos los demás resultados y mediciones",
                de: "alle anderen Ergebnisse und Messungen")
        default:
            language.say(
                en: "all other \(noun(type))", es: "todo lo demás: \(noun(type, in: .spanish))",
                de: "alles andere: \(noun(type, in: .german))")
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

    static let nouns: [String: Wording] = [
        "Account": Wording(
            "billing accounts", es: "cuentas de facturación",
            de: "Abrechnungskonten"),
        "AdverseEvent": Wording(
            "harmful or unwanted events during care", es: "incidentes perjudiciales o no deseados durante la atención",
            de: "schädliche oder unerwünschte Ereignisse bei der Behandlung"),
        "AllergyIntolerance": Wording(
            "allergies and intolerances", es: "alergias e intolerancias",
            de: "Allergien und Unverträglichkeiten"),
        "Appointment": Wording(
            "appointments", es: "citas",
            de: "Termine"),
        "AppointmentResponse": Wording(
            "answers to appointments", es: "respuestas a citas",
            de: "Antworten auf Termine"),
        "AuditEvent": Wording(
            "the log of who used the record", es: "el registro de quién ha usado la historia clínica",
            de: "das Protokoll, wer die Akte genutzt hat"),
        "Binary": Wording(
            "attached files", es: "archivos adjuntos",
            de: "angehängte Dateien"),
        "BodyStructure": Wording(
            "descriptions of places on the body", es: "descripciones de zonas del cuerpo",
            de: "Beschreibungen von Körperstellen"),
        "CarePlan": Wording(
            "care plans", es: "planes de cuidados",
            de: "Behandlungspläne"),
        "CareTeam": Wording(
            "care teams and their members", es: "equipos de atención y sus miembros",
            de: "Behandlungsteams und ihre Mitglieder"),
        "ChargeItem": Wording(
            "charges for services", es: "cargos por servicios",
            de: "berechnete Leistungen"),
        "Claim": Wording(
            "insurance claims", es: "solicitudes de reembolso al seguro",
            de: "Anträge an die Versicherung"),
        "ClaimResponse": Wording(
            "insurers’ answers to claims", es: "respuestas del seguro a las solicitudes de reembolso",
            de: "Antworten der Versicherung auf Anträge"),
        "ClinicalImpression": Wording(
            "clinical assessments", es: "valoraciones clínicas",
            de: "ärztliche Einschätzungen"),
        "Communication": Wording(
            "messages about care", es: "mensajes sobre la atención",
            de: "Nachrichten zur Behandlung"),
        "CommunicationRequest": Wording(
            "requests to pass on messages", es: "peticiones de transmitir mensajes",
            de: "Bitten um Weitergabe von Nachrichten"),
        "Composition": Wording(
            "clinical summaries and letters", es: "informes y cartas clínicas",
            de: "Arztbriefe und Zusammenfassungen"),
        "Condition": Wording(
            "health problems and diagnoses", es: "problemas de salud y diagnósticos",
            de: "Beschwerden und Diagnosen"),
        "Consent": Wording(
            "consents and privacy choices", es: "consentimientos y decisiones sobre privacidad",
            de: "Einwilligungen und Entscheidungen zum Datenschutz"),
        "Coverage": Wording(
            "health insurance", es: "seguro médico",
            de: "Krankenversicherung"),
        "DetectedIssue": Wording(
            "safety warnings, such as medicines that do not go together",
            es: "avisos de seguridad, como medicamentos que no se deben combinar",
            de: "Sicherheitshinweise, etwa zu Medikamenten, die nicht zusammenpassen"),
        "Device": Wording(
            "implants and medical devices", es: "implantes y productos sanitarios",
            de: "Implantate und medizinische Geräte"),
        "DeviceRequest": Wording(
            "orders for medical devices", es: "pedidos de productos sanitarios",
            de: "Verordnungen medizinischer Geräte"),
        "DeviceUseStatement": Wording(
            "use of medical devices", es: "uso de productos sanitarios",
            de: "Nutzung medizinischer Geräte"),
        "DiagnosticReport": Wording(
            "reports of laboratory, imaging and other examinations",
            es: "informes de laboratorio, de imagen y de otras pruebas",
            de: "Befundberichte aus Labor, Bildgebung und anderen Untersuchungen"),
        "DocumentReference": Wording(
            "documents and clinical notes", es: "documentos y notas clínicas",
            de: "Dokumente und ärztliche Notizen"),
        "Encounter": Wording(
            "visits and hospital stays", es: "visitas y hospitalizaciones",
            de: "Besuche und Krankenhausaufenthalte"),
        "EpisodeOfCare": Wording(
            "periods of care", es: "periodos de atención",
            de: "Behandlungszeiträume"),
        "ExplanationOfBenefit": Wording(
            "insurance statements and payments", es: "liquidaciones y pagos del seguro",
            de: "Abrechnungen und Zahlungen der Versicherung"),
        "FamilyMemberHistory": Wording(
            "health of family members", es: "salud de los familiares",
            de: "Gesundheit von Familienmitgliedern"),
        "Flag": Wording(
            "alerts, such as an infection risk", es: "alertas, como un riesgo de infección",
            de: "Warnhinweise, etwa zu einem Infektionsrisiko"),
        "Goal": Wording(
            "health goals", es: "objetivos de salud",
            de: "Gesundheitsziele"),
        "Group": Wording(
            "groups of patients", es: "grupos de pacientes",
            de: "Gruppen von Patientinnen und Patienten"),
        "HealthcareService": Wording(
            "services that the hospital offers", es: "servicios que ofrece el hospital",
            de: "Angebote des Krankenhauses"),
        "ImagingStudy": Wording(
            "X-rays, scans and other images", es: "radiografías, escáneres y otras imágenes",
            de: "Röntgenbilder, Scans und andere Aufnahmen"),
        "Immunization": Wording(
            "vaccinations", es: "vacunas",
            de: "Impfungen"),
        "ImmunizationEvaluation": Wording(
            "checks of vaccine protection", es: "comprobaciones de la protección de las vacunas",
            de: "Prüfungen des Impfschutzes"),
        "ImmunizationRecommendation": Wording(
            "recommended vaccinations", es: "vacunas recomendadas",
            de: "empfohlene Impfungen"),
        "List": Wording(
            "lists, such as of problems or medicines", es: "listas, por ejemplo de problemas o medicamentos",
            de: "Listen, etwa von Beschwerden oder Medikamenten"),
        "Location": Wording(
            "places of care", es: "lugares de atención",
            de: "Orte der Behandlung"),
        "Media": Wording(
            "photos, videos and recordings", es: "fotos, vídeos y grabaciones",
            de: "Fotos, Videos und Aufnahmen"),
        "Medication": Wording(
            "descriptions of medicines", es: "descripciones de medicamentos",
            de: "Beschreibungen von Medikamenten"),
        "MedicationAdministration": Wording(
            "medicines that were given", es: "medicamentos administrados",
            de: "verabreichte Medikamente"),
        "MedicationDispense": Wording(
            "medicines handed out by a pharmacy", es: "medicamentos entregados por una farmacia",
            de: "von der Apotheke ausgegebene Medikamente"),
        "MedicationRequest": Wording(
            "prescriptions and medicine orders", es: "recetas y prescripciones de medicamentos",
            de: "Rezepte und Verordnungen von Medikamenten"),
        "MedicationStatement": Wording(
            "medicines taken, as reported", es: "medicamentos que se toman, según lo comunicado",
            de: "eingenommene Medikamente laut Angaben"),
        "MolecularSequence": Wording(
            "genetic sequences", es: "secuencias genéticas",
            de: "Gensequenzen"),
        "NutritionOrder": Wording(
            "diets and nutrition orders", es: "dietas y pautas de alimentación",
            de: "Diäten und Ernährungsvorgaben"),
        "Observation": Wording(
            "test results, vital signs and other measurements",
            es: "resultados de pruebas, constantes vitales y otras mediciones",
            de: "Untersuchungsergebnisse, Vitalwerte und andere Messungen"),
        "Organization": Wording(
            "hospitals, practices and other organizations", es: "hospitales, consultas y otras organizaciones",
            de: "Krankenhäuser, Praxen und andere Einrichtungen"),
        "Patient": Wording(
            "name, birth date, contact and other personal details",
            es: "nombre, fecha de nacimiento, contacto y otros datos personales",
            de: "Name, Geburtsdatum, Kontakt und andere persönliche Angaben"),
        "Person": Wording(
            "personal details that link several records", es: "datos personales que unen varias historias clínicas",
            de: "persönliche Angaben, die mehrere Akten verbinden"),
        "Practitioner": Wording(
            "doctors, nurses and other staff", es: "médicos, personal de enfermería y otros profesionales",
            de: "Ärztinnen, Ärzte, Pflegekräfte und anderes Personal"),
        "PractitionerRole": Wording(
            "roles of staff and where they work", es: "funciones del personal y dónde trabaja",
            de: "Aufgaben des Personals und wo es arbeitet"),
        "Procedure": Wording(
            "operations, treatments and other procedures", es: "operaciones, tratamientos y otros procedimientos",
            de: "Operationen, Behandlungen und andere Eingriffe"),
        "Provenance": Wording(
            "who recorded what, and when", es: "quién registró qué y cuándo",
            de: "wer was wann erfasst hat"),
        "Questionnaire": Wording(
            "questionnaires and forms", es: "cuestionarios y formularios",
            de: "Fragebögen und Formulare"),
        "QuestionnaireResponse": Wording(
            "answers to questionnaires", es: "respuestas a cuestionarios",
            de: "Antworten auf Fragebögen"),
        "RelatedPerson": Wording(
            "relatives, carers and other contacts", es: "familiares, cuidadores y otros contactos",
            de: "Angehörige, Betreuende und andere Kontakte"),
        "RiskAssessment": Wording(
            "assessments of health risks", es: "valoraciones de riesgos para la salud",
            de: "Einschätzungen von Gesundheitsrisiken"),
        "Schedule": Wording(
            "calendars for appointments", es: "calendarios de citas",
            de: "Terminkalender"),
        "ServiceRequest": Wording(
            "referrals and orders for tests or treatments", es: "derivaciones y peticiones de pruebas o tratamientos",
            de: "Überweisungen und Aufträge für Untersuchungen oder Behandlungen"),
        "Slot": Wording(
            "free times for appointments", es: "horas libres para citas",
            de: "freie Termine"),
        "Specimen": Wording(
            "samples taken for tests", es: "muestras tomadas para pruebas",
            de: "Proben für Untersuchungen"),
        "Task": Wording(
            "tasks in care", es: "tareas de la atención",
            de: "Aufgaben in der Behandlung"),
        "VisionPrescription": Wording(
            "prescriptions for glasses and contact lenses", es: "recetas de gafas y lentes de contacto",
            de: "Verordnungen von Brillen und Kontaktlinsen"),
    ]

    struct Kind {
        let system: String
        let code: String
        let words: Wording
    }

    static let kinds: [String: [Kind]] = [
        "AllergyIntolerance": table(
            "http://hl7.org/fhir/allergy-intolerance-category",
            [
                "food": Wording(
                    "food allergies", es: "alergias a alimentos",
                    de: "Lebensmittelallergien"),
                "medication": Wording(
                    "medicine allergies", es: "alergias a medicamentos",
                    de: "Medikamentenallergien"),
                "environment": Wording(
                    "allergies to the surroundings, such as pollen", es: "alergias al entorno, como al polen",
                    de: "Allergien gegen die Umgebung, etwa Pollen"),
                "biologic": Wording(
                    "allergies to vaccines and blood products", es: "alergias a vacunas y hemoderivados",
                    de: "Allergien gegen Impfstoffe und Blutprodukte"),
            ]),
        "CarePlan": table(
            "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
            [
                "assess-plan": Wording(
                    "assessments and plans of treatment", es: "valoraciones y planes de tratamiento",
                    de: "Einschätzungen und Behandlungspläne")
            ]),
        "Condition": table(
            "http://terminology.hl7.org/CodeSystem/condition-category",
            [
                "problem-list-item": Wording(
                    "the problem list", es: "la lista de problemas",
                    de: "die Problemliste"),
                "encounter-diagnosis": Wording(
                    "diagnoses made at visits", es: "diagnósticos hechos en visitas",
                    de: "Diagnosen aus Besuchen"),
            ])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
                [
                    "health-concern": Wording(
                        "health concerns", es: "preocupaciones de salud",
                        de: "gesundheitliche Sorgen")
                ])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
                [
                    "sdoh": Wording(
                        "problems of living conditions, such as housing",
                        es: "problemas de las condiciones de vida, como la vivienda",
                        de: "Probleme der Lebensumstände, etwa beim Wohnen")
                ]),
        "DiagnosticReport": table(
            "http://terminology.hl7.org/CodeSystem/v2-0074",
            [
                "LAB": Wording(
                    "laboratory reports", es: "informes de laboratorio",
                    de: "Laborberichte"),
                "RAD": Wording(
                    "radiology reports", es: "informes de radiología",
                    de: "Radiologieberichte"),
                "PAT": Wording(
                    "pathology reports", es: "informes de anatomía patológica",
                    de: "Pathologieberichte"),
            ])
            + table(
                "http://loinc.org",
                [
                    "LP29684-5": Wording(
                        "radiology reports", es: "informes de radiología",
                        de: "Radiologieberichte"),
                    "LP29708-2": Wording(
                        "cardiology reports", es: "informes de cardiología",
                        de: "Kardiologieberichte"),
                    "LP7839-6": Wording(
                        "pathology reports", es: "informes de anatomía patológica",
                        de: "Pathologieberichte"),
                ]),
        "DocumentReference": table(
            "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            [
                "clinical-note": Wording(
                    "clinical notes", es: "notas clínicas",
                    de: "ärztliche Notizen")
            ]),
        "Encounter": table(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            [
                "AMB": Wording(
                    "outpatient visits", es: "consultas ambulatorias",
                    de: "ambulante Besuche"),
                "EMER": Wording(
                    "emergency visits", es: "visitas a urgencias",
                    de: "Besuche in der Notaufnahme"),
                "HH": Wording(
                    "home visits", es: "visitas a domicilio",
                    de: "Hausbesuche"),
                "IMP": Wording(
                    "hospital stays", es: "hospitalizaciones",
                    de: "Krankenhausaufenthalte"),
                "VR": Wording(
                    "video and telephone visits", es: "consultas por vídeo o teléfono",
                    de: "Video- und Telefonsprechstunden"),
            ]),
        "MedicationRequest": table(
            "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
            [
                "inpatient": Wording(
                    "medicine orders during hospital stays", es: "medicamentos prescritos durante hospitalizaciones",
                    de: "Verordnungen während Krankenhausaufenthalten"),
                "outpatient": Wording(
                    "prescriptions from outpatient visits", es: "recetas de consultas ambulatorias",
                    de: "Rezepte aus ambulanten Besuchen"),
                "community": Wording(
                    "prescriptions for use at home", es: "recetas para usar en casa",
                    de: "Rezepte für zu Hause"),
                "discharge": Wording(
                    "prescriptions on leaving the hospital", es: "recetas al alta del hospital",
                    de: "Rezepte bei der Entlassung"),
            ]),
        "Observation": table(
            "http://terminology.hl7.org/CodeSystem/observation-category",
            [
                "activity": Wording(
                    "physical activity", es: "actividad física",
                    de: "körperliche Aktivität"),
                "exam": Wording(
                    "findings of physical examinations", es: "resultados de exploraciones físicas",
                    de: "Befunde körperlicher Untersuchungen"),
                "imaging": Wording(
                    "findings from images", es: "hallazgos en imágenes",
                    de: "Befunde aus Aufnahmen"),
                "laboratory": Wording(
                    "laboratory results", es: "resultados de laboratorio",
                    de: "Laborwerte"),
                "procedure": Wording(
                    "results of clinical tests, such as an ECG",
                    es: "resultados de pruebas clínicas, como un electrocardiograma",
                    de: "Ergebnisse klinischer Tests, etwa eines EKG"),
                "social-history": Wording(
                    "social history, such as smoking", es: "hábitos y entorno social, como el tabaco",
                    de: "Lebensgewohnheiten, etwa Rauchen"),
                "survey": Wording(
                    "answers to surveys and assessments", es: "respuestas a encuestas y valoraciones",
                    de: "Antworten auf Umfragen und Einschätzungen"),
                "therapy": Wording(
                    "findings during therapy", es: "observaciones durante la terapia",
                    de: "Befunde während der Therapie"),
                "vital-signs": Wording(
                    "vital signs, such as blood pressure and weight",
                    es: "constantes vitales, como la tensión arterial y el peso",
                    de: "Vitalwerte, etwa Blutdruck und Gewicht"),
            ])
            + table(
                "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
                [
                    "sdoh": Wording(
                        "living conditions, such as housing and food",
                        es: "condiciones de vida, como vivienda y alimentación",
                        de: "Lebensumstände, etwa Wohnen und Ernährung"),
                    "functional-status": Wording(
                        "abilities in daily life", es: "capacidades en la vida diaria",
                        de: "Fähigkeiten im Alltag"),
                    "disability-status": Wording(
                        "disabilities", es: "discapacidades",
                        de: "Behinderungen"),
                    "cognitive-status": Wording(
                        "memory and thinking", es: "memoria y pensamiento",
                        de: "Gedächtnis und Denken"),
                    "clinical-test": Wording(
                        "results of clinical tests, such as an ECG",
                        es: "resultados de pruebas clínicas, como un electrocardiograma",
                        de: "Ergebnisse klinischer Tests, etwa eines EKG"),
                    "treatment-intervention-preference": Wording(
                        "wishes about treatment", es: "deseos sobre el tratamiento",
                        de: "Wünsche zur Behandlung"),
                    "care-experience-preference": Wording(
                        "wishes about care", es: "deseos sobre los cuidados",
                        de: "Wünsche zur Betreuung"),
                ]),
        "ServiceRequest": table(
            "http://snomed.info/sct",
            [
                "108252007": Wording(
                    "orders for laboratory tests", es: "peticiones de pruebas de laboratorio",
                    de: "Aufträge für Laboruntersuchungen"),
                "363679005": Wording(
                    "orders for imaging", es: "peticiones de pruebas de imagen",
                    de: "Aufträge für Aufnahmen"),
                "387713003": Wording(
                    "orders for operations", es: "peticiones de operaciones",
                    de: "Aufträge für Operationen"),
                "409063005": Wording(
                    "referrals for counseling", es: "derivaciones a asesoramiento",
                    de: "Überweisungen zur Beratung"),
                "409073007": Wording(
                    "referrals for education", es: "derivaciones a educación sanitaria",
                    de: "Überweisungen zur Schulung"),
            ]),
    ]

    private static func table(_ system: String, _ words: [String: Wording]) -> [Kind] {
        words.map { Kind(system: system, code: $0.key, words: $0.value) }
    }
}
