import ArgumentParser
import HTTP
import OAuth
import SMART
import Store

extension ClientCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a client. Its secret, if it has one, is shown once.",
            discussion: """
                An app without further options is public: it runs where no secret keeps. A backend service signs \
                its requests: --grant-type client_credentials with one of the key options. An EHR (--ehr) and a FHIR \
                server (--resource-server) ask for no tokens of their own, so they need neither scope nor redirect URI.
                """)

        @Option(help: "The name that people see.") var name: String
        @Option(help: "Whose app it is, for people.") var organization: String?
        @Option(help: "A client_id of your choice; a random one otherwise.") var id: String?
        @OptionGroup(title: "Authentication") var authentication: ClientAuthenticationOptions
        @Option(
            name: .customLong("grant-type"),
            help: """
                authorization_code, refresh_token or client_credentials; repeat for several. The first two otherwise.
                """)
        var grantTypes: [GrantType] = []
        @Flag(name: .customLong("ehr"), help: "An EHR: it prepares launches for the users it has signed in.")
        var isEHR = false
        @Flag(
            name: .customLong("resource-server"),
            help: "A FHIR server of the hospital: it may introspect every token for this FHIR base.")
        var isResourceServer = false
        @Option(name: .customLong("redirect-uri"), help: "Where answers may go; repeat for several.")
        var redirectURIs: [String] = []
        @Option(name: .customLong("launch-url"), help: "Where an EHR launch sends the browser; repeat for several.")
        var launchURLs: [String] = []
        @Option(help: "The scopes the client may ask for, in one text.") var scope: String?
        @Flag(help: "The hospital answers for this app: in an EHR launch nobody is asked for consent.")
        var trusted = false
        @Flag(
            help: "Runs on the person's device: a redirect URI may have a scheme of its own, or any port of loopback.")
        var native = false
        @Option(name: .customLong("origin"), help: "A further web origin of the app's pages; repeat for several.")
        var origins: [String] = []
        @Option(help: "Seconds that access tokens of this client live.") var accessTokenLifetime: Int?
        @Option(help: "Seconds that its refresh tokens live after each use.") var refreshTokenLifetime: Int?
        @Option(help: .clientAccessHelp) var access: String?
        @Option(help: .consentWebhookHelp) var consentWebhook: String?
        @OptionGroup var house: House

        func run() throws {
            let secrets = SecretSource.system
            let secret = secrets.fresh(.clientSecret)
            let client = try registration(id: id ?? secrets.identifier(), secret: secret)
            if let contradiction = client.contradiction { throw ValidationError(contradiction) }
            let webhook = try consentWebhook.map { try WebhookDesk($0, house) }

            let store = try house.store()
            do throws(StoreError) {
                try store.add(client, at: house.now)
            } catch .exists {
                throw Failure("there is a client \(client.id) already")
            } catch {
                throw Failure(error.description)
            }
            let webhookSecret = try webhook?.set(of: client.id, in: store)
            let hasSecret = if case .secret = client.authentication { true } else { false }
            house.output.show([
                ("client_id", .text(client.id)), ("client_secret", .text(hasSecret ? secret.text : nil)),
                ("auth_method", .text(client.authentication.name.rawValue)),
                ("webhook_secret", .text(webhookSecret)),
            ])
        }

        private func registration(id: String, secret: Secret) throws -> ClientRegistration {
            guard (1...100).contains(id.utf8.count), PercentEncoding.encode(id) == id else {
                throw ValidationError("a client_id has 1 to 100 letters, digits, '-', '.', '_' or '~'")
            }
            var roles: Set<ClientRegistration.Role> = []
            if isEHR { roles.insert(.ehr) }
            if isResourceServer { roles.insert(.resourceServer) }
            let isOnlyServer = !roles.isEmpty && redirectURIs.isEmpty && scope == nil
            let usual: [GrantType] = isOnlyServer ? [] : [.authorizationCode, .refreshToken]
            return try ClientRegistration(
                id: id, name: ClientInput.name(name),
                authentication: authentication.method(
                    secret: secret.digest, isServer: !roles.isEmpty,
                    allowsLoopback: { try house.configuration().isDemo }),
                grantTypes: Set(grantTypes.isEmpty ? usual : grantTypes), roles: roles,
                redirectURIs: ClientInput.redirectURIs(redirectURIs), launchURLs: ClientInput.launchURLs(launchURLs),
                scopes: ClientInput.scopes(scope ?? ""), isTrusted: trusted, isNative: native,
                origins: ClientInput.origins(origins),
                lifetimes: ClientInput.lifetimes(access: accessTokenLifetime, refresh: refreshTokenLifetime),
                access: access.map { try UserAccess(typed: $0) } ?? .all,
                presentation: ClientPresentation(organization: organization.map(ClientInput.name)))
        }
    }
}
