// vestibule-consents: hears from the site's consent platform and from the FHIR server that a patient has decided something.
//
// STANDARDS  FHIR R4 consent, FHIR R4 subscription, Standard Webhooks
// POWERS     consents, what rests on them, and directives; two keys; reads the FHIR server over nginx's relay socket
import Endpoints
import HTTPClient
import OAuth
import SQLStore
import Service

serve("vestibule-consents", about: "what patients have decided elsewhere", workers: 8, bodyLimit: 1 << 20) {
    configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .consents)
    let keys = try ConsentsEndpoint.Keys(configuration)
    return { _ in
        try ConsentsEndpoint(configuration, stores: try database.store(), keys: keys, clock: systemClock)
    }
}
