// Everything that touches the page. Text goes in as text nodes only, so nothing a server says can become markup.

const STATES = ["working", "idle", "ready", "denied", "error"];
export const at = (id) => document.getElementById(id);

/** An element: its name with classes ("p.quiet"), attributes, and children, of which strings become text. */
export function el(kind, attributes = {}, ...children) {
    const [name, ...classes] = kind.split(".");
    const element = document.createElement(name);
    if (classes.length) element.className = classes.join(" ");
    for (const [key, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
}

export function show(state) {
    document.body.dataset.state = state;
    for (const each of STATES) {
        const view = at(`view-${each}`);
        if (view) view.hidden = each !== state;
    }
}

/** Told to screen readers always, and shown where the page itself does not already say it. */
export function status(text, { shown = false } = {}) {
    at("status").textContent = text;
    at("status").classList.toggle("unseen", !shown);
}

export function working(text) {
    at("working-text").textContent = text;
    status(text);
    show("working");
}

export function showProblem(problem) {
    status("");
    if (problem.denied && at("view-denied")) {
        at("denied-detail").textContent = problem.text && `The hospital says: ${problem.text}`;
        show("denied");
        at("denied-title").focus();
        return;
    }
    const { links = [], advice = [] } = problem;
    const title = el("h1", { id: "error-title", tabindex: "-1" },
        problem.advice ? problem.message : "Something in this app went wrong");
    const steps = [
        ...links.map(({ text, href }) =>
            el("li", {}, el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text))),
        ...advice.map((text) => el("li", {}, text)),
    ];
    const facts = Object.entries(problem.facts ?? { Reason: problem.message })
        .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd.code", {}, value)));
    at("error").replaceChildren(
        title, problem.text ? el("p", {}, problem.text) : "",
        steps.length ? el("h2", {}, "What to do") : "", steps.length ? el("ul.steps", {}, ...steps) : "",
        facts.length ? el("h2", {}, "For the developer") : "",
        facts.length ? el("dl.facts", {}, ...facts) : "");
    show("error");
    title.focus();
}

export function scopeList(list, scopes, describe, notes = () => "") {
    list.replaceChildren(...scopes.map((scope) =>
        el("li", {}, el("span", {}, describe(scope)), el("span.code", {}, scope),
            notes(scope) ? el("span.quiet", {}, notes(scope)) : "")));
}

export function banner(section, { name, born, bornWords, age, died, sex, record }, { needed, visit }) {
    const fact = (label, id, value) => el("div", {}, el("dt", {}, label), el("dd", { id }, value));
    section.classList.toggle("slim", !needed);
    section.replaceChildren(
        el("div.banner-name", {},
            el("h1", { id: "patient-name" }, name), died ? el("p.alarm", { id: "patient-died" }, died) : ""),
        el("dl", {},
            fact("Born", "patient-birthdate", el("time", { datetime: born }, bornWords)),
            age ? fact(died ? "Age at death" : "Age", "patient-age", age) : "",
            fact("Sex", "patient-sex", sex),
            fact("Record number", "patient-mrn", record)),
        visit ? el("p.banner-visit", { id: "encounter" }, visit) : "",
        needed ? "" : note("The health record around this page already names the patient, so this banner is small."));
}

export const note = (text) => el("p.quiet", {}, text);

const entry = ({ title, note: more, tag, alarm }) =>
    el("li", {},
        el("span.entry-title", {}, title), tag ? el("span.tag", {}, tag) : "", alarm ? el("span.alarm", {}, alarm) : "",
        more ? el("span.quiet", {}, more) : "");

export const entries = (items) => el("ul.entries", {}, ...items.map(entry));

export const groups = (parts, draw) => parts.flatMap(({ title, items }) => [el("h3", {}, title), draw(items, title)]);

export function readings(items, caption) {
    const heads = ["Observation", "Latest result", "Course"].map((text) => el("th", { scope: "col" }, text));
    return el("table.readings", { "aria-label": caption },
        el("thead.unseen", {}, el("tr", {}, ...heads)), el("tbody", {}, ...items.map(row)));
}

function row({ title, value, flag, date, when, range, trend, earlier }) {
    return el("tr", {},
        el("th", { scope: "row" }, title,
            el("span.quiet", {}, el("time", { datetime: when }, date), range ? ` · ${range}` : "")),
        el("td", {}, el("span.value", {}, value),
            flag ? el("span.flag", {}, el("span", { "aria-hidden": "true" }, `${flag[0]} `), flag[1]) : ""),
        el("td.course", {}, trend.length > 1 ? line(trend) : "",
            earlier ? el("span.quiet", {}, `before ${earlier}`) : ""));
}

/** A small line through a series of numbers; the words beside it say the same. */
function line(numbers) {
    const low = Math.min(...numbers), span = Math.max(...numbers) - low || 1;
    const points = numbers.map((number, index) =>
        [4 + index * 72 / (numbers.length - 1), 20 - (number - low) / span * 16].map((each) => each.toFixed(1)));
    const svg = (name, attributes) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        return element;
    };
    const drawing = svg("svg", { viewBox: "0 0 80 24", width: "80", height: "24", class: "line", "aria-hidden": "true" });
    const [cx, cy] = points.at(-1);
    drawing.append(svg("polyline", { points: points.join(" ") }), svg("circle", { cx, cy, r: "2.6" }));
    return drawing;
}
