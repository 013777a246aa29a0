import ClientKeys
import Glibc
import HTTPClient
import OAuth
import SMART
import Service

/// What the configuration's numbers mean to the endpoints.
extension Configuration {
    package var tokenPolicy: TokenPolicy {
        var policy = TokenPolicy()
        policy.code = lifetimes.code
        policy.accessToken = lifetimes.accessToken
        policy.refreshToken = lifetimes.refreshToken
        policy.launch = lifetimes.launch
        policy.idToken = lifetimes.idToken
        return policy
    }

    package var sessionPolicy: SessionPolicy {
        SessionPolicy(idle: lifetimes.sessionIdle, absolute: lifetimes.sessionAbsolute)
    }
}

extension Configuration {
    package var secondFactorPolicy: SecondFactorPolicy {
        switch secondFactor {
        case .optional: .optional
        case .staff: .staff
        case .all: .all
        }
    }
}

extension Configuration {
    /// Where what others have registered may lead.
    func foreignHosts() throws -> FetchPolicy {
        var policy = FetchPolicy()
        policy.certificateAuthorities = outbound.certificateAuthorities
        policy.proxy = outbound.proxy
        policy.allowedHosts = try AllowedHosts(outbound.allowed)
        policy.allowsLoopback = isDemo
        return policy
    }

    /// The keys of asymmetric clients, shared by all workers of a program.
    package func clientKeys(workers: Int) throws -> ClientKeyCache {
        ClientKeyCache(workers: workers, policy: try foreignHosts(), wall: systemClock)
    }
}

extension Configuration {
    /// What discovery tells of: what is switched on.
    package var features: ServerFeatures { ServerFeatures(registration: registration.mode != .off) }
}

extension Site {
    /// Refuses a logo that cannot be read or shown.
    package init(_ configuration: Configuration) throws {
        let logo = try configuration.theme.logo.map { path in
            do {
                return try Logo(readFile(path, limit: Logo.mostBytes))
            } catch {
                throw Logo.Refusal(description: "\(path): \(error)")
            }
        }
        self.init(
            name: configuration.siteName, isDemo: configuration.isDemo, defaultLanguage: configuration.language,
            theme: Theme(configuration.theme), logo: logo)
    }
}

extension DemoAccount {
    package init(_ account: Configuration.DemoAccount) {
        self.init(label: account.label, username: account.username, password: account.password)
    }
}

/// The machine's clock.
package let systemClock: Clock = { Instant(time(nil)) }
