// The start page and redirect URI: begins a standalone launch, takes the answer of any launch, shows the record.

import { configuration } from "./config.js";
import { Problem } from "./problem.js";
import { allergy, conditionGroups, humanName, medicine, observationGroups, person, visit } from "./record.js";
import { covers, described, narrowed } from "./scopes.js";
import { answered, authorize, forgetStale, RefusedRead, requestedScope } from "./smart.js";
import { at, banner, entries, groups, note, readings, scopeList, show, showProblem, status, working } from "./view.js";

let config, session, clock;

async function open() {
    const parameters = new URLSearchParams(location.search);
    // the code leaves the address bar and the history before anything else happens
    history.replaceState(null, "", location.pathname);
    config = await configuration();
    document.title = config.name;
    at("app-name").textContent = config.name;
    forgetStale();
    if (!["code", "error", "state"].some((name) => parameters.has(name))) return start();
    working("Checking the answer and who is signed in.");
    session = await answered(config, parameters);
    working("Reading the record.");
    await showRecord();
    status("The record is open.");
}

function start() {
    scopeList(at("asked-scopes"), requestedScope(config).split(" "), described);
    at("fhir-base").textContent = config.fhir_base;
    status("");
    show("idle");
}

async function standalone() {
    working("Going to the hospital’s sign-in.");
    location.assign(await authorize(config));
}

function restart() {
    session = null;
    location.assign("index.html");
}

async function showRecord() {
    await Promise.all([
        patientBanner(),
        signedInUser(),
        section("conditions", "Condition", "_count=100", (found) => groups(conditionGroups(found), entries)),
        section("observations", "Observation", "_sort=-date&_count=200",
            (found) => groups(observationGroups(found), readings)),
        section("medications", "MedicationRequest", "_count=100", (found) => [entries(activeFirst(found.map(medicine)))]),
        section("allergies", "AllergyIntolerance", "_count=100", (found) => [entries(found.map(allergy))]),
    ]);
    showAccess();
    show("ready");
}

const activeFirst = (items) => items.sort((one, other) => Boolean(one.tag) - Boolean(other.tag));

async function patientBanner() {
    const { patient, encounter, scopes } = session, place = at("patient");
    if (!patient) {
        throw new Problem("No patient came with this access", {
            text: "This app shows one patient at a time and was given none.",
            facts: { "Granted scope": session.scope },
            advice: ["Start again and choose a patient."],
        });
    }
    const readable = async (type, id) =>
        id && covers(scopes, type, "r") ? session.read(`${type}/${encodeURIComponent(id)}`).catch(refused) : null;
    const [who, stay] = await Promise.all([readable("Patient", patient), readable("Encounter", encounter)]);
    const shown = who ? person(who) : { ...person({}), name: "Name not shared", record: patient };
    const going = stay ? visit(stay) : encounter ? `Visit ${encounter}` : "";
    banner(place, shown, { needed: session.needsBanner, visit: going });
}

/** A read that was refused leaves its place empty; a token that no longer counts ends the session. */
function refused(error) {
    if (!(error instanceof RefusedRead)) throw error;
    if (error.status === 401) {
        throw new Problem("This access has ended", {
            text: "The server no longer accepts it: its time is over, or someone took it back.",
            facts: { Status: "401", ...(error.message ? { Answer: error.message } : {}) },
            advice: ["Start again."],
        });
    }
    return null;
}

async function signedInUser() {
    const { identity, scopes } = session, place = at("signed-in-user");
    if (!identity) {
        place.textContent = "Not shared with this app";
        return;
    }
    const { fhirUser } = identity;
    const reference = fhirUser?.split("/").slice(-2).join("/");
    let name = identity.name;
    if (!name && reference && scopes.includes("fhirUser")) {
        const resource = await session.read(reference).catch(refused);
        name = resource?.name ? humanName(resource.name) : null;
    }
    place.replaceChildren(name ?? "Name not shared");
    if (reference) place.append(code(reference));
    place.append(note("Proof checked: signature, issuer, audience, time and nonce"));
}

const code = (text) => Object.assign(document.createElement("span"), { className: "code block", textContent: text });

/** One part of the record, whose place on the page has the plural of its name as id. */
async function section(plural, type, options, draw) {
    const place = at(plural);
    if (!session.patient || !covers(session.scopes, type, "s")) {
        place.replaceChildren(note(`Not shared: this access does not cover ${plural}.`));
        return;
    }
    try {
        const { found, more } = await session.search(`${type}?patient=${encodeURIComponent(session.patient)}&${options}`);
        place.replaceChildren(...(found.length ? draw(found) : [note(`No ${plural} in what this app may see.`)]),
            ...(more ? [note("There are older ones that this page does not show.")] : []));
    } catch (error) {
        refused(error);
        const reason = [error.status ? `status ${error.status}` : "", error.message].filter(Boolean).join(", ");
        place.replaceChildren(note(`The server did not give the ${plural} (${reason}).`));
    }
}

function showAccess() {
    const { scopes, requestedScopes } = session, cut = narrowed(requestedScopes, scopes);
    const instead = new Map(cut.map(({ scope, instead }) => [scope, instead]));
    scopeList(at("granted-scopes"), scopes, described, (scope) =>
        requestedScopes.includes(scope) ? ""
            : cut.some(({ instead }) => instead.includes(scope)) ? "Narrower than asked" : "Not asked for");
    scopeList(at("narrowed-scopes"), cut.map(({ scope }) => scope), described,
        (scope) => instead.get(scope).length ? "Narrowed to what is listed above" : "");
    at("narrowed").hidden = cut.length === 0;
    at("refresh").hidden = !session.canRefresh;
    at("start-again").classList.toggle("primary", !session.canRefresh);
    at("refresh-note").textContent =
        session.canRefresh ? "" : "This access cannot be renewed; when it ends, start again.";
    clearInterval(clock);
    clock = setInterval(tick, 1000);
    tick();
}

function tick() {
    if (!session) return clearInterval(clock);
    if (session.endsAt === null) {
        at("expires").textContent = "not said";
        return clearInterval(clock);
    }
    const left = Math.round((session.endsAt - Date.now()) / 1000);
    if (left <= 0) {
        at("expires").textContent = "ended";
        const way = session.canRefresh ? "Refresh it" : "Start again";
        status(`This access has ended. ${way} to go on.`, { shown: true });
        return clearInterval(clock);
    }
    const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60, seconds = left % 60;
    at("expires").textContent =
        [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, `${seconds} s`].filter(Boolean).join(" ");
}

async function refresh() {
    const button = at("refresh");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    status("Refreshing the access.", { shown: true });
    try {
        await session.refresh();
        await showRecord();
        status("The access was refreshed and the record read again.", { shown: true });
    } finally {
        button.removeAttribute("aria-disabled");
    }
}

/** Runs an action; whatever goes wrong ends the session and is shown. */
const guarded = (action) => async () => {
    try {
        await action();
    } catch (problem) {
        session = null;
        showProblem(problem);
    }
};

for (const [selector, action] of Object.entries({
    "#start-standalone, [data-action=standalone]": standalone,
    "#refresh": refresh,
    "[data-action=restart]": restart,
})) {
    for (const button of document.querySelectorAll(selector)) button.addEventListener("click", guarded(action));
}
show("working");
guarded(open)();
