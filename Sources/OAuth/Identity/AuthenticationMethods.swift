/// How a person has signed in, as `amr` and `acr` tell it (OpenID Core §2).
package enum AuthenticationMethods: String, Sendable {
    case password = "pwd"
    case passwordAndCode = "pwd otp mfa"

    /// The one authentication context class that is promised: two factors of different kinds were shown.
    package static let multiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

    /// RFC 8176 §2
    package var references: [String] { rawValue.split(separator: " ").map(String.init) }

    /// A password alone is of no class with a name.
    package var contextClass: String? { self == .passwordAndCode ? Self.multiFactor : nil }
}

extension Session {
    package var methods: AuthenticationMethods { secondFactor == .proven ? .passwordAndCode : .password }
}
