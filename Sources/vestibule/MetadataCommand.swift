import ArgumentParser
import Endpoints
import JSON
import SMART
import Service

struct MetadataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metadata", abstract: "What the FHIR server says about access to it.", subcommands: [Snippet.self])

    struct Snippet: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print rest.security for the FHIR server's CapabilityStatement.",
            discussion: """
                Some apps look for the endpoints there and nowhere else. Paste it into the configuration of the FHIR \
                server, or set describe_security in [fhir] and Vestibule puts it into what passes through.
                """)
        @OptionGroup var house: House

        func run() throws {
            let configuration = try house.configuration()
            let security = SMARTSecurity(configuration.urls, features: configuration.features)
            print(String(decoding: house.json ? security.json : IndentedJSON(security.json).bytes, as: UTF8.self))
        }
    }
}
