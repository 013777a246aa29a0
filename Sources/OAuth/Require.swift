/// One check of a rule: the condition holds, or the rule ends with this refusal.
package func require(_ condition: Bool, else error: @autoclosure () -> OAuthError) throws(OAuthError) {
    guard condition else { throw error() }
}

/// One check of a rule that also unwraps what it checked.
package func require<Value>(_ value: Value?, else error: @autoclosure () -> OAuthError) throws(OAuthError) -> Value {
    guard let value else { throw error() }
    return value
}
