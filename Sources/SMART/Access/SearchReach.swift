/// Which conditions a search may hold: those that depend on nothing but what the token may see anyway.
///
/// A condition is an answer: whether anything is found tells whether it holds. Includes only bring resources along, and
/// those are looked at when they come.
struct SearchReach {
    enum Verdict {
        case goesAlong
        /// Left out: nothing it could bring would be shown. The server's own account of the search tells
        /// (FHIR R4 search#conformance).
        case staysOut
    }

    private let type: String
    private let compartment: Compartment
    /// Whose resources are searched; `nil` for everybody's.
    private let patients: Set<String>?
    private let access: TokenAccess

    init(_ type: String, _ compartment: Compartment, patients: Set<String>?, access: TokenAccess) {
        self.type = type
        self.compartment = compartment
        self.patients = patients
        self.access = access
    }

    /// `nil` for a condition that could tell what the token may not see.
    func verdict(on parameter: SearchParameter) -> Verdict? {
        switch parameter.kind {
        case .plain: .goesAlong
        case .inclusion(let inclusion): brings(inclusion) ? .goesAlong : .staysOut
        case .chain(let chain): isOpen(chain) ? .goesAlong : nil
        case .reverseChain(let chain): isOpen(reverse: chain) ? .goesAlong : nil
        }
    }

    private func brings(_ inclusion: SearchParameter.Inclusion) -> Bool {
        guard inclusion.source != "*" else { return false }
        guard !inclusion.isReverse else { return access.rule(.search, on: inclusion.source) != .none }
        return inclusion.target.map { access.rule([.read, .search], on: $0) != .none } ?? true
    }

    /// What is asked of the own patient, or of something that nobody's data is in.
    private func isOpen(_ chain: SearchParameter.Chain) -> Bool {
        if let type = chain.type, isWhollyOpen(type) { return true }
        // A resource that is found names one patient, who is ours.
        return chain.type ?? "Patient" == "Patient" && compartment.naming == .onePatient
            && compartment.ownReferences.contains(chain.reference) && seesOurs("Patient")
    }

    /// What points here: all of it must be visible, or it could be somebody else's.
    private func isOpen(reverse chain: SearchParameter.Chain) -> Bool {
        guard let source = chain.type, let referring = Compartment.of(source) else { return false }
        if access.rule(.search, on: source) == .unrestricted { return true }
        return compartment.kind == .root && referring.kind == .member
            && (referring.naming == .onePatient || referring.naming == .severalPatients)
            && referring.ownReferences.contains(chain.reference) && seesOurs(source)
    }

    private func isWhollyOpen(_ type: String) -> Bool {
        switch access.rule(.search, on: type) {
        case .none: false
        case .unrestricted: true
        case .restricted(let grants):
            Compartment.of(type)?.isImpersonal == true
                && grants.contains { grant in
                    if case .patients = grant.reach { grant.constraints.isEmpty } else { false }
                }
        }
    }

    /// Whether everything of the type that is about the patients of this search is visible.
    private func seesOurs(_ type: String) -> Bool {
        switch access.rule(.search, on: type) {
        case .none: return false
        case .unrestricted: return true
        case .restricted(let grants):
            guard let patients else { return false }
            return grants.contains { grant in
                guard grant.constraints.isEmpty, grant.excluded.isEmpty, case .patients(let reached) = grant.reach
                else { return false }
                return reached.isSuperset(of: patients)
            }
        }
    }
}

extension Compartment {
    /// The search parameters by which an instance names its one patient.
    var ownReferences: Set<String> {
        guard let parameter, kind == .member || kind == .conditional else { return [] }
        return paths.contains(["subject"]) ? [parameter, "subject"] : [parameter]
    }
}
