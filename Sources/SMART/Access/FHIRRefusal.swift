/// Why a FHIR request is not served: everything its answer says, and nothing about a resource that was not visible.
package struct FHIRRefusal: Error, Equatable, Sendable {
    /// FHIR R4 valueset-issue-type: the codes we use.
    package enum Issue: String, Sendable {
        case login
        case expired
        case conflict
        case forbidden
        case invalid
        case notFound = "not-found"
        case notSupported = "not-supported"
        case tooLong = "too-long"
        case transient
    }

    /// What the `WWW-Authenticate` field says (RFC 6750 §3).
    package enum Challenge: Equatable, Sendable {
        /// No token, so no error code either (RFC 6750 §3.1).
        case token
        case invalidToken
        /// With the scope that would do.
        case insufficientScope(String)
    }

    package let status: Int
    package let issue: Issue
    package let text: String
    package let challenge: Challenge?

    package init(_ status: Int, _ issue: Issue, _ text: String, challenge: Challenge? = nil) {
        self.status = status
        self.issue = issue
        self.text = text
        self.challenge = challenge
    }
}

extension FHIRRefusal {
    package static let noToken = FHIRRefusal(
        401, .login, "This address needs an access token in the Authorization field.", challenge: .token)

    package static let invalidToken = FHIRRefusal(
        401, .login, "The access token is not valid here.", challenge: .invalidToken)

    package static let expiredToken = FHIRRefusal(
        401, .expired, "The access token has expired.", challenge: .invalidToken)

    /// The same for a resource that is absent, deleted or not visible (threat E1: no oracle of existence).
    package static let notFound = FHIRRefusal(404, .notFound, "There is no such resource here for this token.")

    /// The same, saying which entry of a transaction it is about.
    func of(entry number: Int) -> FHIRRefusal {
        FHIRRefusal(status, issue, "Entry \(number): \(text)", challenge: challenge)
    }

    package static func malformed(_ text: String) -> FHIRRefusal { FHIRRefusal(400, .invalid, text) }

    package static func forbidden(_ text: String, scope: String) -> FHIRRefusal {
        FHIRRefusal(403, .forbidden, text, challenge: .insufficientScope(scope))
    }

    /// The FHIR server did not answer: trying again may help.
    package static let unavailable = FHIRRefusal(503, .transient, "The FHIR server does not answer now.")

    /// The FHIR server answered what cannot be checked, so nothing of it is passed on.
    package static let unusableAnswer = FHIRRefusal(
        502, .transient, "The FHIR server's answer could not be checked and is not passed on.")
}
