/// All that one token allows, in the launch's patient, the user and the user's own rights.
package struct TokenAccess: Sendable {
    let grants: [AccessGrant]
    /// What patients do not let the app have: no grant goes beyond it.
    let denied: DenyRules
    private let context: ClinicalScope.Context
    /// What may be exported in bulk.
    let export: ExportRights

    /// - Parameters:
    ///   - access: what the user may see, for `patient/` and `user/` scopes.
    ///   - clientAccess: what the client itself may see, for `system/` scopes.
    ///   - temporary: the patient in context, where the user sees that one for a time alone: then nobody else is reached.
    package init(
        _ scopes: ScopeSet, patient: String?, user: FHIRUser?, access: UserAccess, clientAccess: UserAccess = .all,
        denied: DenyRules = .none, temporary: String? = nil
    ) {
        let access = temporary.map { .patients([$0]) } ?? access.limited(to: user)
        var grants: [AccessGrant] = []
        var own: [AccessGrant] = []
        for scope in scopes.clinical {
            let reach: AccessGrant.Reach? =
                switch scope.context {
                case .system: Self.reach(of: clientAccess)
                case .user: Self.reach(of: access)
                // SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources: never more than the user may see.
                case .patient:
                    patient.flatMap {
                        access.includes(patient: $0) ? Self.reach(of: .patients([$0])) : nil
                    }
                }
            guard let reach else { continue }
            let grant = AccessGrant(
                reach: reach, type: scope.resourceType, permissions: scope.permissions, constraints: scope.constraints)
            grants.append(grant)
            if scope.context == .system { own.append(grant) }
        }
        export = ExportRights(own, denied: denied)
        // SMART scopes-and-launch-context#scopes-for-requesting-identity-data: the app may read whom `fhirUser` names.
        if scopes.contains(.fhirUser), let user {
            grants.append(
                AccessGrant(reach: .instance(user.id), type: user.kind.rawValue, permissions: .read, constraints: []))
        }
        self.grants = grants
        self.denied = denied
        context =
            scopes.clinical.first { $0.context == .patient }?.context ?? scopes.clinical.first?.context ?? .patient
    }

    /// What holds for a type: the union of the grants that have one of these letters for it.
    package func rule(_ letters: Permissions, on type: String) -> AccessRule {
        let grants = grants.filter {
            ($0.type == nil || $0.type == type) && !$0.permissions.isDisjoint(with: letters)
        }
        guard !denied.isEmpty else { return AccessRule(grants) }
        let exclusions = denied.exclusions(letters, on: type)
        return AccessRule(grants.compactMap { $0.without(exclusions, on: type) })
    }

    /// Whether each of these letters is granted for every type and everybody.
    package func isUnlimited(_ letters: Permissions) -> Bool {
        guard denied.isEmpty else { return false }
        let wide = grants.filter { $0.type == nil && $0.reach == .everyone && $0.constraints.isEmpty }
        return wide.reduce(into: Permissions()) { $0.formUnion($1.permissions) }.isSuperset(of: letters)
    }

    /// Whether raw content of this patient may be read: by a grant that speaks of it, or of the documents that do.
    func reaches(patient id: String, _ content: RawContent) -> Bool {
        // Raw content has no codes by which a part of it could be told from the rest.
        let excluded = ["Binary", "DocumentReference"].map { denied.exclusions(.read, on: $0) }
        guard !excluded.contains(where: { $0.patients.contains(id) || $0.parts[id] != nil }) else { return false }
        return grants.contains { grant in
            (grant.type == nil || grant.type == content.grantedType) && grant.permissions.contains(.read)
                && (grant.constraints.isEmpty || content == .document) && grant.reaches(patient: id)
        }
    }

    /// Whether everything about one patient may be read and found.
    func seesWhole(patient id: String) -> Bool {
        guard !denied.touch(id) else { return false }
        let wide = grants.filter { $0.type == nil && $0.constraints.isEmpty && $0.reaches(patient: id) }
        return wide.reduce(into: Permissions()) { $0.formUnion($1.permissions) }.isSuperset(of: [.read, .search])
    }

    /// The scope that a refused request lacked, in the context this token speaks of.
    package func scope(_ letters: Permissions, on type: String?) -> String {
        ClinicalScope(context, type, letters).spelling
    }

    private static func reach(of access: UserAccess) -> AccessGrant.Reach? {
        switch access {
        case .all: return .everyone
        case .none: return nil
        case .patients(let ids):
            // An id that is none would be a path when it is put into one.
            let sound = ids.filter { ResourceID.isValid($0) }
            return sound.isEmpty ? nil : .patients(sound)
        }
    }
}
