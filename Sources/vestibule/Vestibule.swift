// vestibule: the administrator's tool.
//
// POWERS     everything: it creates the secrets, the database, users, clients and keys, and launches for an EHR
// STANDARDS  exit codes 0 done, 1 failed, 64 usage; one line of error on stderr; --json for programs
import ArgumentParser
import Glibc
import Service

@main
struct Vestibule: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vestibule",
        abstract: "Administers the SMART on FHIR authorization server.",
        version: version,
        subcommands: [
            Initialize.self, UserCommand.self, ProxyCommand.self, ClientCommand.self, RegistrationTokenCommand.self,
            KeyCommand.self, LaunchCommand.self, ConsentCommand.self, ExplainCommand.self, MetadataCommand.self,
            DatabaseCommand.self,
            ThemeCommand.self, AuditCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            // Help that was asked for, and the script for a shell's completion.
            guard !code.isSuccess else { exit(withError: error) }
            let line = message(for: error).split(separator: "\n").first ?? "failed"
            let text = Array("Error: \(line)\n".utf8)
            _ = write(STDERR_FILENO, text, text.count)
            exit(withError: code)
        }
    }
}
