import OAuth
import SQL
import Store

extension SQLStore: StandingGrantStore {}

extension SQLStore: SimulationStore {
    package func simulations(at now: Instant) throws(StoreError) -> [Simulation] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT client, kind FROM simulations WHERE fhir_base = $1 AND expires_at > $2 ORDER BY client, point
                """, fhirBase, now.seconds
            ) { row in Simulation.Kind(rawValue: row.text(1)).map { Simulation(clientID: row.text(0), kind: $0) } }
            .compactMap { (simulation: Simulation?) in simulation }
        }
    }

    package func add(_ simulation: Simulation, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        _ = try write { connection throws(SQLError) in
            try connection.run(
                "DELETE FROM simulations WHERE fhir_base = $1 AND expires_at <= $2", fhirBase, now.seconds)
            try connection.run(
                """
                INSERT INTO simulations (client, point, fhir_base, kind, expires_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (client, point) DO UPDATE SET kind = excluded.kind, expires_at = excluded.expires_at
                """, simulation.clientID, simulation.kind.point.rawValue, fhirBase, simulation.kind.rawValue,
                now.seconds + Simulation.lifetime)
        }
    }

    package func end(simulationAt point: Simulation.Point, of client: String) throws(StoreError) {
        let fhirBase = fhirBase
        _ = try write { connection throws(SQLError) in
            try connection.run(
                "DELETE FROM simulations WHERE client = $1 AND point = $2 AND fhir_base = $3", client, point.rawValue,
                fhirBase)
        }
    }

    package func spend(
        simulationAt point: Simulation.Point, of client: String, at now: Instant
    ) throws(StoreError) -> Simulation.Kind? {
        // Nearly always there is none: that costs no write.
        guard try simulations(at: now).contains(where: { $0.clientID == client && $0.kind.point == point }) else {
            return nil
        }
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.row(
                """
                DELETE FROM simulations WHERE client = $1 AND point = $2 AND fhir_base = $3 AND expires_at > $4
                RETURNING kind
                """, client, point.rawValue, fhirBase, now.seconds
            ) { row in Simulation.Kind(rawValue: row.text(0)) } ?? nil
        }
    }
}
