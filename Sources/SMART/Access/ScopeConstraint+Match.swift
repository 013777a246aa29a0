import JSON

extension ScopeConstraint {
    /// FHIR R4 search#token, on the codes a resource carries; its text never matches.
    func matches(_ resource: JSONValue, of type: String) -> Bool {
        guard let path = GranularParameter.path(parameter, of: type) else { return false }
        return resource.values(at: path).contains { element in
            if element.kind == .string {
                // A plain code has a system, but only its definition tells which: a value that names one cannot be proven.
                return values.contains { $0.system == nil && element.equals($0.code) }
            }
            guard let codings = element["coding"] else { return matches(coding: element) }
            return codings.elements.contains { matches(coding: $0) }
        }
    }

    /// Whether a rule that denies has to take the resource for one of these: what does not say, or not by which system, could
    /// be one.
    func couldMatch(_ resource: JSONValue, of type: String) -> Bool {
        guard let path = GranularParameter.path(parameter, of: type) else { return true }
        let elements = resource.values(at: path)
        return elements.isEmpty
            || elements.contains { element in
                guard element.kind != .string else { return values.contains { element.equals($0.code) } }
                guard let codings = element["coding"] else { return couldMatch(coding: element) }
                return codings.count == 0 || codings.elements.contains { couldMatch(coding: $0) }
            }
    }

    private func couldMatch(coding: JSONValue) -> Bool {
        guard let code = coding["code"] else { return true }
        return values.contains { token in
            guard code.equals(token.code) else { return false }
            guard let system = token.system, !system.isEmpty, let own = coding["system"] else { return true }
            return own.equals(system)
        }
    }

    private func matches(coding: JSONValue) -> Bool {
        guard let code = coding["code"] else { return false }
        let system = coding["system"]
        return values.contains { token in
            guard code.equals(token.code) else { return false }
            return switch token.system {
            case nil: true
            case "": system == nil
            case .some(let wanted): system?.equals(wanted) == true
            }
        }
    }
}
