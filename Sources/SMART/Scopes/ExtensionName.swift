import HTTP

/// The names that a site may give its own scopes and context (SMART scopes-and-launch-context#extensibility).
enum ExtensionName {
    /// A full URI, or anything that begins with two underscores.
    static func isValid(_ name: String) -> Bool {
        name.hasPrefix("__") || name.hasPrefix("urn:") || AbsoluteURL(name) != nil
    }
}
