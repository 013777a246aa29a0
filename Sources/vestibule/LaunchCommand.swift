import ArgumentParser
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
            abstract: "Prepare a launch of an app by a user. The link works once, for that user's session alone.")

        @Option(help: "Who launches: a user name.") var user: String
        @Option(help: "Which app: a client_id.") var client: String
        @Option(help: "The patient's id.") var patient: String?
        @Option(help: "The encounter's id.") var encounter: String?
        @Option(help: "Further resources, as the JSON array of the launch context.") var fhirContext: String?
        @Option(help: "What the app should do, agreed with its makers.") var intent: String?
        @Option(help: "Whether the app has to show the patient banner: true or false.") var needPatientBanner: Bool?
        @Option(help: "The URL of a style document.") var smartStyleURL: String?
        @Option(help: "The organization that launches.") var tenant: String?
        @Option(help: "Which of the app's launch URLs; its first otherwise.") var launchURL: String?
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            let store = try house.store()
            guard let client = try attempt({ try store.client(client) }), !client.isDisabled else {
                throw Failure("there is no enabled client \(client)")
            }
            let username = Account.normalized(username: user) ?? user
            guard let account = try attempt({ try store.account(named: username) }), !account.user.isDisabled else {
                throw Failure("there is no enabled user \(user)")
            }
            guard let url = launchURL ?? client.launchURLs.first, client.launchURLs.contains(url) else {
                throw Failure("the app has no such launch URL; register it with client add --launch-url")
            }
            let handle = SecretSource.system.fresh(.launch)
            let launch = Launch(
                handle: handle.digest, clientID: client.id, account: account.user.id, context: try context(),
                expiresAt: house.now + configuration.lifetimes.launch)
            try attempt { try store.add(launch, at: house.now) }
            house.output.show([
                ("launch", .text(handle.text)),
                ("url", .text(LaunchLink(to: url, iss: configuration.urls.issuer, handle: handle).url)),
                ("expires_in", .number(configuration.lifetimes.launch)),
            ])
        }

        private func context() throws -> LaunchContext {
            for id in [patient, encounter].compactMap({ $0 }) where !ResourceID.isValid(id) {
                throw ValidationError("\(id): not a FHIR id")
            }
            let context = try fhirContext.map { text in
                guard let context = FHIRContext(json: text) else {
                    throw ValidationError(
                        "--fhir-context is a JSON array of objects with reference, canonical or identifier")
                }
                return context
            }
            if let smartStyleURL, AbsoluteURL(smartStyleURL) == nil {
                throw ValidationError("--smart-style-url is an absolute URL")
            }
            return LaunchContext(
                patient: patient, encounter: encounter, fhirContext: context, intent: intent,
                needPatientBanner: needPatientBanner, smartStyleURL: smartStyleURL, tenant: tenant)
        }
    }
}
