import ArgumentParser
import Endpoints
import HTTP
import OAuth
import SMART
import SQLStore
import Store

struct LaunchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch", abstract: "EHR launches.", subcommands: [Create.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prepare a launch of an app by a user, as an EHR does. The link works once.")

        @Option(help: "Who launches: a user name, or the FHIR resource of the person, such as Practitioner/123.")
        var user: String
        @Option(help: "Which app: a client_id.") var client: String
        @Option(help: "The patient's id.") var patient: String?
        @Option(help: "The encounter's id; its patient stands beside it.") var encounter: String?
        @Option(help: "Further resources, as the JSON array of the launch context.") var fhirContext: String?
        @Option(help: "What the app should do, agreed with its makers.") var intent: String?
        @Option(help: "Whether the app has to show the patient banner: true or false. true otherwise.")
        var needPatientBanner: Bool?
        @Option(help: "The URL of a style document; Vestibule's own otherwise.") var smartStyleURL: String?
        @Option(help: "The organization that launches.") var tenant: String?
        @Option(help: "Which of the app's launch URLs; its first otherwise.") var launchURL: String?
        @Flag(
            help: """
                The user is signed in where the link is opened, and you vouch for that, as an EHR does: whoever opens \
                the link is that user to Vestibule, without a password. Otherwise the user signs in here.
                """)
        var vouched = false
        @OptionGroup var house: House

        func run() throws {
            let request = try request()
            let configuration = try house.configuration()
            let store = try house.store()
            let user = try attempt {
                switch request.user {
                case .username(let name): try store.user(named: name)
                case .resource(let resource): try store.user(representedBy: resource)
                }
            }
            let app = try attempt { try store.client(request.app) }
            let handle = SecretSource.system.fresh(.launch)
            let now = house.now
            let denied = try attempt {
                try request.context.patient.map { try store.denyRules(for: request.app, about: $0, at: now) } ?? .none
            }
            let prepared: (launch: Launch, link: LaunchLink)
            do throws(OAuthError) {
                prepared = try request.prepared(
                    for: app, user: user, denied: denied, handle: handle, iss: configuration.urls.issuer,
                    styleURL: configuration.styleURL, lifetime: configuration.lifetimes.launch, vouched: vouched,
                    at: now)
            } catch {
                throw Failure(error.description)
            }
            try attempt { try store.add(prepared.launch, at: now) }
            house.output.show([
                ("launch", .text(handle.text)), ("url", .text(prepared.link.url)),
                ("expires_in", .number(configuration.lifetimes.launch)), ("vouched", .flag(vouched)),
            ])
        }

        /// What an EHR would send, and read by the same rules.
        private func request() throws -> LaunchRequest {
            let parameters = [
                ("user", user), ("client", client), ("patient", patient), ("encounter", encounter),
                ("fhirContext", fhirContext), ("intent", intent),
                ("need_patient_banner", needPatientBanner.map { $0 ? "true" : "false" }),
                ("smart_style_url", smartStyleURL), ("tenant", tenant), ("launch_url", launchURL),
            ].compactMap { name, value in value.map { (name: name, value: $0) } }
            do throws(OAuthError) {
                return try LaunchRequest(.form(Form(parameters)))
            } catch {
                throw ValidationError(error.description)
            }
        }
    }
}
