import ArgumentParser
import HTTP
import OAuth
import SMART
import SQLStore
import Store

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "The registered apps.",
        subcommands: [Add.self, List.self, Show.self, Disable.self, Enable.self, RotateSecret.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an app. The secret of a confidential one is shown once.")

        @Option(help: "The name that people see.") var name: String
        @Option(help: "A client_id of your choice; a random one otherwise.") var id: String?
        @Option(name: .customLong("redirect-uri"), help: "Where answers may go; repeat for several.")
        var redirectURIs: [String]
        @Option(name: .customLong("launch-url"), help: "Where an EHR launch sends the browser; repeat for several.")
        var launchURLs: [String] = []
        @Option(help: "The scopes the app may ask for, in one text.") var scope: String
        @Flag(help: "The app keeps a secret and sends it by HTTP Basic; without this it is a public client.")
        var confidential = false
        @Flag(help: "The hospital answers for this app: in an EHR launch nobody is asked for consent.") var trusted =
            false
        @Flag(help: "Runs on the person's device: the port of a loopback redirect URI is free.") var native = false
        @Option(name: .customLong("origin"), help: "A further web origin of the app's pages; repeat for several.")
        var origins: [String] = []
        @Option(help: "Seconds that access tokens of this app live.") var accessTokenLifetime: Int?
        @Option(help: "Seconds that its refresh tokens live after each use.") var refreshTokenLifetime: Int?
        @OptionGroup var house: House

        func run() throws {
            let secrets = SecretSource.system
            let id = id ?? secrets.identifier()
            guard (1...100).contains(id.utf8.count), PercentEncoding.encode(id) == id else {
                throw ValidationError("a client_id has 1 to 100 letters, digits, '-', '.', '_' or '~'")
            }
            let scopes = ScopeSet(scope)
            let unknown = scope.split(separator: " ").map(String.init).filter { Scope($0) == nil }
            guard unknown.isEmpty else { throw ValidationError("unknown scope: \(unknown.joined(separator: " "))") }
            guard !scopes.isEmpty else { throw ValidationError("an app needs at least one scope") }
            guard !scopes.contains(.onlineAccess), !scopes.clinical.contains(where: { $0.context == .system }) else {
                throw ValidationError("online_access and system/ scopes are not granted by this version")
            }
            let redirects = try redirectURIs.map { text in
                do throws(RedirectURI.Refusal) {
                    return try RedirectURI(registering: text)
                } catch {
                    throw ValidationError(error.description)
                }
            }
            for text in launchURLs {
                guard let url = AbsoluteURL(text), url.fragment == nil,
                    url.scheme == "https" || url.scheme == "http" && url.isLoopback
                else {
                    throw ValidationError("\(text): a launch URL is https (http on loopback alone), without fragment")
                }
            }
            for text in origins {
                guard AbsoluteURL(text)?.origin == text else {
                    throw ValidationError("\(text): an origin is like https://app.example")
                }
            }
            guard (60...3600).contains(accessTokenLifetime ?? 60) else {
                throw ValidationError("an access token lives 60 to 3600 seconds")
            }
            guard (600...31_536_000).contains(refreshTokenLifetime ?? 600) else {
                throw ValidationError("a refresh token lives 600 to 31536000 seconds")
            }

            let secret = secrets.fresh(.clientSecret)
            let client = ClientRegistration(
                id: id, name: name,
                authentication: confidential
                    ? .secret([ClientRegistration.ClientSecret(digest: secret.digest)]) : .none,
                redirectURIs: redirects, launchURLs: launchURLs, scopes: scopes, isTrusted: trusted, isNative: native,
                origins: origins,
                lifetimes: ClientRegistration.Lifetimes(
                    accessToken: accessTokenLifetime, refreshToken: refreshTokenLifetime))
            let store = try house.store()
            do throws(StoreError) {
                try store.add(client, at: house.now)
            } catch .exists {
                throw Failure("there is a client \(id) already")
            } catch {
                throw Failure(error.description)
            }
            house.output.show([
                ("client_id", .text(id)), ("client_secret", .text(confidential ? secret.text : nil)),
            ])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all apps.")
        @OptionGroup var house: House

        func run() throws {
            let clients = try attempt { try house.store().clients() }
            house.output.show(
                clients.map { client in
                    [
                        ("client_id", .text(client.id)), ("name", .text(client.name)),
                        ("kind", .text(client.isPublic ? "public" : "confidential")),
                        ("trusted", .flag(client.isTrusted)), ("disabled", .flag(client.isDisabled)),
                    ]
                }, called: "clients")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one app.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws {
            guard let client = try attempt({ try house.store().client(id) }) else {
                throw Failure("there is no client \(id)")
            }
            house.output.show([
                ("client_id", .text(client.id)), ("name", .text(client.name)),
                ("kind", .text(client.isPublic ? "public" : "confidential")),
                ("redirect_uris", .list(client.redirectURIs.map(\.description))),
                ("launch_urls", .list(client.launchURLs)), ("scope", .text(client.scopes.description)),
                ("origins", .list(client.registeredOrigins)), ("trusted", .flag(client.isTrusted)),
                ("native", .flag(client.isNative)), ("disabled", .flag(client.isDisabled)),
                ("access_token_lifetime", .number(client.lifetimes.accessToken)),
                ("refresh_token_lifetime", .number(client.lifetimes.refreshToken)),
            ])
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop an app: its tokens are dead from the next request on.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(true, id, house) }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let an app go on.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(false, id, house) }
    }

    struct RotateSecret: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret", abstract: "Give a confidential app a new secret, shown once.")
        @Argument(help: "The client_id.") var id: String
        @Option(help: "Hours that the old secret stays good beside the new one.") var overlapHours = 24
        @OptionGroup var house: House

        func run() throws {
            guard (0...720).contains(overlapHours) else { throw ValidationError("--overlap-hours is 0 to 720") }
            let secret = SecretSource.system.fresh(.clientSecret)
            let now = house.now
            let isDone = try attempt {
                try house.store().rotateSecret(
                    to: secret.digest, client: id, overlapEnd: now + overlapHours * 3600, at: now)
            }
            guard isDone else { throw Failure("there is no confidential client \(id)") }
            house.output.show([("client_id", .text(id)), ("client_secret", .text(secret.text))])
        }
    }
}

private func setDisabled(_ isDisabled: Bool, _ id: String, _ house: House) throws {
    let isKnown = try attempt { try house.store().setDisabled(isDisabled, client: id, at: house.now) }
    guard isKnown else { throw Failure("there is no client \(id)") }
    house.output.show([("client_id", .text(id)), ("disabled", .flag(isDisabled))])
}
