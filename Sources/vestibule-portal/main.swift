// vestibule-portal: the people's pages - signing in, picking a patient, consent, launching apps.
//
// STANDARDS  SMART app-launch#launch-app-ehr-launch, WCAG 2.2 AA
// POWERS     reads accounts; writes sign-in attempts, second factors, sessions, interactions, consents, what patients
//            deny, launches and emergencies; the key of second factors; reads the FHIR server over nginx's relay socket
import Endpoints
import SQLStore
import Service

serve("vestibule-portal", about: "the people's pages", workers: 32, bodyLimit: 65_536) { configuration in
    let database = try Database(
        at: configuration.store, fhirBase: configuration.fhirBase, powers: .portal)
    let log = Log(program: "vestibule-portal")
    Housekeeper.begin(
        database, every: 600, clock: systemClock, report: log.housekeeping, anchored: log.auditAnchor)
    let hashing = Turnstile(places: 2)
    let site = try Site(configuration)
    for pair in Theme(configuration.theme).weakPairs {
        Log(program: "vestibule-portal").write(.warning, "weak_contrast", [("colors", .text(pair.description))])
    }
    let developer = try configuration.onlyInDemo {
        try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .developer)
    }
    return { _ in
        PortalEndpoint(
            urls: configuration.urls, site: site, policy: configuration.tokenPolicy,
            sessionPolicy: configuration.sessionPolicy, stores: try database.store(),
            directory: try FHIRPatientDirectory(relaySocket: configuration.relaySocket), hashing: hashing,
            secondFactorPolicy: configuration.secondFactorPolicy,
            totpKey: { () throws(ConfigurationError) in try SecretFile.totp.read(in: configuration.secrets) },
            demoAccounts: configuration.demoAccounts.map(DemoAccount.init), frames: configuration.frameOrigins,
            longestEmergency: configuration.longestEmergency, offersLimits: configuration.offersLimits,
            desk: try developer.map { DeveloperDesk(configuration, stores: try $0.store()) }, clock: systemClock)
    }
}
