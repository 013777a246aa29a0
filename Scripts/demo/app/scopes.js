// What scopes say, in words; and how the ones that were granted differ from the ones that were asked for.
// SMART app-launch#scopes-for-requesting-fhir-resources

const PLAIN = {
    openid: "Know that it is really you",
    fhirUser: "Know which entry of the record is you",
    profile: "Know your name",
    launch: "Take over the patient from the health record",
    "launch/patient": "Work with the patient you choose",
    "launch/encounter": "Work with the visit you choose",
    offline_access: "Renew this access without asking again",
    online_access: "Renew this access while you are signed in",
};
const KINDS = {
    Patient: "personal details", Condition: "conditions", Observation: "observations", MedicationRequest: "medications",
    AllergyIntolerance: "allergies", Encounter: "visits", Immunization: "vaccinations", DocumentReference: "notes",
    Practitioner: "clinicians", "*": "the whole record",
};
const WHOSE = { patient: "this patient", user: "the patients you may see", system: "all patients" };
const V1 = { read: "rs", write: "cud", "*": "cruds" };

export function parsed(scope) {
    const [name, query] = scope.split("?");
    const [, context, type, permissions] = /^(patient|user|system)\/(\*|[A-Za-z]+)\.(\*|[a-z]+)$/.exec(name) ?? [];
    const letters = V1[permissions] ?? permissions;
    if (!context || !/^(?=.)c?r?u?d?s?$/.test(letters)) return null;
    return { context, type, letters, limits: new URLSearchParams(query) };
}

export function described(scope) {
    const clinical = parsed(scope);
    if (!clinical) return PLAIN[scope] ?? "A permission of this server’s own";
    const { context, type, letters, limits } = clinical;
    const verbs = [["see", /[rs]/], ["change", /[cu]/], ["delete", /d/]].filter(([, needed]) => needed.test(letters));
    const verb = verbs.map(([word]) => word).join(verbs.length > 2 ? ", " : " and ");
    const codes = (value) => value.split(",").map((each) => each.split("|").pop()).join(" or ");
    const only = [...limits].map(([name, value]) => `${name} ${codes(value)}`);
    return `${verb[0].toUpperCase()}${verb.slice(1)} ${KINDS[type] ?? type} of ${WHOSE[context]}`
        + (only.length ? `, only ${only.join(" and ")}` : "");
}

/** Whether some granted scope may find resources of this type; one with limits counts, for it finds some of them. */
export const covers = (granted, type, letter) =>
    granted.map(parsed).some((scope) => scope && ["*", type].includes(scope.type) && scope.letters.includes(letter));

/** The asked scopes that did not come back, each with the granted ones that stand in its place. */
export function narrowed(requested, granted) {
    return requested.filter((scope) => !granted.includes(scope)).map((scope) => {
        const asked = parsed(scope);
        const instead = !asked ? [] : granted.filter((other) => {
            const given = parsed(other);
            return given && !requested.includes(other) && (asked.type === "*" || asked.type === given.type);
        });
        return { scope, instead };
    });
}
