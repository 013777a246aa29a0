import Glibc
import OAuth
import Service
import Store

/// Lets the failures happen that developers asked for. There is one in demo mode alone.
package struct Simulator {
    private let simulations: any SimulationStore
    private let pause: @Sendable (_ seconds: Int) -> Void

    /// - Parameter pause: holds a worker: a demonstration has enough of them.
    package init(
        _ simulations: any SimulationStore, pause: @escaping @Sendable (Int) -> Void = { _ = sleep(UInt32($0)) }
    ) {
        self.simulations = simulations
        self.pause = pause
    }

    /// What this request has to suffer, if anything: refused, late, or with another lifetime of its tokens.
    func happen(
        at point: Simulation.Point, to client: String, at now: Instant
    ) throws(OAuthError) -> Simulation.Kind? {
        guard let kind = try stored(simulations.spend(simulationAt: point, of: client, at: now)) else { return nil }
        if kind.delay > 0 { pause(kind.delay) }
        if let error = kind.error { throw error }
        return kind
    }
}

extension Configuration {
    /// What only a demonstration has; `nil` in any other configuration, whatever is in the store.
    package func onlyInDemo<Value>(_ make: () throws -> Value) rethrows -> Value? {
        isDemo ? try make() : nil
    }
}
