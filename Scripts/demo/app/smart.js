// A SMART App Launch 2.2 public client: discovery, the authorization request with PKCE, the code for a token, refresh.
// The token stays in the object that is returned; sessionStorage holds only what a request in flight needs.

import { oauthProblem, Problem, unreachable } from "./problem.js";
import { base64url, verifyIDToken } from "./idtoken.js";

const PREFIX = "authorization-request ";
const REQUEST_LIFETIME = 15 * 60 * 1000;
const REMEMBERED = ["issuer", "token_endpoint", "jwks_uri", "authorization_response_iss_parameter_supported"];

export const redirectURI = () => new URL("index.html", location.href).href.split(/[?#]/)[0];
export const sameServer = (one, other) => one.replace(/\/$/, "") === other.replace(/\/$/, "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const sha256 = async (text) => base64url(new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));

// SMART app-launch#retrieve-well-knownsmart-configuration
async function discover(config) {
    const url = `${config.fhir_base}/.well-known/smart-configuration`;
    let answer, found;
    try {
        answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    } catch (error) {
        throw unreachable(config, url, error);
    }
    try {
        found = answer.ok ? await answer.json() : null;
    } catch {
        found = null;
    }
    const wrong = unusable(found);
    if (wrong) {
        throw new Problem("The server’s SMART description cannot be used", {
            text: `The page that says how to sign in was answered, but ${wrong}.`,
            facts: { Address: url, Status: String(answer.status) },
            advice: ["Check that the address is a FHIR base with SMART App Launch in front of it."],
        });
    }
    return found;
}

function unusable(found) {
    if (!found) return "not with a document that can be read";
    const unsafe = ["authorization_endpoint", "token_endpoint"].find((name) => !isSafe(found[name]));
    if (unsafe) return `${unsafe} is missing or not https`;
    const offersPKCE = found.code_challenge_methods_supported?.includes("S256");
    return offersPKCE ? null : "S256 is not offered, and this app does not go on without it";
}

function isSafe(address) {
    try {
        const { protocol, hostname } = new URL(address);
        return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    } catch {
        return false;
    }
}

/** The scope for a launch from the health record, or for one that begins here and lets the person choose a patient. */
export function requestedScope(config, launch) {
    const words = config.scope.split(/\s+/).filter((word) => word && !/^launch(\/patient)?$/.test(word));
    return [launch ? "launch" : "launch/patient", ...words].join(" ");
}

/** Remembers a request under its state and gives the address to send the person to. SMART app-launch#request-4 */
export async function authorize(config, { launch } = {}) {
    const server = await discover(config);
    const state = random(), verifier = random(), nonce = random(), scope = requestedScope(config, launch);
    sessionStorage.setItem(PREFIX + state, JSON.stringify({
        began: Date.now(), verifier, nonce, scope, fromRecord: Boolean(launch),
        server: Object.fromEntries(REMEMBERED.map((name) => [name, server[name]])),
    }));
    const address = new URL(server.authorization_endpoint);
    for (const [name, value] of Object.entries({
        response_type: "code", client_id: config.client_id, redirect_uri: redirectURI(), scope, state, nonce,
        aud: config.fhir_base, code_challenge: await sha256(verifier), code_challenge_method: "S256",
        ...(launch ? { launch } : {}),
    })) address.searchParams.set(name, value);
    return address.href;
}

/** Drops requests that nobody came back from. */
export function forgetStale() {
    for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) {
        let began = 0;
        try { began = JSON.parse(sessionStorage.getItem(key)).began; } catch { /* not ours any more: drop it */ }
        if (Date.now() - began > REQUEST_LIFETIME) sessionStorage.removeItem(key);
    }
}

/** The answer to an authorization request, as a session. RFC 6749 §4.1.2, RFC 9207 §2.4 */
export async function answered(config, parameters) {
    const key = PREFIX + parameters.get("state"), stored = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (!stored) {
        throw new Problem("This answer does not belong to a request from this tab", {
            text: "The page was opened a second time, in another tab, or by someone else’s link. "
                + "Nothing was done with it.",
            advice: ["Start again from here."],
        });
    }
    const request = JSON.parse(stored), { server } = request, iss = parameters.get("iss");
    if (iss === null ? server.authorization_response_iss_parameter_supported : iss !== server.issuer) {
        throw new Problem("The answer came from another server", {
            text: "This app asked one server and the answer names another, so the code was thrown away.",
            facts: { "Asked": server.issuer ?? config.fhir_base, "Answered": iss ?? "no name given" },
            advice: ["Start again. If it happens twice, tell whoever runs this app."],
        });
    }
    if (parameters.has("error")) throw oauthProblem(Object.fromEntries(parameters), "Sign-in and permission");
    if (!parameters.get("code")) {
        throw oauthProblem({ error: "none, and no code either" }, "Sign-in and permission");
    }

    const token = await post(config, server, {
        grant_type: "authorization_code", code: parameters.get("code"), redirect_uri: redirectURI(),
        client_id: config.client_id, code_verifier: request.verifier,
    }, "Code for a token");
    return new Session(config, request, token).withIdentity(request.nonce);
}

// RFC 6749 §4.1.3, §6
async function post(config, server, fields, step) {
    let answer, body;
    try {
        answer = await fetch(server.token_endpoint, {
            method: "POST", body: new URLSearchParams(fields),
            headers: { Accept: "application/json" }, cache: "no-store",
        });
    } catch (error) {
        throw unreachable(config, server.token_endpoint, error);
    }
    try {
        body = await answer.json();
    } catch {
        const description = "The token endpoint did not answer in JSON.";
        throw oauthProblem({ error: `HTTP status ${answer.status}`, error_description: description }, step);
    }
    if (!answer.ok) throw oauthProblem({ error: `HTTP status ${answer.status}`, ...body }, step);
    if (typeof body.access_token !== "string" || String(body.token_type).toLowerCase() !== "bearer") {
        throw oauthProblem({ error: "no usable token", error_description: "The answer has no bearer token." }, step);
    }
    return body;
}

/** What was granted. The tokens are private: nothing outside this class can read, store or show them. */
export class Session {
    #accessToken;
    #refreshToken;

    constructor(config, request, token) {
        Object.assign(this, { config, request, identity: null });
        this.#take(token);
    }

    #take(token) {
        this.#accessToken = token.access_token;
        this.#refreshToken = token.refresh_token ?? this.#refreshToken;
        this.idToken = token.id_token;
        this.scope = token.scope ?? this.scope ?? this.request.scope;
        this.endsAt = Number.isFinite(token.expires_in) ? Date.now() + token.expires_in * 1000 : null;
        this.patient = token.patient ?? this.patient ?? null;
        this.encounter = token.encounter ?? this.encounter ?? null;
        this.needsBanner = token.need_patient_banner ?? this.needsBanner ?? true;
    }

    get canRefresh() { return Boolean(this.#refreshToken); }
    get scopes() { return this.scope.split(/\s+/).filter(Boolean); }
    get requestedScopes() { return this.request.scope.split(" "); }

    async withIdentity(nonce) {
        const { idToken, config, request: { server } } = this;
        this.idToken = null;
        if (!idToken && nonce && this.scopes.includes("openid")) {
            throw new Problem("The hospital did not say who is signed in", {
                text: "An identity was granted, but the answer has no id_token.",
                advice: ["Tell whoever runs the hospital’s server."],
            });
        }
        if (idToken) {
            const identity = await verifyIDToken(idToken, { config, server, nonce });
            // OpenID Core §12.2: a refreshed identity is the same person
            if (this.identity && this.identity.sub !== identity.sub) {
                throw new Problem("The identity changed during a refresh", { advice: ["Start again and sign in."] });
            }
            this.identity = { ...this.identity, ...identity };
        }
        return this;
    }

    async refresh() {
        const { config, request: { server } } = this;
        const token = await post(config, server, {
            grant_type: "refresh_token", refresh_token: this.#refreshToken, client_id: config.client_id,
        }, "Refresh");
        this.#take(token);
        return this.withIdentity(null);
    }

    /** Reads from the FHIR server; the token goes nowhere else. */
    async read(path) {
        const base = `${this.config.fhir_base}/`, url = new URL(path, base).href;
        if (!url.startsWith(base)) throw new RefusedRead(0, "the address is outside the FHIR server");
        let answer;
        try {
            answer = await fetch(url, {
                headers: { Accept: "application/fhir+json", Authorization: `Bearer ${this.#accessToken}` },
                cache: "no-store",
            });
        } catch (error) {
            throw unreachable(this.config, url, error);
        }
        const body = await answer.json().catch(() => null);
        if (answer.ok && body) return body;
        throw new RefusedRead(answer.status, body?.issue?.[0]?.diagnostics ?? body?.issue?.[0]?.details?.text
                                             ?? body?.error_description ?? "");
    }

    /** All matches of a search, page after page up to a limit. */
    async search(query, pages = 5) {
        const found = [], isMatch = ({ search }) => (search?.mode ?? "match") === "match";
        let next = query, more = false;
        for (let page = 0; next; page += 1) {
            if (page === pages) { more = true; break; }
            const bundle = await this.read(next);
            found.push(...(bundle.entry ?? []).filter(isMatch).map(({ resource }) => resource));
            next = bundle.link?.find(({ relation }) => relation === "next")?.url;
        }
        return { found, more };
    }
}

export class RefusedRead extends Error {
    constructor(status, diagnostics) {
        super(diagnostics);
        this.status = status;
    }
}
