import ArgumentParser
import HTTP
import OAuth
import SMART

typealias GrantType = ClientRegistration.GrantType

extension ClientRegistration.GrantType: ExpressibleByArgument {}

/// What a person types about a client, checked one by one.
enum ClientInput {
    static func name(_ text: String) throws -> String {
        guard ClientName.isPossible(text) else {
            throw ValidationError("a name has 1 to \(ClientName.longest) visible characters in one line")
        }
        return text
    }

    static func scopes(_ text: String) throws -> ScopeSet {
        let refused = ScopeSet.refusals(of: text).map { "unknown scope: \($0)" }
        guard refused.isEmpty else { throw ValidationError(refused.joined(separator: "; ")) }
        return ScopeSet(text)
    }

    static func redirectURIs(_ texts: [String]) throws -> [RedirectURI] {
        try texts.map { text in
            do throws(RedirectURI.Refusal) {
                return try RedirectURI(registering: text)
            } catch {
                throw ValidationError(error.description)
            }
        }
    }

    static func launchURLs(_ texts: [String]) throws -> [String] {
        try texts.map { text in
            do throws(LaunchURL.Refusal) {
                return try LaunchURL(registering: text).description
            } catch {
                throw ValidationError(error.description)
            }
        }
    }

    static func origins(_ texts: [String]) throws -> [String] {
        for text in texts {
            guard let url = AbsoluteURL(text), ["https", "http"].contains(url.scheme), url.origin.isExactly(text) else {
                throw ValidationError("\(text): an origin is like https://app.example")
            }
        }
        return texts
    }

    static func lifetimes(access: Int?, refresh: Int?) throws -> ClientRegistration.Lifetimes {
        guard (60...3600).contains(access ?? 60) else {
            throw ValidationError("an access token lives 60 to 3600 seconds")
        }
        guard (600...31_536_000).contains(refresh ?? 600) else {
            throw ValidationError("a refresh token lives 600 to 31536000 seconds")
        }
        return ClientRegistration.Lifetimes(accessToken: access, refreshToken: refresh)
    }
}
