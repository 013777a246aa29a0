import OAuth

/// What became of a Consent that somebody else keeps.
package enum DirectiveChange: Sendable, Equatable {
    /// It was new here, and is kept.
    case recorded
    case changed
    /// This state of it, or a later one, is known.
    case unchanged
}

/// What is known of Consents that others keep.
package protocol DirectiveIntakeStore {
    /// Keeps what a Consent says now, unless a later state of it is known: once, however often and in whatever order it comes.
    ///
    /// - Parameter id: of the directive, where it is new.
    func take(
        _ reading: ConsentReading, from source: ConsentDirective.Source, as id: String, at now: Instant
    ) throws(StoreError) -> DirectiveChange

    /// Up to when the changes at the FHIR server are known, by its own clock.
    func followedUntil() throws(StoreError) -> Instant?

    func follow(until: Instant) throws(StoreError)
}
