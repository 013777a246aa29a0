import ArgumentParser
import Glibc
import JOSE
import OAuth
import SMART
import SQLStore
import Store

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The people who can sign in.",
        subcommands: [Add.self, List.self, Disable.self, Enable.self, SetPassword.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person. The password is read from standard input or --password-file, never an argument.")

        @Argument(help: "The name to sign in with.") var username: String
        @Option(help: "The name that pages and apps show.") var name: String
        @Option(help: "The FHIR resource that is this person, such as Practitioner/123.") var fhirUser: String?
        @Option(
            help:
                "The patients this person may see: all, none or patients:ID[,ID]. A patient always sees the own record."
        )
        var access = "none"
        @Option(help: "A file whose first line is the password.") var passwordFile: String?
        @OptionGroup var house: House

        func run() throws {
            guard let username = Account.normalized(username: username) else {
                throw ValidationError("a user name has 1 to 100 visible characters")
            }
            guard let access = UserAccess(access) else {
                throw ValidationError("--access is all, none or patients:ID[,ID]")
            }
            let resource = try fhirUser.map { text in
                guard let resource = FHIRUser(text) else {
                    throw ValidationError("--fhir-user is like Practitioner/123 or Patient/456")
                }
                return resource
            }
            let password = try PasswordHash(of: readPassword(passwordFile))
            let secrets = SecretSource.system
            let user = User(
                id: secrets.identifier(), subject: secrets.identifier(), name: name, fhirUser: resource, access: access)
            let store = try house.store()
            do throws(StoreError) {
                try store.add(Account(user: user, username: username, password: password), at: house.now)
            } catch .exists {
                throw Failure("there is a user \(username) already")
            } catch {
                throw Failure(error.description)
            }
            house.output.show([("username", .text(username)), ("sub", .text(user.subject))])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all people.")
        @OptionGroup var house: House

        func run() throws {
            let accounts = try attempt { try house.store().accounts() }
            house.output.show(
                accounts.map { account in
                    [
                        ("username", .text(account.username)), ("name", .text(account.user.name)),
                        ("fhirUser", .text(account.user.fhirUser?.description)),
                        ("access", .text(account.user.effectiveAccess.description)),
                        ("disabled", .flag(account.user.isDisabled)),
                    ]
                }, called: "users")
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lock a person out: sessions end, and what apps got from them is over for good.")
        @Argument var username: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(true, username, house) }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a person in again.")
        @Argument var username: String
        @OptionGroup var house: House

        func run() throws { try setDisabled(false, username, house) }
    }

    struct SetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract: "Set a new password, read like that of user add; sessions and apps' access end.")
        @Argument var username: String
        @Option(help: "A file whose first line is the password.") var passwordFile: String?
        @OptionGroup var house: House

        func run() throws {
            let password = try PasswordHash(of: readPassword(passwordFile))
            let isKnown = try attempt {
                try house.store().setPassword(password, account: normalized(username), at: house.now)
            }
            guard isKnown else { throw Failure("there is no user \(username)") }
            house.output.show([("username", .text(username)), ("changed", .flag(true))])
        }
    }
}

private func normalized(_ username: String) -> String { Account.normalized(username: username) ?? username }

private func setDisabled(_ isDisabled: Bool, _ username: String, _ house: House) throws {
    let isKnown = try attempt {
        try house.store().setDisabled(isDisabled, account: normalized(username), at: house.now)
    }
    guard isKnown else { throw Failure("there is no user \(username)") }
    house.output.show([("username", .text(username)), ("disabled", .flag(isDisabled))])
}

/// The first line of a file or of standard input; typed without an echo where somebody sits at a terminal.
private func readPassword(_ path: String?) throws -> String {
    let line: String?
    if let path {
        guard let file = fopen(path, "r") else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1024)
        line =
            fgets(&buffer, Int32(buffer.count), file) == nil
            ? nil : String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    } else if isatty(STDIN_FILENO) == 1 {
        line = try typedPassword()
    } else {
        line = readLine()
    }
    guard let line, Account.isPossible(password: line) else {
        throw Failure(
            "a password has \(Account.passwordLength.lowerBound) to \(Account.passwordLength.upperBound) characters")
    }
    return line
}

private func typedPassword() throws -> String? {
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    defer { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
    print("Password: ", terminator: "")
    fflush(nil)
    let first = readLine()
    print("\nAgain: ", terminator: "")
    fflush(nil)
    let second = readLine()
    print("")
    guard first == second else { throw Failure("the two passwords differ") }
    return first
}
