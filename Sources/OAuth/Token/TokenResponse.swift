import HTTP
import JSON
import SMART

/// The answer to a token request (RFC 6749 §5.1, SMART app-launch#response-5).
package struct TokenResponse: Sendable {
    package let accessToken: Secret
    package let expiresIn: Int
    package let scopes: ScopeSet
    package let refreshToken: Secret?
    package let idToken: String?
    package let context: LaunchContext

    package init(
        accessToken: Secret, expiresIn: Int, scopes: ScopeSet, refreshToken: Secret?, idToken: String?,
        context: LaunchContext
    ) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.scopes = scopes
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.context = context
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("access_token", accessToken.text)
            $0.member("token_type", "Bearer")
            $0.member("expires_in", expiresIn)
            $0.member("scope", scopes.description)
            $0.member("refresh_token", refreshToken?.text)
            $0.member("id_token", idToken)
            context.write(to: &$0)
        }
        return writer.bytes
    }
}

extension OAuthError {
    /// RFC 6749 §5.2: `invalid_client` is 401, a server in trouble 503, everything else 400; too many attempts at any of it
    /// are 429 (RFC 6585 §4).
    package var status: Int {
        if isThrottled { return 429 }
        return switch code {
        case .invalidClient, .invalidToken: 401
        case .insufficientScope: 403
        case .serverError: 500
        case .temporarilyUnavailable: 503
        default: 400
        }
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("error", code.rawValue)
            $0.member("error_description", description)
        }
        return writer.bytes
    }
}
