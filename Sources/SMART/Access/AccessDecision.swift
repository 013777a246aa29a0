import HTTP

/// What becomes of a request.
package enum AccessDecision: Sendable {
    /// Answered here.
    case deny(FHIRRefusal)
    /// The web server streams it to the FHIR server: nothing in the answer needs a check.
    case handOff(HandOff)
    /// We fetch the answer and let through what the token may see.
    case relay(Relay)

    /// What goes upstream beside method and body.
    package struct HandOff: Sendable {
        package let target: String
        package let ifMatch: String?
        package let ifNoneExist: String?

        init(_ target: FHIRTarget, ifMatch: String? = nil, ifNoneExist: String? = nil) {
            self.target = target.text
            self.ifMatch = ifMatch
            self.ifNoneExist = ifNoneExist
        }
    }

    package enum Relay: Sendable {
        case read(type: String, id: String)
        case search(SearchNarrowing)
        case page(PageLink)
    }
}
