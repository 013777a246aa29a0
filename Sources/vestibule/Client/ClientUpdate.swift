import ArgumentParser
import OAuth
import SMART
import SQLStore
import Store

extension ClientCommand {
    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a client. What is not named stays; a list that is named is replaced as a whole.",
            discussion: """
                Access tokens that were issued keep their scopes until they expire; client disable ends all at once. \
                Keys and secrets have commands of their own: set-keys, rotate-secret and webhook-secret.
                """)

        enum Trust: String, EnumerableFlag {
            case trusted
            case untrusted

            static func help(for value: Trust) -> ArgumentHelp? {
                switch value {
                case .trusted: "The hospital answers for this app: in an EHR launch nobody is asked for consent."
                case .untrusted: "People are asked for their consent in every launch."
                }
            }
        }

        @Argument(help: "The client_id.") var id: String
        @Option(help: "The name that people see.") var name: String?
        @Option(help: "Whose app it is, for people.") var organization: String?
        @Option(help: "The scopes the client may ask for, in one text.") var scope: String?
        @Option(
            name: .customLong("grant-type"),
            help: "authorization_code, refresh_token or client_credentials; repeat for several.")
        var grantTypes: [GrantType] = []
        @Option(name: .customLong("redirect-uri"), help: "Where answers may go; repeat for several.")
        var redirectURIs: [String] = []
        @Option(name: .customLong("launch-url"), help: "Where an EHR launch sends the browser; repeat for several.")
        var launchURLs: [String] = []
        @Option(name: .customLong("origin"), help: "A further web origin of the app's pages; repeat for several.")
        var origins: [String] = []
        @Flag(name: .customLong("no-launch-url"), help: "The app is launched from nowhere any more.")
        var hasNoLaunchURL = false
        @Flag(name: .customLong("no-origin"), help: "The app has no web origin but those of its redirect URIs.")
        var hasNoOrigin = false
        @Flag var trust: Trust?
        @Flag(
            inversion: .prefixedNo,
            help: "Runs on the person's device: a redirect URI may have a scheme of its own, or any port of loopback.")
        var native: Bool?
        @Option(help: "Seconds that access tokens of this client live.") var accessTokenLifetime: Int?
        @Option(help: "Seconds that its refresh tokens live after each use.") var refreshTokenLifetime: Int?
        @Option(help: .clientAccessHelp) var access: String?
        @Option(help: .consentWebhookHelp) var consentWebhook: String?
        @Flag(name: .customLong("no-consent-webhook"), help: "Its owner is not told any more, nor of what still waits.")
        var hasNoConsentWebhook = false
        @OptionGroup var house: House

        func run() throws {
            let store = try house.store()
            let current = try store.existing(client: id)
            let client = try changed(current)
            if let contradiction = client.contradiction { throw ValidationError(contradiction) }
            let webhook = try consentWebhook.map { try WebhookDesk($0, house) }
            if isRegistrationNamed {
                let isDone = try attempt { try store.replace(current, with: client, at: house.now) }
                guard isDone else {
                    throw Failure("somebody else changed the client in this moment: look at it, and try again")
                }
            }
            if hasNoConsentWebhook { _ = try attempt { try store.removeWebhook(of: id, at: house.now) } }
            let secret = try webhook?.set(of: id, in: store)
            house.output.show(
                try store.existing(client: id).record + [
                    ("consent_webhook", .text(try attempt { try store.webhook(of: id) }?.url)),
                    ("webhook_secret", .text(secret)),
                ])
        }

        func validate() throws {
            guard !hasNoConsentWebhook || consentWebhook == nil else {
                throw ValidationError("--consent-webhook and --no-consent-webhook exclude each other")
            }
            guard !hasNoLaunchURL || launchURLs.isEmpty else {
                throw ValidationError("--launch-url and --no-launch-url exclude each other")
            }
            guard !hasNoOrigin || origins.isEmpty else {
                throw ValidationError("--origin and --no-origin exclude each other")
            }
            guard isRegistrationNamed || hasNoConsentWebhook || consentWebhook != nil else {
                throw ValidationError("nothing to change was named")
            }
        }

        private var isRegistrationNamed: Bool {
            let texts = [name, organization, scope, access].compactMap { $0 } + redirectURIs + launchURLs + origins
            let numbers = [accessTokenLifetime, refreshTokenLifetime].compactMap { $0 }
            return !texts.isEmpty || !numbers.isEmpty || !grantTypes.isEmpty || hasNoLaunchURL || hasNoOrigin
                || trust != nil || native != nil
        }

        private func changed(_ current: ClientRegistration) throws -> ClientRegistration {
            var client = current
            if let name { client.name = try ClientInput.name(name) }
            if let organization { client.presentation.organization = try ClientInput.name(organization) }
            if let scope { client.scopes = try ClientInput.scopes(scope) }
            if !grantTypes.isEmpty { client.grantTypes = Set(grantTypes) }
            if !redirectURIs.isEmpty { client.redirectURIs = try ClientInput.redirectURIs(redirectURIs) }
            if hasNoLaunchURL || !launchURLs.isEmpty { client.launchURLs = try ClientInput.launchURLs(launchURLs) }
            if hasNoOrigin || !origins.isEmpty { client.origins = try ClientInput.origins(origins) }
            if let trust { client.isTrusted = trust == .trusted }
            if let native { client.isNative = native }
            if let access { client.access = try UserAccess(typed: access) }
            let lifetimes = try ClientInput.lifetimes(access: accessTokenLifetime, refresh: refreshTokenLifetime)
            client.lifetimes.accessToken = lifetimes.accessToken ?? client.lifetimes.accessToken
            client.lifetimes.refreshToken = lifetimes.refreshToken ?? client.lifetimes.refreshToken
            return client
        }
    }
}
