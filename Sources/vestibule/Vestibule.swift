// vestibule: the administrator's tool.
//
// POWERS     everything: it creates the secrets, the database, users, clients and keys, and launches for an EHR
// STANDARDS  exit codes 0 done, 1 failed, 64 usage; one line of error on stderr; --json for programs
import ArgumentParser

@main
struct Vestibule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vestibule",
        abstract: "Administers the SMART on FHIR authorization server.",
        version: "0.1.0",
        subcommands: [
            Initialize.self, UserCommand.self, ClientCommand.self, KeyCommand.self, LaunchCommand.self,
            DatabaseCommand.self,
        ])
}
