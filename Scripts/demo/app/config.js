// What this copy of the app was set up with: config.json beside this file.
//   client_id   the registration at the authorization server
//   fhir_base   the one FHIR server this app works with
//   scope       what it asks for; launch or launch/patient is added by the way it was started
//   name        how it calls itself
//   ca          how a browser comes to trust the server's certificate: a sentence, or the URL of the authority's file

import { Problem } from "./problem.js";

export async function configuration() {
    let config;
    try {
        const answer = await fetch("config.json", { cache: "no-store" });
        if (!answer.ok) throw new Error(`config.json was answered ${answer.status}`);
        config = await answer.json();
    } catch (error) {
        throw new Problem("This app is not set up yet", {
            text: "Its file config.json could not be read.",
            facts: { Reason: error.message },
            advice: ["Start the demo with its start script, which writes that file."],
        });
    }
    const missing = ["client_id", "fhir_base", "scope"]
        .filter((key) => typeof config[key] !== "string" || !config[key]);
    if (missing.length) {
        throw new Problem("This app is not set up yet", {
            text: `config.json lacks ${missing.join(", ")}.`,
            advice: ["Start the demo with its start script, which writes that file."],
        });
    }
    return { name: "Rounds", ca: "", ...config, fhir_base: config.fhir_base.replace(/\/$/, "") };
}
