// OpenID Connect Core §3.1.3.7: an id_token counts only when the server's key, and nothing else, explains it.

import { Problem, unreachable } from "./problem.js";

const LEEWAY = 60;  // seconds by which two clocks may differ

export const base64url = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const object = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

export async function verifyIDToken(token, { config, server, nonce }) {
    const parts = token.split(".");
    let header, claims;
    try {
        if (parts.length !== 3) throw new Error();
        [header, claims] = parts.slice(0, 2).map(object);
    } catch {
        throw unproven("it is not a signed token");
    }
    // the algorithm first: a token may not choose how it is checked
    require(header.alg === "RS256", `it is signed with ${header.alg}, and RS256 is agreed`);
    require(await isSigned(header, parts, config, server), "its signature does not match the server’s key");
    require(claims.iss === server.issuer, `it was issued by ${claims.iss}`);
    const audience = [claims.aud].flat();
    require(audience.includes(config.client_id), "it was made for another app");
    require(audience.length === 1 || claims.azp === config.client_id, "it was made for several apps and names another");
    const now = Date.now() / 1000;
    require(claims.exp > now - LEEWAY, "it has expired; check this computer’s clock");
    require(claims.iat < now + LEEWAY, "it comes from the future; check this computer’s clock");
    require(!nonce || claims.nonce === nonce, "it answers another request");
    require(typeof claims.sub === "string" && claims.sub !== "", "it names nobody");
    return claims;
}

async function isSigned({ kid }, [header, payload, signature], config, server) {
    const answer = await fetch(server.jwks_uri, { headers: { Accept: "application/json" } })
        .catch((error) => { throw unreachable(config, server.jwks_uri, error); });
    const keys = (await answer.json().catch(() => null))?.keys;
    require(Array.isArray(keys), "the server’s keys could not be read");
    const candidates = keys.filter((key) => key.kty === "RSA" && (key.use ?? "sig") === "sig"
                                                    && (key.alg ?? "RS256") === "RS256" && (!kid || key.kid === kid));
    require(candidates.length > 0, "it is signed with a key the server does not publish");
    require(kid || candidates.length === 1, "it does not say which key signed it");
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const { n, e } = candidates[0];
    const key = await crypto.subtle.importKey("jwk", { kty: "RSA", n, e }, algorithm, false, ["verify"]);
    return crypto.subtle.verify(algorithm, key, bytes(signature), new TextEncoder().encode(`${header}.${payload}`));
}

function require(condition, reason) {
    if (!condition) throw unproven(reason);
}

function unproven(reason) {
    return new Problem("The proof of who is signed in does not hold", {
        text: `The identity was checked and refused: ${reason}. All access was dropped.`,
        advice: ["Start again. If it happens twice, tell whoever runs the hospital’s server."],
    });
}
