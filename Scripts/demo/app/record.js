// FHIR R4 resources as the few words and numbers this page shows.

const PARTS = { day: "numeric", month: "short", year: "numeric" };
const DAY = new Intl.DateTimeFormat("en-GB", PARTS);
const PLAIN_DAY = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

export const words = (concept) => concept?.text ?? concept?.coding?.find(({ display }) => display)?.display
    ?? concept?.coding?.[0]?.code ?? "";

/** A FHIR date or dateTime of any precision; a moment is shown in the reader's own time zone. */
export function day(text) {
    if (!text) return "";
    if (/^\d{4}$/.test(text)) return text;
    if (/^\d{4}-\d{2}$/.test(text)) return MONTH.format(new Date(`${text}-01T00:00:00Z`));
    const moment = new Date(text);
    if (Number.isNaN(moment.getTime())) return text;
    return (text.length === 10 ? PLAIN_DAY : DAY).format(moment);
}

export function humanName(names = []) {
    const name = names.find(({ use }) => use === "official") ?? names.find(({ use }) => use === "usual") ?? names[0];
    if (!name) return "Name not recorded";
    const { text, prefix = [], given = [], family, suffix = [] } = name;
    return text ?? [...prefix, ...given, family, ...suffix].filter(Boolean).join(" ");
}

/** Years between two dates; "about" where the precision leaves a year open. */
function age(born, until) {
    const [year, month, date] = born.split("-").map(Number);
    let years = until.getFullYear() - year;
    if (!month) return `about ${years}`;
    const thisMonth = until.getMonth() + 1;
    if (thisMonth < month || (thisMonth === month && date && until.getDate() < date)) years -= 1;
    const inMonths = (until.getFullYear() - year) * 12 + thisMonth - month - (date && until.getDate() < date ? 1 : 0);
    if (years < 2) return `${inMonths} months`;
    return !date && thisMonth === month ? `about ${years}` : `${years}`;
}

export function person(patient) {
    const { birthDate, deceasedDateTime, deceasedBoolean } = patient;
    const isRecordNumber = ({ type }) => type?.coding?.some(({ code }) => code === "MR");
    const record = patient.identifier?.find(isRecordNumber) ?? patient.identifier?.[0];
    const died = deceasedDateTime ? `Died ${day(deceasedDateTime)}` : deceasedBoolean ? "Died" : "";
    const until = deceasedDateTime ? new Date(deceasedDateTime) : deceasedBoolean ? null : new Date();
    return {
        name: humanName(patient.name),
        born: birthDate, bornWords: birthDate ? day(birthDate) : "not recorded",
        age: birthDate && until ? age(birthDate, until) : "", died,
        sex: { male: "Male", female: "Female", other: "Other", unknown: "Unknown" }[patient.gender] ?? "not recorded",
        record: record?.value ?? "none",
    };
}

export function visit(encounter) {
    const kind = { AMB: "Outpatient visit", IMP: "Hospital stay", EMER: "Emergency visit" }[encounter.class?.code]
        ?? encounter.class?.display ?? "Visit";
    const going = encounter.status === "in-progress" ? "in progress" : encounter.status;
    return [kind, day(encounter.period?.start), words(encounter.reasonCode?.[0]), going].filter(Boolean).join(" · ");
}

const categories = ({ category }) => (category ?? []).flatMap(({ coding }) => coding ?? []).map(({ code }) => code);
const groupOf = (kinds, codes) => kinds.find(([code]) => codes.includes(code))?.[0] ?? "other";

const CONDITION_GROUPS = [["problem-list-item", "Problem list"], ["encounter-diagnosis", "Visit diagnoses"],
                          ["health-concern", "Health concerns"], ["other", "Other"]];

export function conditionGroups(conditions) {
    const groups = new Map(CONDITION_GROUPS.map(([code, title]) => [code, { title, items: [] }]));
    for (const condition of conditions) {
        const codes = categories(condition);
        const state = condition.clinicalStatus?.coding?.[0]?.code ?? "";
        groups.get(groupOf(CONDITION_GROUPS, codes)).items.push({
            title: words(condition.code) || "Not named",
            tag: state === "active" ? "" : state,
            note: [condition.onsetDateTime && `since ${day(condition.onsetDateTime)}`,
                   condition.abatementDateTime && `until ${day(condition.abatementDateTime)}`,
                   codes.includes("sdoh") && "social needs"].filter(Boolean).join(", "),
            since: condition.onsetDateTime ?? "",
        });
    }
    for (const { items } of groups.values()) {
        items.sort((one, other) =>
            Boolean(one.tag) - Boolean(other.tag) || other.since.localeCompare(one.since));
    }
    return [...groups.values()].filter(({ items }) => items.length);
}

const OBSERVATION_GROUPS = [["laboratory", "Laboratory"], ["vital-signs", "Vital signs"],
                            ["procedure", "Clinical tests"], ["exam", "Examination"], ["survey", "Surveys"],
                            ["social-history", "Social history"], ["other", "Other"]];
const FLAGS = {
    H: ["▲", "High"], HH: ["▲▲", "Very high"], HU: ["▲▲", "Very high"],
    L: ["▼", "Low"], LL: ["▼▼", "Very low"], LU: ["▼▼", "Very low"],
    A: ["●", "Abnormal"], AA: ["●●", "Very abnormal"], POS: ["●", "Positive"],
};
const flag = ({ interpretation }) =>
    (interpretation ?? []).flatMap(({ coding }) => coding ?? []).map(({ code }) => FLAGS[code]).find(Boolean) ?? null;

function measured({ valueQuantity: quantity, ...value }) {
    if (quantity) return `${quantity.comparator ?? ""}${quantity.value} ${quantity.unit ?? quantity.code ?? ""}`.trim();
    if (value.valueBoolean !== undefined) return value.valueBoolean ? "Yes" : "No";
    return words(value.valueCodeableConcept) || value.valueString
        || day(value.valueDateTime) || String(value.valueInteger ?? "");
}

/** The value of an observation: its parts with one unit at the end where they share it (blood pressure). */
function reading(observation) {
    const parts = (observation.component ?? []).filter(({ valueQuantity }) => valueQuantity);
    const units = new Set(parts.map(({ valueQuantity }) => valueQuantity.unit));
    const value = measured(observation) || (parts.length && units.size === 1
        ? `${parts.map(({ valueQuantity }) => valueQuantity.value).join("/")} ${[...units][0]}`
        : parts.map((part) => `${words(part.code)} ${measured(part)}`).join(", "));
    const marked = [observation, ...parts].find(flag);
    if (!marked) return { value, flag: null };
    const [sign, meaning] = flag(marked);
    const part = marked === observation ? "" : ` ${words(marked.code).split(" ")[0].toLowerCase()}`;
    return { value, flag: [sign, meaning + part] };
}

function range({ referenceRange: [only] = [] }) {
    if (!only) return "";
    const { low, high, text } = only;
    if (text) return text;
    if (low && high) return `usual ${low.value} to ${high.value}`;
    return low ? `usual ${low.value} or more` : high ? `usual ${high.value} or less` : "";
}

/** Per kind, the latest observation of each code, with the numbers that came before it, oldest first. */
export function observationGroups(observations) {
    const byCode = new Map();
    const when = ({ effectiveDateTime, effectivePeriod, issued }) =>
        effectiveDateTime ?? effectivePeriod?.start ?? issued ?? "";
    const number = ({ valueQuantity, component }) => valueQuantity?.value ?? component?.[0]?.valueQuantity?.value;
    for (const observation of [...observations].sort((one, other) => when(one).localeCompare(when(other)))) {
        const code = observation.code?.coding?.[0];
        const key = code ? `${code.system}|${code.code}` : words(observation.code);
        if (!byCode.has(key)) byCode.set(key, []);
        byCode.get(key).push(observation);
    }
    const groups = new Map(OBSERVATION_GROUPS.map(([code, title]) => [code, { title, items: [] }]));
    for (const series of byCode.values()) {
        const latest = series.at(-1), before = series.at(-2);
        const { value, flag: mark } = reading(latest);
        groups.get(groupOf(OBSERVATION_GROUPS, categories(latest))).items.push({
            title: words(latest.code) || "Not named",
            value: value || (latest.hasMember ? `${latest.hasMember.length} results together` : "no value"),
            flag: mark, date: day(when(latest)), when: when(latest), range: range(latest),
            trend: series.map(number).filter(Number.isFinite),
            earlier: before ? reading(before).value : "",
        });
    }
    for (const { items } of groups.values()) {
        items.sort((one, other) => other.when.localeCompare(one.when) || one.title.localeCompare(other.title));
    }
    return [...groups.values()].filter(({ items }) => items.length);
}

export const medicine = (request) => ({
    title: words(request.medicationCodeableConcept) || request.medicationReference?.display || "Not named",
    note: request.dosageInstruction?.map(({ text }) => text).filter(Boolean).join("; ") ?? "",
    tag: request.status === "active" ? "" : request.status ?? "",
});

const reaction = ({ manifestation, severity }) =>
    [manifestation?.map(words).join(", ").toLowerCase(), severity && `(${severity})`].filter(Boolean).join(" ");

export const allergy = (intolerance) => ({
    title: words(intolerance.code) || "Not named",
    note: (intolerance.reaction ?? []).map(reaction).join("; "),
    alarm: intolerance.criticality === "high" ? "High risk" : "",
});
