/// What a token may do with the resources of one type.
package enum AccessRule: Sendable, Equatable {
    case none
    case unrestricted
    /// What any one of these grants reaches.
    case restricted([AccessGrant])

    init(_ grants: [AccessGrant]) {
        if grants.isEmpty {
            self = .none
        } else if grants.contains(where: { $0.reach == .everyone && $0.constraints.isEmpty && $0.excluded.isEmpty }) {
            self = .unrestricted
        } else {
            self = .restricted(grants)
        }
    }
}
