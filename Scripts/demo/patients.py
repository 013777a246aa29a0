#!/usr/bin/env python3
"""The people of Rowan Bay Hospital: Vestibule's own FHIR R4 demo data.

    patients.py load BASE_URL    put everything into a FHIR server
    patients.py list             id, name, birth date and record number, one patient a line
    patients.py ndjson DIRECTORY write one file per resource type

Nobody here exists. Names, stories and numbers were invented for this project, so that no record can be mistaken for
a real one and none has a licence of its own. The data is the same on every run: dates count back from --today, which
is a fixed day unless given.

Some things were put in to tempt an authorization server into showing the wrong person's record:
  Group/cardiometabolic-clinic        several patients are members; a careless $everything follows it
  Observation/…-family-lipids-1       a father's and a son's panels name each other's results through hasMember
  Appointment/diabetes-evening        two patients take part

And the probes, each with the tag `probe`. "Own" and "hidden" are for a token of maja-oconnor; the other patient is
robin-achterberg:
  Observation/probe-focus             own: the other patient is its focus, and no include may fetch it
  Observation/probe-two-categories    own: laboratory and vital signs, so under the scope of either
  Observation/probe-category-text     own: a category in words alone, which no category scope covers
  Observation/probe-category-other-system  own: the code "laboratory" of another system
  Observation/probe-decimal           own: a value of 7.0, and not 7
  Observation/probe-moved             own, but the first of its two versions was about the other patient
  MedicationRequest/probe-contained   own: what it prescribes lies inside of it
  Device/probe-meter, -meter-spare, -meter-other   own; nobody's, so equipment for all to see; hidden
  DocumentReference/probe-letter, Binary/probe-letter-text   own; the Binary by the document alone
  DocumentReference/probe-letter-other, Binary/probe-letter-other-text   hidden
  Provenance/probe-letter-written     own: about the letter
  Provenance/probe-letters-sent       hidden: about a document of each
  Task/probe-call                     own, in a type outside of the compartment
  Task/probe-call-other               hidden, though its requester is the patient
  Observation/probe-performer         hidden: about the other patient, whom the patient measured
  Observation/probe-nobody            hidden: about nobody
  Observation/probe-by-number         hidden: names the patient by record number, which proves nothing
  Observation/probe-contained-subject hidden: its subject lies inside of it and says it is the patient
  List/probe-call-list                hidden: about nobody, and lists both
"""

import argparse
import base64
import datetime
import http.client
import json
import os
import ssl
import sys
import time
import urllib.parse

ANCHOR = datetime.date(2026, 11, 20)
MRN = "https://hospital.example/mrn"
STAFF = "https://hospital.example/staff"

# ---------------------------------------------------------------------------------------------------------------------
# Vocabulary: a short word for each code, so that the charts below read like charts.

THO = "http://terminology.hl7.org/CodeSystem/"
USCORE = "http://hl7.org/fhir/us/core/CodeSystem/"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
RXNORM, CVX = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"

CATEGORIES = {
    "laboratory": (THO + "observation-category", "laboratory", "Laboratory"),
    "vital-signs": (THO + "observation-category", "vital-signs", "Vital Signs"),
    "survey": (THO + "observation-category", "survey", "Survey"),
    "social-history": (THO + "observation-category", "social-history", "Social History"),
    "procedure": (THO + "observation-category", "procedure", "Procedure"),
    "exam": (THO + "observation-category", "exam", "Exam"),
    "sdoh": (USCORE + "us-core-category", "sdoh", "SDOH"),
    "problem-list-item": (THO + "condition-category", "problem-list-item", "Problem List Item"),
    "encounter-diagnosis": (THO + "condition-category", "encounter-diagnosis", "Encounter Diagnosis"),
    "health-concern": (USCORE + "condition-category", "health-concern", "Health Concern"),
}

# word: plain name, LOINC, category, unit, the usual range (low, high; None where open), LOINC's own name
MEASURES = {
    "hba1c": ("Hemoglobin A1c", "4548-4", "laboratory", "%", 4.0, 5.6,
        "Hemoglobin A1c/Hemoglobin.total in Blood"),
    "glucose": ("Glucose", "2345-7", "laboratory", "mg/dL", 70, 140,
        "Glucose [Mass/volume] in Serum or Plasma"),
    "glucose-2h": ("Glucose, two hours after 75 g", "1518-0", "laboratory", "mg/dL", None, 152,
        "Glucose [Mass/volume] in Serum or Plasma --2 hours post 75 g glucose PO"),
    "creatinine": ("Creatinine", "2160-0", "laboratory", "mg/dL", 0.5, 1.2,
        "Creatinine [Mass/volume] in Serum or Plasma"),
    "egfr": ("Estimated GFR", "98979-8", "laboratory", "mL/min/{1.73_m2}", 60, None,
        "Glomerular filtration rate [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula "
        "(CKD-EPI 2021)/1.73 sq M"),
    "potassium": ("Potassium", "2823-3", "laboratory", "mmol/L", 3.5, 5.1,
        "Potassium [Moles/volume] in Serum or Plasma"),
    "sodium": ("Sodium", "2951-2", "laboratory", "mmol/L", 136, 145,
        "Sodium [Moles/volume] in Serum or Plasma"),
    "hemoglobin": ("Hemoglobin", "718-7", "laboratory", "g/dL", 12.0, 16.0,
        "Hemoglobin [Mass/volume] in Blood"),
    "ferritin": ("Ferritin", "2276-4", "laboratory", "ng/mL", 15, 150,
        "Ferritin [Mass/volume] in Serum or Plasma"),
    "crp": ("C-reactive protein", "1988-5", "laboratory", "mg/L", None, 5,
        "C reactive protein [Mass/volume] in Serum or Plasma"),
    "ldl": ("LDL cholesterol", "13457-7", "laboratory", "mg/dL", None, 130,
        "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation"),
    "hdl": ("HDL cholesterol", "2085-9", "laboratory", "mg/dL", 40, None,
        "Cholesterol in HDL [Mass/volume] in Serum or Plasma"),
    "bnp": ("NT-proBNP", "33762-6", "laboratory", "pg/mL", None, 450,
        "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma"),
    "inr": ("INR", "6301-6", "laboratory", "{INR}", 2.0, 3.0,
        "INR in Platelet poor plasma by Coagulation assay"),
    "tsh": ("TSH", "3016-3", "laboratory", "m[IU]/L", 0.4, 4.0,
        "Thyrotropin [Units/volume] in Serum or Plasma"),
    "urine-albumin": ("Urine albumin to creatinine", "14959-1", "laboratory", "mg/g", None, 30,
        "Microalbumin/Creatinine [Mass Ratio] in Urine"),
    "weight": ("Weight", "29463-7", "vital-signs", "kg", None, None,
        "Body weight"),
    "height": ("Height", "8302-2", "vital-signs", "cm", None, None,
        "Body height"),
    "bmi": ("Body mass index", "39156-5", "vital-signs", "kg/m2", None, None,
        "Body mass index (BMI) [Ratio]"),
    "pulse": ("Heart rate", "8867-4", "vital-signs", "/min", 60, 100,
        "Heart rate"),
    "breathing": ("Respiratory rate", "9279-1", "vital-signs", "/min", 12, 20,
        "Respiratory rate"),
    "temperature": ("Temperature", "8310-5", "vital-signs", "Cel", 36.0, 37.5,
        "Body temperature"),
    "oxygen": ("Oxygen saturation", "59408-5", "vital-signs", "%", 94, 100,
        "Oxygen saturation in Arterial blood by Pulse oximetry"),
    "phq9": ("PHQ-9 score", "44261-6", "survey", "{score}", None, 4,
        "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
    "gad7": ("GAD-7 score", "70274-6", "survey", "{score}", None, 4,
        "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"),
    "pain": ("Pain, 0 to 10", "72514-3", "survey", "{score}", None, None,
        "Pain severity - 0-10 verbal numeric rating [Score] - Reported"),
    "epds": ("Edinburgh depression scale", "71354-5", "survey", "{score}", None, 9,
        "Edinburgh Postnatal Depression Scale [EPDS]"),
    "moca": ("Montreal cognitive assessment", "72133-2", "survey", "{score}", 26, 30,
        "Montreal Cognitive Assessment [MoCA]"),
    "drinks": ("Alcoholic drinks", "74013-4", "social-history", "{drinks}/d", None, None,
        "Alcoholic drinks per day"),
    "fev1": ("FEV1", "20150-9", "procedure", "L", None, None,
        "FEV1"),
    "ejection": ("Ejection fraction", "10230-1", "procedure", "%", 52, 72,
        "Left ventricular Ejection fraction"),
    "fetal-heart": ("Fetal heart rate", "55283-6", "exam", "/min", 110, 160,
        "Fetal Heart rate"),
}
UNIT_SHOWN = {"Cel": "°C", "/min": "per minute", "{INR}": "INR", "{score}": "points", "{drinks}/d": "a day",
              "mL/min/{1.73_m2}": "mL/min/1.73 m²", "kg/m2": "kg/m²", "m[IU]/L": "mIU/L", "mm[Hg]": "mmHg"}

# word: plain name, LOINC question, its own name, categories, code system of the answer, answer code, answer
ANSWERS = {
    "never-smoked": ("Tobacco", "72166-2", "Tobacco smoking status", ["social-history"],
                     SNOMED, "266919005", "Never smoked tobacco"),
    "former-smoker": ("Tobacco", "72166-2", "Tobacco smoking status", ["social-history"],
                      SNOMED, "8517006", "Ex-smoker"),
    "daily-smoker": ("Tobacco", "72166-2", "Tobacco smoking status", ["social-history"],
                     SNOMED, "449868002", "Smokes tobacco daily"),
    "pregnant": ("Pregnancy", "82810-3", "Pregnancy status", ["social-history"], SNOMED, "77386006", "Pregnant"),
    "food-at-risk": ("Food insecurity risk", "88124-3", "Food insecurity risk [HVS]", ["survey", "sdoh"],
                     LOINC, "LA19952-3", "At risk"),
    "food-no-risk": ("Food insecurity risk", "88124-3", "Food insecurity risk [HVS]", ["survey", "sdoh"],
                     LOINC, "LA19983-8", "No risk"),
    "food-sometimes": ("Worried that food would run out", "88122-7", "Within the past 12 months we worried whether "
                       "our food would run out before we got money to buy more [U.S. FSS]", ["survey", "sdoh"],
                       LOINC, "LA6729-3", "Sometimes true"),
}

DIAGNOSES = {
    "type 1 diabetes": ("46635009", "Type 1 diabetes mellitus"),
    "type 2 diabetes": ("44054006", "Type 2 diabetes mellitus"),
    "gestational diabetes": ("11687002", "Gestational diabetes mellitus"),
    "pregnancy": ("77386006", "Pregnant"),
    "hypertension": ("59621000", "Essential hypertension"),
    "heart failure": ("84114007", "Heart failure"),
    "atrial fibrillation": ("49436004", "Atrial fibrillation"),
    "hyperlipidemia": ("55822004", "Hyperlipidemia"),
    "asthma": ("195967001", "Asthma"),
    "asthma attack": ("708038006", "Acute exacerbation of asthma"),
    "copd": ("13645005", "Chronic obstructive lung disease"),
    "bronchitis": ("10509002", "Acute bronchitis"),
    "pneumonia": ("233604007", "Pneumonia"),
    "migraine": ("37796009", "Migraine"),
    "depression": ("35489007", "Depressive disorder"),
    "hypothyroidism": ("40930008", "Hypothyroidism"),
    "iron deficiency": ("87522002", "Iron deficiency anemia"),
    "rheumatoid arthritis": ("69896004", "Rheumatoid arthritis"),
    "osteoporosis": ("64859006", "Osteoporosis"),
    "kidney disease": ("433144002", "Chronic kidney disease stage 3"),
    "dementia": ("26929004", "Alzheimer's disease"),
    "eczema": ("24079001", "Atopic dermatitis"),
    "sprained ankle": ("44465007", "Sprain of ankle"),
    "urinary infection": ("68566005", "Urinary tract infectious disease"),
    "food insecurity": ("733423003", "Food insecurity"),
    "stress": ("73595000", "Stress"),
    "breathlessness": ("267036007", "Dyspnea"),
}

# word: RxNorm, its name, plain name
MEDICINES = {
    "metformin": ("861007", "metformin hydrochloride 500 MG Oral Tablet", "Metformin 500 mg tablet"),
    "lisinopril": ("314076", "lisinopril 10 MG Oral Tablet", "Lisinopril 10 mg tablet"),
    "losartan": ("979492", "losartan potassium 50 MG Oral Tablet", "Losartan 50 mg tablet"),
    "amlodipine": ("197361", "amlodipine 5 MG Oral Tablet", "Amlodipine 5 mg tablet"),
    "atorvastatin": ("617310", "atorvastatin 20 MG Oral Tablet", "Atorvastatin 20 mg tablet"),
    "metoprolol": ("866436", "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet",
                   "Metoprolol succinate 50 mg, extended release"),
    "furosemide": ("313988", "furosemide 40 MG Oral Tablet", "Furosemide 40 mg tablet"),
    "warfarin": ("855332", "warfarin sodium 5 MG Oral Tablet", "Warfarin 5 mg tablet"),
    "albuterol": ("745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "Albuterol 90 µg inhaler"),
    "fluticasone": ("895994", "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler",
                    "Fluticasone 44 µg inhaler"),
    "tiotropium": ("69120", "tiotropium", "Tiotropium inhaler"),
    "levothyroxine": ("10582", "levothyroxine", "Levothyroxine tablet"),
    "sertraline": ("312941", "sertraline 50 MG Oral Tablet", "Sertraline 50 mg tablet"),
    "sumatriptan": ("37418", "sumatriptan", "Sumatriptan tablet"),
    "methotrexate": ("6851", "methotrexate", "Methotrexate tablet"),
    "folic acid": ("4511", "folic acid", "Folic acid tablet"),
    "iron": ("310325", "ferrous sulfate 325 MG Oral Tablet", "Ferrous sulfate 325 mg tablet"),
    "glargine": ("274783", "insulin glargine", "Insulin glargine"),
    "lispro": ("86009", "insulin lispro", "Insulin lispro"),
    "donepezil": ("997223", "donepezil hydrochloride 10 MG Oral Tablet", "Donepezil 10 mg tablet"),
    "ibuprofen": ("310965", "ibuprofen 200 MG Oral Tablet", "Ibuprofen 200 mg tablet"),
    "amoxicillin": ("308191", "amoxicillin 500 MG Oral Capsule", "Amoxicillin 500 mg capsule"),
}

ALLERGIES = {
    "penicillin": ("91936005", "Allergy to penicillin", "medication"),
    "peanut": ("91935009", "Allergy to peanut", "food"),
    "dust mite": ("232350006", "House dust mite allergy", "environment"),
    "latex": ("300916003", "Latex allergy", "environment"),
    "none": ("716186003", "No known allergy", None),
}
REACTIONS = {"hives": ("247472004", "Wheal"), "rash": ("271807003", "Eruption of skin"),
             "wheezing": ("56018004", "Wheezing"), "anaphylaxis": ("39579001", "Anaphylaxis")}

VACCINES = {
    "influenza": ("140", "Influenza, split virus, trivalent, PF"),
    "covid": ("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose"),
    "pneumococcal": ("33", "Pneumococcal polysaccharide PPV23"), "zoster": ("187", "Zoster recombinant"),
    "tdap": ("115", "Tdap"), "dtap": ("20", "DTaP"), "mmr": ("03", "MMR"), "varicella": ("21", "Varicella"),
    "hpv": ("165", "HPV9"),
}

NOTES = {"progress": ("11506-3", "Progress note"), "discharge": ("18842-5", "Discharge summary"),
         "consultation": ("11488-4", "Consult note")}

# word: encounter class, its display, SNOMED type, display, place
VISITS = {
    "check-up": ("AMB", "ambulatory", "185349003", "Encounter for check up", "rowan-bay-clinic"),
    "follow-up": ("AMB", "ambulatory", "390906007", "Follow-up encounter", "rowan-bay-clinic"),
    "visit": ("AMB", "ambulatory", "185345009", "Encounter for symptom", "rowan-bay-clinic"),
    "emergency": ("EMER", "emergency", "50849002", "Emergency room admission", "rowan-bay-emergency"),
    "admission": ("IMP", "inpatient encounter", "32485007", "Hospital admission", "rowan-bay-ward-4"),
}


def concept(system, code, display, text=None):
    return {"coding": [{"system": system, "code": code, "display": display}], "text": text or display}


def category(word):
    return concept(*CATEGORIES[word])


def status(system, code):
    return {"coding": [{"system": THO + system, "code": code}]}


def reference(target, display=None):
    return {"reference": target, **({"display": display} if display else {})}


# ---------------------------------------------------------------------------------------------------------------------
# The hospital.

HOSPITAL = "Organization/rowan-bay-hospital"
CLINICIANS = {
    "lindqvist": ("dr-amara-lindqvist", "Amara", "Lindqvist", "Dr.", "female", "RB-1007", "419192003",
                  "Internal medicine", "rowan-bay-clinic"),
    "okonkwo": ("dr-benedikt-okonkwo", "Benedikt", "Okonkwo", "Dr.", "male", "RB-1022", "408443003",
                "General medical practice", "rowan-bay-emergency"),
    "sorensen": ("midwife-ida-sorensen", "Ida Marie", "Sørensen", None, "female", "RB-1031", "394585009",
                 "Obstetrics and gynecology", "rowan-bay-clinic"),
}


def clinician(word):
    id, given, family, prefix, *_ = CLINICIANS[word]
    return reference(f"Practitioner/{id}", " ".join(filter(None, [prefix, given, family])))


def hospital():
    yield {
        "resourceType": "Organization", "id": "rowan-bay-hospital", "active": True, "name": "Rowan Bay Hospital",
        "identifier": [{"system": "https://hospital.example/organization", "value": "rowan-bay"}],
        "type": [concept(THO + "organization-type", "prov", "Healthcare Provider")],
        "telecom": [{"system": "phone", "value": "+1-555-0100", "use": "work"},
                    {"system": "url", "value": "https://hospital.example/"}],
        "address": [{"line": ["1 Lighthouse Road"], "city": "Rowan Bay", "state": "ME", "postalCode": "04999",
                     "country": "US"}],
    }
    for id, name, kind in (("rowan-bay-clinic", "Rowan Bay outpatient clinic", "OF"),
                           ("rowan-bay-ward-4", "Ward 4, medicine", "HU"),
                           ("rowan-bay-emergency", "Emergency department", "ER")):
        yield {"resourceType": "Location", "id": id, "status": "active", "name": name, "mode": "instance",
               "type": [status("v3-RoleCode", kind)], "managingOrganization": reference(HOSPITAL)}
    for id, given, family, prefix, gender, number, code, specialty, place in CLINICIANS.values():
        yield {"resourceType": "Practitioner", "id": id, "active": True, "gender": gender,
               "identifier": [{"system": STAFF, "value": number}],
               "name": [{"use": "official", "family": family, "given": given.split(),
                         **({"prefix": [prefix]} if prefix else {})}],
               "telecom": [{"system": "email", "value": f"{id}@hospital.example", "use": "work"}]}
        yield {"resourceType": "PractitionerRole", "id": f"{id}-role", "active": True,
               "practitioner": reference(f"Practitioner/{id}"), "organization": reference(HOSPITAL),
               "specialty": [concept(SNOMED, code, specialty)], "location": [reference(f"Location/{place}")]}


# ---------------------------------------------------------------------------------------------------------------------
# A chart: one patient and what is known about them. Days count back from today; a dictionary is a series {day: value}.

class Chart:
    def __init__(self, today, id, mrn, family, given, gender, born, *, address, phone=None, email=None, speaks=None,
                 other_names=(), died=None, clinician="lindqvist"):
        self.today, self.id, self.clinician = today, id, clinician
        self.resources, self.count, self.visits = [], {}, []
        line, city, postcode = address
        self.name, self.number = f"{given} {family}", mrn
        self.add("Patient", id=id, active=True, identifier=[{
            "use": "usual", "type": concept(THO + "v2-0203", "MR", "Medical record number"),
            "system": MRN, "value": mrn, "assigner": reference(HOSPITAL, "Rowan Bay Hospital")}],
            name=[{"use": "official", "family": family, "given": given.split()}, *other_names],
            gender=gender, birthDate=born,
            address=[{"use": "home", "line": [line], "city": city, "state": "ME", "postalCode": postcode,
                      "country": "US"}],
            telecom=[{"system": system, "value": value, "use": use}
                     for system, value, use in (("phone", phone, "mobile"), ("email", email, "home")) if value],
            communication=[{"language": concept("urn:ietf:bcp:47", *language), "preferred": number == 0}
                           for number, language in enumerate(speaks or [("en", "English")])],
            generalPractitioner=[self.doctor()], managingOrganization=reference(HOSPITAL),
            **({"deceasedDateTime": self.date(died)} if died is not None else {}))

    def date(self, day):
        return (self.today - datetime.timedelta(days=day)).isoformat()

    def time(self, day, clock):
        return f"{self.date(day)}T{clock}:00Z"

    def doctor(self):
        return clinician(self.clinician)

    def add(self, type, word=None, /, **members):
        if word:
            self.count[type, word] = number = self.count.get((type, word), 0) + 1
            members["id"] = f"{self.id}-{word}-{number}"
        resource = {"resourceType": type, "id": members.pop("id")}
        resource.update((name, value) for name, value in members.items() if value not in (None, [], {}))
        self.resources.append(resource)
        return resource

    def subject(self):
        return reference(f"Patient/{self.id}", self.name)

    def encounter(self, day):
        """The encounter that was going on that day, if there was one."""
        return next((reference(f"Encounter/{id}") for first, last, id, _ in self.visits if first >= day >= last), None)

    def observing_time(self, day):
        """Half an hour into that day's encounter, or the morning round."""
        clock = next((clock for first, _, _, clock in self.visits if first == day), "08:30")
        minutes = int(clock[:2]) * 60 + int(clock[3:]) + 30
        return self.time(day, f"{minutes // 60:02}:{minutes % 60:02}")

    def visit(self, kind, day, reason, *, days=0, clock="09:00", now=False):
        """An encounter that began `day` days ago and took an hour, or `days` nights; `now`: it has not ended."""
        code, display, type_code, type_display, place = VISITS[kind]
        hour = int(clock[:2])
        end = {} if now else {"end": self.time(day - days, f"{min(hour + 1, 23):02}{clock[2:]}")}
        encounter = self.add(
            "Encounter", "visit", status="in-progress" if now else "finished",
            **{"class": {"system": THO + "v3-ActCode", "code": code, "display": display}},
            type=[concept(SNOMED, type_code, type_display)], subject=self.subject(),
            participant=[{"individual": self.doctor()}], period={"start": self.time(day, clock), **end},
            reasonCode=[{"text": reason}], serviceProvider=reference(HOSPITAL),
            location=[{"location": reference(f"Location/{place}")}])
        self.visits.append((day, 0 if now else day - days, encounter["id"], clock))
        return self

    def condition(self, name, day, *categories, over=None):
        """A condition known since `day` days ago; `over`: resolved that many days ago."""
        self.add("Condition", name.replace(" ", "-"),
                 clinicalStatus=status("condition-clinical", "active" if over is None else "resolved"),
                 verificationStatus=status("condition-ver-status", "confirmed"),
                 category=[category(word) for word in categories], code=concept(SNOMED, *DIAGNOSES[name]),
                 subject=self.subject(), encounter=self.encounter(day), onsetDateTime=self.date(day),
                 abatementDateTime=None if over is None else self.date(over), recordedDate=self.date(day))
        return self

    def problem(self, name, day, over=None):
        return self.condition(name, day, "problem-list-item", over=over)

    def diagnosis(self, name, day, over=None):
        return self.condition(name, day, "encounter-diagnosis", over=over)

    def concern(self, name, day, *more):
        return self.condition(name, day, "health-concern", *more)

    def observed(self, word, day, code, categories, **members):
        return self.add("Observation", word, status="final", category=[category(each) for each in categories],
                        code=code, subject=self.subject(), encounter=self.encounter(day),
                        effectiveDateTime=self.observing_time(day), performer=[self.doctor()], **members)

    def measured(self, word, series, low=None, high=None):
        """A series of numbers; low and high replace the usual reference range for this person."""
        plain, code, kind, unit, usual_low, usual_high, display = MEASURES[word]
        low, high = (usual_low, usual_high) if (low, high) == (None, None) else (low, high)
        for day, value in series.items():
            bounds = {name: quantity(limit, unit) for name, limit in (("low", low), ("high", high))
                      if limit is not None}
            self.observed(word, day, concept(LOINC, code, display, plain), [kind], valueQuantity=quantity(value, unit),
                          interpretation=interpretation(value, low, high), referenceRange=[bounds] if bounds else [])
        return self

    def pressure(self, series):
        """A series of blood pressures, {day: (systolic, diastolic)}."""
        for day, pair in series.items():
            code = concept(LOINC, "85354-9", "Blood pressure panel with all children optional", "Blood pressure")
            self.observed("bp", day, code, ["vital-signs"], component=[
                {"code": concept(LOINC, code, display), "valueQuantity": quantity(value, "mm[Hg]"),
                 "interpretation": interpretation(value, None, high)}
                for value, code, display, high in ((pair[0], "8480-6", "Systolic blood pressure", 140),
                                                   (pair[1], "8462-4", "Diastolic blood pressure", 90))])
        return self

    def answered(self, word, day):
        plain, question, display, kinds, system, code, answer = ANSWERS[word]
        self.observed(word, day, concept(LOINC, question, display, plain), kinds,
                      valueCodeableConcept=concept(system, code, answer))
        return self

    def takes(self, name, day, dose, *, stopped=False):
        self.add("MedicationRequest", name.replace(" ", "-"), status="stopped" if stopped else "active",
                 intent="order", medicationCodeableConcept=concept(RXNORM, *MEDICINES[name]), subject=self.subject(),
                 encounter=self.encounter(day), authoredOn=self.date(day), requester=self.doctor(),
                 dosageInstruction=[{"text": dose}])
        return self

    def allergy(self, name, *reactions, severity="moderate", criticality=None):
        code, display, kind = ALLERGIES[name]
        self.add("AllergyIntolerance", f"allergy-{name}".replace(" ", "-"),
                 clinicalStatus=status("allergyintolerance-clinical", "active"),
                 verificationStatus=status("allergyintolerance-verification", "confirmed"),
                 type="allergy" if kind else None, category=[kind] if kind else None, criticality=criticality,
                 code=concept(SNOMED, code, display), patient=self.subject(), recordedDate=self.date(720),
                 reaction=[{"manifestation": [concept(SNOMED, *REACTIONS[each], text=each)], "severity": severity}
                           for each in reactions])
        return self

    def vaccinated(self, **doses):
        for name, day in doses.items():
            self.add("Immunization", f"vaccine-{name}", status="completed",
                     vaccineCode=concept(CVX, *VACCINES[name]), patient=self.subject(),
                     occurrenceDateTime=self.date(day), primarySource=True)
        return self

    def note(self, kind, day, text):
        encounter = self.encounter(day)
        self.add("DocumentReference", "note", status="current", type=concept(LOINC, *NOTES[kind]),
                 category=[concept(USCORE + "us-core-documentreference-category", "clinical-note", "Clinical Note")],
                 subject=self.subject(), date=self.time(day, "17:00"), author=[self.doctor()],
                 content=[{"attachment": {"contentType": "text/plain; charset=utf-8", "title": NOTES[kind][1],
                                          "data": base64.b64encode(text.encode()).decode()}}],
                 context={"encounter": [encounter]} if encounter else None)
        return self


def quantity(value, unit):
    return {"value": value, "unit": UNIT_SHOWN.get(unit, unit), "system": UCUM, "code": unit}


def interpretation(value, low, high):
    if low is None and high is None:
        return []
    code, display = (("L", "Low") if low is not None and value < low else
                     ("H", "High") if high is not None and value > high else ("N", "Normal"))
    return [concept(THO + "v3-ObservationInterpretation", code, display)]


# ---------------------------------------------------------------------------------------------------------------------
# The patients.

def charts(today):
    def chart(*arguments, **named):
        return Chart(today, *arguments, **named)

    # Type 2 diabetes that is slowly getting better, and blood pressure that is not.
    yield (chart("maja-oconnor", "MRN-10042", "O'Connor", "Maja Elisabet", "female", "1968-04-12",
                 address=("18 Kelp Street", "Rowan Bay", "04999"), phone="+1-555-0142", email="maja@example.com",
                 speaks=[("en", "English"), ("sv", "Swedish")])
           .visit("check-up", 702, "Yearly check-up").visit("follow-up", 505, "Diabetes review")
           .visit("follow-up", 310, "Diabetes review").visit("visit", 96, "Cough for two weeks")
           .visit("follow-up", 12, "Diabetes review")
           .problem("type 2 diabetes", 3100).problem("hypertension", 2260).problem("hyperlipidemia", 702)
           .diagnosis("bronchitis", 96, over=78).concern("stress", 310)
           .measured("hba1c", {702: 8.9, 505: 8.2, 310: 7.6, 12: 7.1})
           .measured("glucose", {702: 196, 310: 158, 12: 134}).measured("ldl", {702: 162, 310: 118, 12: 97})
           .measured("creatinine", {702: 0.9, 12: 1.0}).measured("urine-albumin", {505: 41, 12: 28})
           .pressure({702: (148, 92), 505: (142, 88), 310: (146, 91), 96: (138, 86), 12: (144, 88)})
           .measured("weight", {702: 88.4, 505: 86.9, 310: 84.2, 12: 82.7}).measured("height", {702: 169})
           .measured("pulse", {310: 76, 12: 72}).measured("temperature", {96: 37.9})
           .measured("phq9", {310: 8, 12: 3}).measured("drinks", {12: 1}).answered("never-smoked", 702)
           .answered("food-no-risk", 310)
           .takes("metformin", 702, "Two tablets with breakfast and two with dinner")
           .takes("lisinopril", 702, "One tablet each morning").takes("atorvastatin", 505, "One tablet at bedtime")
           .takes("amoxicillin", 96, "One capsule three times a day for seven days", stopped=True)
           .allergy("penicillin", "hives", severity="moderate", criticality="low")
           .vaccinated(influenza=48, covid=390, tdap=1460)
           .note("progress", 12, "HbA1c 7.1 %, the best in four years. Walks to work. Blood pressure still above "
                                 "target: home readings for two weeks, then decide on a second medicine."))

    # Heart failure with atrial fibrillation; in a ward bed today.
    yield (chart("jose-alvarez-nunez", "MRN-10057", "Álvarez Núñez", "José Ángel", "male", "1951-11-03",
                 address=("7 Harbour Steps", "Rowan Bay", "04999"), phone="+1-555-0157",
                 speaks=[("es", "Spanish"), ("en", "English")])
           .visit("follow-up", 640, "Heart failure review").visit("admission", 401, "Worsening breathlessness", days=6)
           .visit("follow-up", 380, "After discharge").visit("follow-up", 190, "Heart failure review")
           .visit("admission", 2, "Swollen legs and breathlessness at rest", clock="21:20", now=True)
           .problem("heart failure", 2700).problem("atrial fibrillation", 1900).problem("hypertension", 6200)
           .diagnosis("heart failure", 401, over=395).diagnosis("breathlessness", 2)
           .measured("bnp", {640: 1180, 401: 4920, 380: 1640, 190: 1210, 2: 6340, 1: 5105})
           .measured("potassium", {640: 4.4, 401: 3.3, 190: 4.6, 2: 5.3, 1: 4.9})
           .measured("sodium", {401: 133, 190: 138, 2: 134}).measured("creatinine", {640: 1.2, 401: 1.6, 2: 1.7})
           .measured("egfr", {640: 62, 401: 44, 190: 58, 2: 41})
           .measured("inr", {640: 2.4, 401: 3.6, 190: 2.6, 2: 2.9}).measured("hemoglobin", {190: 13.9}, 13.5, 17.5)
           .measured("ejection", {640: 38, 401: 33})
           .pressure({640: (124, 72), 401: (152, 94), 190: (126, 76), 2: (158, 96), 1: (136, 82)})
           .measured("weight", {640: 79.8, 401: 86.1, 380: 80.4, 190: 81.0, 2: 87.6, 1: 85.9})
           .measured("pulse", {401: 112, 190: 78, 2: 118, 1: 96}).measured("oxygen", {401: 90, 190: 96, 2: 89, 1: 94})
           .measured("breathing", {2: 26, 1: 20}).answered("former-smoker", 640)
           .takes("furosemide", 401, "One tablet in the morning and one at noon")
           .takes("metoprolol", 640, "One tablet each morning").takes("losartan", 640, "One tablet each morning")
           .takes("warfarin", 640, "According to the yellow dosing card")
           .takes("ibuprofen", 640, "Not to be taken again: fluid retention", stopped=True).allergy("none")
           .vaccinated(influenza=52, pneumococcal=1300, covid=420, zoster=1020)
           .note("discharge", 395, "Six nights for decompensated heart failure. Lost 5.7 kg with intravenous "
                                   "diuretics. Had run out of furosemide. Weigh daily; call at two kilograms more."))

    # Second pregnancy, gestational diabetes found at the glucose test.
    yield (chart("anne-marie-dubois", "MRN-10063", "Dubois-Lefèvre", "Anne-Marie", "female", "1993-07-21",
                 address=("Apartment 5, 33 Orchard Lane", "Cedar Point", "04998"), phone="+1-555-0163",
                 email="anne-marie@example.com", speaks=[("fr", "French"), ("en", "English")], clinician="sorensen")
           .visit("check-up", 610, "Yearly check-up").visit("visit", 154, "First prenatal visit")
           .visit("follow-up", 84, "Prenatal visit").visit("follow-up", 33, "Prenatal visit, glucose test")
           .visit("follow-up", 5, "Prenatal visit")
           .problem("pregnancy", 154).problem("gestational diabetes", 33).problem("iron deficiency", 84)
           .diagnosis("urinary infection", 154, over=146).diagnosis("gestational diabetes", 33)
           .answered("pregnant", 154).answered("never-smoked", 610)
           .measured("glucose", {154: 84, 33: 99, 5: 91}).measured("glucose-2h", {33: 171})
           .measured("hemoglobin", {610: 13.1, 154: 11.8, 84: 10.2, 5: 11.3}, 11.0, 15.0)
           .measured("ferritin", {84: 9, 5: 22}).measured("hba1c", {33: 5.8})
           .pressure({610: (112, 68), 154: (108, 66), 84: (112, 70), 33: (118, 72), 5: (122, 76)})
           .measured("weight", {610: 63.5, 154: 64.8, 84: 69.3, 33: 73.9, 5: 75.2}).measured("height", {610: 166})
           .measured("fetal-heart", {84: 148, 33: 142, 5: 138}).measured("epds", {5: 6})
           .takes("folic acid", 154, "0.4 mg once a day").takes("iron", 84, "One tablet every other day with juice")
           .takes("amoxicillin", 154, "One capsule three times a day for five days", stopped=True)
           .allergy("latex", "rash", severity="mild", criticality="low").vaccinated(influenza=40, tdap=5, covid=700)
           .note("consultation", 33, "Two-hour value 171 mg/dL. Diet counselling and a home meter; four readings a "
                                     "day. Growth scan in three weeks. She would like to avoid insulin."))

    # A schoolboy with asthma and a peanut allergy.
    yield (chart("tomasz-wisniewski", "MRN-10071", "Wiśniewski", "Tomasz", "male", "2017-02-09",
                 address=("2 Mill Pond Road", "Rowan Bay", "04999"), phone="+1-555-0171",
                 speaks=[("pl", "Polish"), ("en", "English")], clinician="okonkwo")
           .visit("check-up", 560, "School check-up").visit("emergency", 212, "Wheezing since the night", clock="06:40")
           .visit("follow-up", 198, "After the asthma attack").visit("follow-up", 20, "Asthma review")
           .problem("asthma", 1500).problem("eczema", 2600).diagnosis("asthma attack", 212, over=205)
           .measured("weight", {560: 25.1, 212: 28.0, 20: 29.6}).measured("height", {560: 124, 20: 133.5})
           .measured("oxygen", {212: 91, 198: 98, 20: 99}).measured("breathing", {212: 38, 198: 20}, 18, 25)
           .measured("pulse", {212: 136, 20: 88}, 70, 110).measured("temperature", {212: 37.4})
           .measured("fev1", {198: 1.41, 20: 1.63}).answered("never-smoked", 20)
           .takes("albuterol", 560, "Two puffs through the spacer when wheezing, and before sport")
           .takes("fluticasone", 198, "Two puffs morning and evening through the spacer")
           .allergy("peanut", "anaphylaxis", "wheezing", severity="severe", criticality="high")
           .allergy("dust mite", "wheezing", severity="mild", criticality="low")
           .vaccinated(dtap=1980, mmr=1900, varicella=1900, influenza=44)
           .note("progress", 20, "No night cough for six weeks. Spacer technique good. School has a copy of the plan."))

    # Two men of one name, a father and a son: the record number and the birth date tell them apart.
    yield (chart("liam-murphy-1958", "MRN-10088", "Murphy", "Liam", "male", "1958-06-30",
                 address=("60 Quarry Hill", "Cedar Point", "04998"), phone="+1-555-0188")
           .visit("follow-up", 588, "Lung review").visit("emergency", 271, "Fever and cough", clock="18:10")
           .visit("admission", 270, "Pneumonia", days=4).visit("follow-up", 61, "Lung review")
           .problem("copd", 3300).problem("hyperlipidemia", 1500).diagnosis("pneumonia", 271, over=250)
           .measured("fev1", {588: 1.72, 61: 1.64}).measured("oxygen", {588: 94, 271: 87, 61: 93})
           .measured("crp", {271: 186, 267: 64, 61: 4}).measured("temperature", {271: 39.1})
           .measured("ldl", {588: 171, 61: 143}).measured("hdl", {588: 38, 61: 41})
           .measured("weight", {588: 71.2, 271: 67.5, 61: 68.8})
           .pressure({588: (134, 82), 271: (104, 62), 61: (132, 80)})
           .answered("former-smoker", 588).measured("drinks", {588: 2})
           .takes("tiotropium", 588, "One inhalation each morning")
           .takes("atorvastatin", 588, "One tablet at bedtime").allergy("none")
           .vaccinated(influenza=55, pneumococcal=1600, covid=410)
           .note("discharge", 266, "Right lower lobe pneumonia, four nights, home without oxygen. Chest film in six "
                                   "weeks."))
    yield (chart("liam-murphy-1987", "MRN-10808", "Murphy", "Liam", "male", "1987-06-13",
                 address=("114 Ferry Street, top floor", "Rowan Bay", "04999"), phone="+1-555-0108",
                 email="liam.murphy@example.com")
           .visit("visit", 450, "Headache with flickering lights").visit("follow-up", 240, "Low mood")
           .visit("follow-up", 59, "Mood and migraine")
           .problem("migraine", 450).problem("depression", 240).diagnosis("migraine", 450).concern("stress", 240)
           .measured("phq9", {240: 16, 59: 7}).measured("gad7", {240: 11, 59: 5}).measured("pain", {450: 8, 59: 3})
           .measured("ldl", {59: 168}).measured("hdl", {59: 44}).pressure({450: (122, 76), 59: (118, 74)})
           .measured("weight", {450: 78.0, 59: 79.4}).answered("daily-smoker", 450).answered("former-smoker", 59)
           .takes("sumatriptan", 450, "One tablet at the first sign of a migraine, at most two a day")
           .takes("sertraline", 240, "One tablet each morning").allergy("none").vaccinated(influenza=430, hpv=3900)
           .note("progress", 59, "Sleeping again. Two migraines this month. High LDL like his father: talk about "
                                 "diet."))

    # A name that no column is wide enough for.
    yield (chart("maximiliana-papadimitriou", "MRN-10104", "Papadimitriou-Georgiadou von Hohenfels-Ravensburg",
                 "Maximiliana Alexandra Konstantina Theodora", "female", "1976-12-31",
                 address=("The Old Customs House, 1 Long Wharf", "Rowan Bay", "04999"), phone="+1-555-0104",
                 speaks=[("el", "Greek"), ("de", "German"), ("en", "English")])
           .visit("check-up", 530, "Tiredness").visit("follow-up", 440, "Thyroid review")
           .visit("follow-up", 75, "Thyroid review")
           .problem("hypothyroidism", 530).problem("iron deficiency", 530, over=440)
           .measured("tsh", {530: 11.8, 440: 5.6, 75: 2.3}).measured("hemoglobin", {530: 10.9, 440: 12.7})
           .measured("ferritin", {530: 7, 440: 38}).pressure({530: (118, 70), 75: (116, 72)})
           .measured("weight", {530: 71.0, 440: 68.6, 75: 66.9}).measured("pulse", {530: 56, 75: 66})
           .answered("never-smoked", 530)
           .takes("levothyroxine", 530, "75 micrograms before breakfast")
           .takes("iron", 530, "One tablet every other day", stopped=True).allergy("none").vaccinated(influenza=50))

    # A life that has ended; the record stays.
    yield (chart("gerda-thorvaldsen", "MRN-10115", "Thorvaldsen", "Gerda", "female", "1936-01-19", died=168,
                 address=("Lantern House, 9 Chapel Row", "Cedar Point", "04998"),
                 speaks=[("da", "Danish"), ("en", "English")])
           .visit("follow-up", 690, "Memory review").visit("follow-up", 420, "Memory review")
           .visit("admission", 176, "Pneumonia", days=8)
           .problem("dementia", 1800).problem("osteoporosis", 4000).diagnosis("pneumonia", 176)
           .measured("moca", {690: 17, 420: 13}).measured("weight", {690: 58.1, 420: 54.7, 176: 49.9})
           .measured("crp", {176: 214, 171: 248}).measured("oxygen", {176: 84, 171: 80})
           .measured("temperature", {176: 38.6}).pressure({690: (138, 74), 176: (96, 54)})
           .takes("donepezil", 690, "One tablet at bedtime", stopped=True)
           .allergy("penicillin", "rash", severity="mild").vaccinated(influenza=400, pneumococcal=2900)
           .note("discharge", 168, "Died peacefully in the ward, her daughter and son beside her."))

    # Born in a spring of which only the month was written down.
    yield (chart("nguyen-thi-hoa", "MRN-10129", "Nguyễn", "Thị Hoa", "female", "1949-03",
                 address=("Room 12, 40 Cannery Way", "Rowan Bay", "04999"), phone="+1-555-0129",
                 speaks=[("vi", "Vietnamese")])
           .visit("follow-up", 595, "Kidney review").visit("follow-up", 300, "Kidney review")
           .visit("follow-up", 26, "Kidney review")
           .problem("kidney disease", 1700).problem("hypertension", 5200).problem("osteoporosis", 1100)
           .concern("food insecurity", 300, "sdoh")
           .measured("egfr", {595: 46, 300: 43, 26: 41}).measured("creatinine", {595: 1.2, 300: 1.3, 26: 1.3})
           .measured("potassium", {595: 4.7, 300: 5.0, 26: 5.2}).measured("urine-albumin", {300: 88, 26: 74})
           .pressure({595: (146, 84), 300: (140, 82), 26: (134, 78)}).measured("weight", {595: 47.3, 26: 45.8})
           .answered("food-sometimes", 300).answered("food-at-risk", 300).answered("never-smoked", 595)
           .takes("losartan", 595, "One tablet each morning").takes("amlodipine", 300, "One tablet each morning")
           .allergy("none").vaccinated(influenza=58, zoster=640, pneumococcal=1900)
           .note("progress", 26, "Lives on noodles at the end of the month. Referred to the food pantry, delivery "
                                 "agreed. An interpreter was present."))

    # Type 1 diabetes; in the emergency department since last night.
    yield (chart("robin-achterberg", "MRN-10136", "Achterberg", "Robin", "other", "1999-08-05",
                 address=("27B Station Street", "Rowan Bay", "04999"), phone="+1-555-0136", email="robin@example.com",
                 speaks=[("nl", "Dutch"), ("en", "English")], clinician="okonkwo")
           .visit("follow-up", 470, "Diabetes review").visit("emergency", 330, "Twisted ankle", clock="15:30")
           .visit("follow-up", 130, "Diabetes review")
           .visit("emergency", 1, "High glucose and vomiting", clock="22:40", now=True)
           .problem("type 1 diabetes", 4700).diagnosis("sprained ankle", 330, over=300)
           .concern("food insecurity", 130, "sdoh")
           .measured("hba1c", {470: 8.4, 130: 9.3}).measured("glucose", {470: 174, 130: 221, 1: 412})
           .measured("potassium", {1: 5.4}).measured("creatinine", {130: 0.8, 1: 1.3})
           .measured("pulse", {130: 74, 1: 124}).measured("breathing", {1: 24}).measured("temperature", {1: 37.2})
           .pressure({470: (118, 74), 130: (116, 72), 1: (102, 60)}).measured("weight", {470: 67.2, 130: 64.5, 1: 61.8})
           .measured("pain", {330: 6}).measured("phq9", {130: 9}).answered("food-at-risk", 130)
           .takes("glargine", 470, "18 units at bedtime").takes("lispro", 470, "One unit for ten grams of carbohydrate")
           .takes("ibuprofen", 330, "One tablet up to three times a day for five days", stopped=True)
           .allergy("none").vaccinated(covid=600, tdap=330)
           .note("progress", 130, "Skips insulin at the end of the month to make it last. Social worker involved."))

    # A name with two scripts, and joints that are calm again.
    yield (chart("layla-haddad", "MRN-10150", "Haddad", "Layla", "female", "1984-10-27",
                 other_names=[{"use": "usual", "text": "ليلى حداد", "family": "حداد", "given": ["ليلى"]}],
                 address=("81 Juniper Close", "Cedar Point", "04998"), phone="+1-555-0150",
                 speaks=[("ar", "Arabic"), ("en", "English")])
           .visit("visit", 615, "Swollen fingers in the morning").visit("follow-up", 520, "Joint review")
           .visit("follow-up", 88, "Joint review")
           .problem("rheumatoid arthritis", 615).problem("migraine", 2500)
           .measured("crp", {615: 38, 520: 14, 88: 3}).measured("hemoglobin", {615: 11.6, 88: 12.9})
           .measured("pain", {615: 7, 520: 4, 88: 1}).pressure({615: (114, 70), 88: (112, 68)})
           .measured("weight", {615: 59.9, 88: 61.4}).measured("height", {615: 162}).measured("bmi", {88: 23.4})
           .answered("never-smoked", 615).answered("food-no-risk", 520)
           .takes("methotrexate", 520, "15 mg once a week, on Mondays").takes("folic acid", 520, "5 mg on Fridays")
           .allergy("penicillin", "anaphylaxis", severity="severe", criticality="high")
           .vaccinated(influenza=47, covid=520)
           .note("progress", 88, "No swollen joints. Wants to plan a pregnancy: methotrexate must stop three months "
                                 "before."))


# ---------------------------------------------------------------------------------------------------------------------
# What joins patients to one another.

def between(today, people):
    son, father = "liam-murphy-1987", "liam-murphy-1958"
    latest = {son: f"Observation/{son}-ldl-1", father: f"Observation/{father}-ldl-2"}
    for own, other, day, words in ((father, son, 58, "with his son's"), (son, father, 57, "with his father's")):
        yield people[own].observed(
            "family-lipids", day, concept(LOINC, "24331-1", "Lipid 1996 panel - Serum or Plasma",
                                          f"Lipid panel, read together {words}"), ["laboratory"],
            hasMember=[reference(latest[own]), reference(latest[other])])
    yield {"resourceType": "Group", "id": "cardiometabolic-clinic", "type": "person", "actual": True, "active": True,
           "name": "Cardiometabolic clinic, Thursdays", "managingEntity": reference(HOSPITAL),
           "member": [{"entity": people[id].subject()} for id in
                      ("maja-oconnor", "jose-alvarez-nunez", "robin-achterberg", "nguyen-thi-hoa")]}
    start = (today + datetime.timedelta(days=9)).isoformat()
    yield {"resourceType": "Appointment", "id": "diabetes-evening", "status": "booked",
           "description": "Diabetes evening: cooking and counting", "start": f"{start}T18:00:00Z",
           "end": f"{start}T19:30:00Z",
           "participant": [{"actor": actor, "required": "required", "status": "accepted"} for actor in
                           (people["maja-oconnor"].subject(), people["robin-achterberg"].subject(),
                            clinician("lindqvist"), reference("Location/rowan-bay-clinic"))]}


# ---------------------------------------------------------------------------------------------------------------------
# The probes: what a careless check takes for a record of the patient, and what a careful one must not lose.

HOUSE = "https://hospital.example/"


def probe(type, word, /, **members):
    return {"resourceType": type, "id": f"probe-{word}", "meta": {"tag": [{"system": f"{HOUSE}tag", "code": "probe"}]},
            **members}


def probes(own, other):
    def reading(word, subject, value, categories=("laboratory",), day=8, **members):
        plain, code, _, unit, *_, display = MEASURES["glucose"]
        about = {"subject": subject} if subject else {}
        return probe("Observation", word, **{
            "status": "final", "category": [category(each) for each in categories],
            "code": concept(LOINC, code, display, plain), **about, "effectiveDateTime": own.time(day, "18:30"),
            "performer": [own.doctor()], "valueQuantity": quantity(value, unit), **members})

    def letter(word, person, text, **members):
        yield probe("Binary", f"{word}-text", contentType="text/plain", **members,
                    data=base64.b64encode(text.encode()).decode())
        yield probe("DocumentReference", word, status="current", type=concept(LOINC, *NOTES["consultation"]),
                    category=[concept(USCORE + "us-core-documentreference-category", "clinical-note", "Clinical Note")],
                    subject=person.subject(), date=person.time(7, "17:00"), author=[person.doctor()],
                    content=[{"attachment": {"contentType": "text/plain", "url": f"Binary/probe-{word}-text"}}])

    def provenance(word, *targets):
        return probe("Provenance", word, target=[reference(each) for each in targets], recorded=own.time(6, "09:00"),
                     agent=[{"who": own.doctor(), "onBehalfOf": reference(HOSPITAL)}])

    def call(word, person, **members):
        return probe("Task", word, status="requested", intent="order", description="Call about the home readings",
                     **{"for": person.subject()}, authoredOn=own.time(6, "10:00"), owner=own.doctor(), **members)

    def meter(word, **members):
        return probe("Device", word, status="active", deviceName=[{"name": "Glucose meter", "type": "other"}],
                     owner=reference(HOSPITAL), **members)

    yield meter("meter", patient=own.subject())
    yield meter("meter-other", patient=other.subject())
    yield meter("meter-spare")

    yield reading("focus", own.subject(), 141, focus=[other.subject()])
    yield reading("two-categories", own.subject(), 128, ["laboratory", "vital-signs"])
    yield reading("category-text", own.subject(), 133, category=[{"text": "Laboratory"}])
    yield reading("category-other-system", own.subject(), 137,
                  category=[concept(f"{HOUSE}category", "laboratory", "Laboratory")])
    yield reading("decimal", own.subject(), 7.0, valueQuantity=quantity(7.0, "mmol/L"))
    # Written into the wrong record, and put right.
    yield reading("moved", other.subject(), 219, day=7)
    yield reading("moved", own.subject(), 219, day=7)
    yield reading("performer", other.subject(), 204, performer=[own.subject()])
    yield reading("nobody", None, 100, note=[{"text": "Control solution"}])
    number = {"identifier": {"system": MRN, "value": own.number}, "display": own.name}
    yield reading("by-number", number, 122)
    yield reading("contained-subject", reference(f"#{own.id}"), 119,
                  contained=[{"resourceType": "Patient", "id": own.id, "name": [{"text": own.name}]}])
    yield probe("MedicationRequest", "contained", status="active", intent="order",
                contained=[{"resourceType": "Medication", "id": "strips", "code": {"text": "Glucose test strips"}}],
                medicationReference=reference("#strips"), subject=own.subject(), authoredOn=own.date(8),
                requester=own.doctor(), dosageInstruction=[{"text": "Two strips a day"}])

    yield from letter("letter", own, "Please bring the meter to the diabetes evening.")
    yield from letter("letter-other", other, "Please bring the insulin to the diabetes evening.",
                      securityContext=reference(f"Patient/{other.id}"))
    yield provenance("letter-written", "DocumentReference/probe-letter")
    yield provenance("letters-sent", "DocumentReference/probe-letter", "DocumentReference/probe-letter-other")
    yield call("call", own)
    yield call("call-other", other, requester=own.subject())
    yield probe("List", "call-list", status="current", mode="working", title="To be called on Monday",
                entry=[{"item": each} for each in (other.subject(), reference("Observation/probe-performer"),
                                                   own.subject())])


def everything(today):
    """All resources, each after the ones it refers to; a resource that changed has a row for each version."""
    resources, people = list(hospital()), {}
    for chart in charts(today):
        resources += chart.resources
        people[chart.id] = chart
    return [*resources, *between(today, people), *probes(people["maja-oconnor"], people["robin-achterberg"])]


# ---------------------------------------------------------------------------------------------------------------------
# The commands.

class Server:
    """A FHIR base spoken to over one kept connection."""

    def __init__(self, base, ca):
        url = urllib.parse.urlsplit(base.rstrip("/"))
        if url.scheme not in ("http", "https") or not url.hostname:
            raise SystemExit(f"patients: {base} is not an http or https URL")
        self.base, self.path = base.rstrip("/"), url.path
        if url.scheme == "https":
            context = ssl.create_default_context(cafile=ca)
            self.connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=30, context=context)
        else:
            self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Accept": "application/fhir+json"}
        if data:
            headers["Content-Type"] = "application/fhir+json; charset=utf-8"
        for attempt in (1, 2):  # a kept connection may have been closed by the other side meanwhile: once more then
            try:
                self.connection.request(method, f"{self.path}/{path}", data, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                if attempt == 2:
                    raise

    def wait(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer, _ = self.send("GET", "metadata")
                if answer not in (502, 503, 504):
                    return
                problem = f"it answers {answer}"
            except ssl.SSLError as error:
                raise SystemExit(f"patients: {self.base}: {error}; --ca FILE names the certificate authority to trust")
            except (OSError, http.client.HTTPException) as error:
                problem = error
                self.connection.close()
            if time.monotonic() >= deadline:
                raise SystemExit(f"patients: {self.base} did not become ready within {seconds:g} seconds: {problem}")
            time.sleep(0.25)


def load(resources, base, ca, wait):
    server, began = Server(base, ca), time.monotonic()
    server.wait(wait)
    for resource in resources:
        path = f"{resource['resourceType']}/{resource['id']}"
        answer, body = server.send("PUT", path, resource)
        if not 200 <= answer < 300:
            print(f"patients: PUT {path} was answered {answer}\n{body.decode(errors='replace')}", file=sys.stderr)
            return 1
    patients = sum(resource["resourceType"] == "Patient" for resource in resources)
    count = len({(resource["resourceType"], resource["id"]) for resource in resources})
    print(f"{count} resources of {patients} patients are in {server.base} "
          f"({time.monotonic() - began:.1f} seconds)")
    return 0


def show(resources):
    for patient in resources:
        if patient["resourceType"] == "Patient":
            name = patient["name"][0]
            print("\t".join([patient["id"], " ".join([*name["given"], name["family"]]), patient["birthDate"],
                             patient["identifier"][0]["value"]]))
    return 0


def write(resources, directory):
    os.makedirs(directory, exist_ok=True)
    types = {}
    for resource in resources:
        types.setdefault(resource["resourceType"], []).append(resource)
    for type, members in types.items():
        with open(os.path.join(directory, f"{type}.ndjson"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(member, ensure_ascii=False) + "\n" for member in members)
    print(f"{len(resources)} lines in {len(types)} files are in {directory}")
    return 0


def main():
    parser = argparse.ArgumentParser(description="Vestibule's own FHIR R4 demo data.")
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=ANCHOR, metavar="YYYY-MM-DD",
                        help=f"the day from which all dates count back (default {ANCHOR})")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("load", help="put everything into a FHIR server")
    command.add_argument("base", metavar="BASE_URL", help="the server's FHIR base, such as http://127.0.0.1:8080/fhir")
    command.add_argument("--ca", metavar="FILE", help="certificate authority to trust for an https base")
    command.add_argument("--wait", type=float, default=60, metavar="SECONDS",
                         help="how long to wait for a server that is starting (default 60)")
    commands.add_parser("list", help="id, name, birth date and record number, one patient a line, tabs between")
    command = commands.add_parser("ndjson", help="write one file per resource type, a line for each version")
    command.add_argument("directory", metavar="DIRECTORY")
    options = parser.parse_args()
    resources = everything(options.today)
    if options.command == "load":
        return load(resources, options.base, options.ca, options.wait)
    if options.command == "ndjson":
        return write(resources, options.directory)
    return show(resources)


if __name__ == "__main__":
    sys.exit(main())
