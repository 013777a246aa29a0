import HTTP
import JSON

/// What becomes of a request.
package enum AccessDecision: Sendable {
    /// Answered here.
    case deny(FHIRRefusal)
    /// The web server streams it to the FHIR server: nothing in the answer needs a check.
    case handOff(HandOff)
    /// We fetch the answer and let through what the token may see.
    case relay(Relay)
    /// The body decides, and has not been read yet.
    case needsBody

    /// What goes upstream beside method and body.
    package struct HandOff: Sendable {
        package let target: String
        package let ifMatch: String?
        package let ifNoneExist: String?
        /// Preferences and the kind of the body as they were decided on (RFC 7240 §2).
        package private(set) var prefer: String?
        package private(set) var contentType: String?

        package init(_ target: FHIRTarget, ifMatch: String? = nil, ifNoneExist: String? = nil) {
            self.target = target.text
            self.ifMatch = ifMatch
            self.ifNoneExist = ifNoneExist
        }

        func with(prefer: String?, contentType: String?) -> HandOff {
            var copy = self
            copy.prefer = prefer
            copy.contentType = contentType
            return copy
        }

        /// The same under the condition that the resource is still the version that was looked at.
        package func onlyIf(version: String?) -> HandOff {
            HandOff(target: target, ifMatch: version ?? ifMatch, ifNoneExist: ifNoneExist).with(
                prefer: prefer, contentType: contentType)
        }

        private init(target: String, ifMatch: String?, ifNoneExist: String?) {
            self.target = target
            self.ifMatch = ifMatch
            self.ifNoneExist = ifNoneExist
        }
    }

    package enum Relay: Sendable {
        /// Rows R1, R2: one resource, or one version of it.
        case read(type: String, id: String, version: String?)
        /// Row R3
        case history(type: String, id: String, FHIRTarget)
        /// Row R6: raw content goes to the client as it is, once something visible is found that it belongs to.
        case binary(id: String, FHIRTarget, RawContent)
        /// Rows S1 to S3, O3
        case search(SearchNarrowing, FHIRTarget)
        /// Row S6
        case page(PageLink)
        /// Rows O1, O2: what an operation collects.
        case collection(FHIRTarget)
        /// Row O6: a document, whole or not at all.
        case document(FHIRTarget)
        /// Row W2: made, unless the search finds one that may be seen.
        case create(SearchNarrowing, HandOff)
        /// Row X1: begun, for these types; `nil` for all.
        case export(FHIRTarget, Set<String>?)
        /// Row X2: how far it is, or what came of it.
        case exportStatus(ExportLink)
        /// Row B1: each entry by itself.
        case batch([BundleEntry])
        /// Row B2: all entries or none, with the preferences that go along.
        case transaction([BundleEntry], JSONDocument, prefer: String?)
        /// Rows W3 to W5: handed on once the resource as it is now was looked at.
        case change(GuardedChange)
    }
}

/// A change of a resource that depends on what the resource is now (rows W3 to W5).
package struct GuardedChange: Sendable {
    package let letter: Permissions
    package let type: String
    package let id: String
    /// What the resource is to become; `nil` for a patch and a delete.
    package let draft: ResourceDraft?
    /// Whether the token may change the resource and not read it, so that the answer is not for it either.
    package let isBlind: Bool
    package let readsEveryBinary: Bool
    package let handOff: AccessDecision.HandOff

    func with(prefer: String?, contentType: String?) -> GuardedChange {
        GuardedChange(
            letter: letter, type: type, id: id, draft: draft, isBlind: isBlind, readsEveryBinary: readsEveryBinary,
            handOff: handOff.with(prefer: prefer, contentType: contentType))
    }
}
