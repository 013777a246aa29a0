import OAuth

/// What developers have asked to fail: one thing a client and point, until it has happened once.
package protocol SimulationStore {
    /// Those that wait, by client.
    func simulations(at now: Instant) throws(StoreError) -> [Simulation]

    /// In place of what waited at the same point for the same client.
    func add(_ simulation: Simulation, at now: Instant) throws(StoreError)

    func end(simulationAt point: Simulation.Point, of client: String) throws(StoreError)

    /// What has to happen now: of any number of requests at once, to one.
    func spend(simulationAt point: Simulation.Point, of client: String, at now: Instant) throws(StoreError)
        -> Simulation.Kind?
}

/// Grants for whoever asks why a token is good for nothing.
package protocol StandingGrantStore {
    /// One grant, alive or not.
    func standingGrant(_ id: String, at now: Instant) throws(StoreError) -> StandingGrant?
}
