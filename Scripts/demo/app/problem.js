// Something that went wrong, in words for the person in front of the page: what happened, the facts a developer will
// ask for, and what to do now.

export class Problem extends Error {
    constructor(title, { text = "", facts = {}, advice = [], links = [], denied = false } = {}) {
        super(title);
        Object.assign(this, { title, text, facts, advice, links, denied });
    }
}

// RFC 6749 §4.1.2.1 and §5.2: what each code means to the person, and what helps
const AGAIN = "Start again. If it happens twice, tell whoever runs this app.";
const REGISTRATION = "Ask whoever runs this app to check its registration.";
const SETUP = "Ask whoever runs this app to check its set-up.";
const LATER = "Wait a minute, then start again.";
const MEANINGS = {
    invalid_request: ["The hospital did not understand the request", AGAIN],
    invalid_client: ["The hospital does not know this app", REGISTRATION],
    invalid_grant: ["This permission is no longer valid",
        "Start again: a permission is good for one use and a short time, and can be taken back."],
    unauthorized_client: ["This app is not allowed to ask in this way", REGISTRATION],
    unsupported_response_type: ["The hospital does not offer this kind of sign-in", SETUP],
    unsupported_grant_type: ["The hospital does not offer this kind of access", SETUP],
    invalid_scope: ["This app asked for more than it may have",
        "Ask whoever runs this app to check which scopes it was registered for."],
    login_required: ["You are not signed in at the hospital", "Start again and sign in."],
    interaction_required: ["The hospital needs an answer from you", "Start again and answer its questions."],
    server_error: ["The hospital’s server had a problem", LATER],
    temporarily_unavailable: ["The hospital’s server is busy", LATER],
};

export function oauthProblem({ error, error_description: description }, step) {
    const [title, advice] = MEANINGS[error] ?? ["The hospital answered with an error", AGAIN];
    const facts = { Step: step, Error: error || "not given", ...(description ? { Description: description } : {}) };
    if (error === "access_denied") return new Problem("No access was given", { text: description ?? "", denied: true });
    return new Problem(title, { facts, advice: [advice] });
}

// A browser tells a script nothing about why a connection failed: the certificate, the network and CORS look the same.
export function unreachable(config, url, error) {
    const isLink = /^https?:\/\//.test(config.ca);
    return new Problem("The hospital’s server cannot be reached from this page", {
        text: "In a demo the usual reason is that this browser does not trust the server’s own certificate yet.",
        facts: { Address: url, Browser: error.message },
        links: [
            {
                text: "Open the server once in a new tab and accept its certificate",
                href: `${config.fhir_base}/.well-known/smart-configuration`,
            },
            ...(isLink ? [{ text: "Or get the authority’s certificate and import it", href: config.ca }] : []),
        ],
        advice: [
            ...(config.ca && !isLink ? [config.ca] : []),
            "Then come back to this tab and start again.",
            "If that tab does not open either, the server is not running or the network is down.",
        ],
    });
}
