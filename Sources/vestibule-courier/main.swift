// vestibule-courier: tells the FHIR server, the site's consent platform and the owners of apps what patients have decided, and
// asks the FHIR server what they have decided elsewhere.
//
// STANDARDS  FHIR R4 consent, Standard Webhooks
// POWERS     the outbox, consents and directives; the webhook keys; the FHIR server over nginx's changes socket, the platform,
//            the owners' hosts
import Endpoints
import HTTPClient
import OAuth
import SQLStore
import Service

goRounds("vestibule-courier", about: "what patients have decided, told to who has to hear of it", every: 2) {
    configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .courier)
    let courier = try Courier(configuration, store: try database.store(), clock: systemClock)
    let log = Log(program: "vestibule-courier")
    let follower = try ConsentFollower(configuration, stores: try database.store(), clock: systemClock)
    var followedAt: Instant?
    try courier.begin()
    return { isStopping in
        if let follower, let every = configuration.consent.followEvery,
            followedAt.map({ systemClock() - $0 >= every }) ?? true
        {
            followedAt = systemClock()
            let round = try follower.round(isStopping: isStopping)
            if round.changed > 0 { log.write(.info, "followed", [("count", .number(round.changed))]) }
            for problem in round.problems { log.write(.warning, "not followed", [("error", .text(problem))]) }
        }
        let round = try courier.round(isStopping: isStopping)
        if round.delivered > 0 { log.write(.info, "delivered", [("count", .number(round.delivered))]) }
        if let reason = round.reason {
            log.write(.warning, "not delivered", [("count", .number(round.failed)), ("error", .text(reason))])
        }
    }
}
