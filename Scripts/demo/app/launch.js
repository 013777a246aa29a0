// The launch URL: the health record opens it with ?iss=…&launch=… and the person goes straight on to the hospital.
// SMART app-launch#launch-app-ehr-launch

import { configuration } from "./config.js";
import { Problem } from "./problem.js";
import { authorize, forgetStale, sameServer } from "./smart.js";
import { show, showProblem, status } from "./view.js";

async function launch() {
    const parameters = new URLSearchParams(location.search);
    const config = await configuration();
    document.getElementById("app-name").textContent = config.name;
    document.title = `Opening ${config.name}`;
    const iss = parameters.get("iss"), handle = parameters.get("launch");
    if (!iss || !handle) {
        throw new Problem("This page is for the health record", {
            text: "A health record opens it and says which server and which patient is meant. That was missing here.",
            advice: ["Open the app from the health record, or go to its start page and choose a patient there."],
        });
    }
    if (!sameServer(iss, config.fhir_base)) {
        throw new Problem("This app does not know that server", {
            text: "The launch names a server that this app was not set up for, so nothing was sent to it.",
            facts: { "Server in the launch": iss, "Server of this app": config.fhir_base },
            advice: ["If you trust that server, ask whoever runs this app to set it up there.",
                     "If you did not expect to be here, close the tab."],
        });
    }
    forgetStale();
    status("Opening the hospital’s sign-in.");
    // replace, so that Back returns to the health record and does not launch a second time
    location.replace(await authorize(config, { launch: handle }));
}

show("working");
launch().catch(showProblem);
