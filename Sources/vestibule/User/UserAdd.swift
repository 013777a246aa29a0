import ArgumentParser
import JOSE
import OAuth
import SMART
import SQLStore
import Store

extension UserCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person. The password is read from standard input or --password-file, never an argument.")

        @Argument(help: "The name to sign in with.") var username: String
        @Option(help: "The name that pages and apps show.") var name: String
        @Option(help: "The FHIR resource that is this person, such as Practitioner/123.") var fhirUser: String?
        @Option(help: .accessHelp) var access = "none"
        @Option(help: "A file whose first line is the password.") var passwordFile: String?
        @Flag(
            name: .customLong("no-password"),
            help: """
                For somebody who only comes through an EHR that vouches for its users: nobody can sign in under this \
                name, until user set-password gives it a password.
                """)
        var hasNoPassword = false
        @OptionGroup var house: House

        func run() throws {
            guard let username = Account.normalized(username: username) else {
                throw ValidationError("a user name has 1 to 100 visible characters")
            }
            let access = try UserAccess(typed: access)
            let resource = try fhirUser.map { text in
                guard let resource = FHIRUser(text) else {
                    throw ValidationError("--fhir-user is like Practitioner/123 or Patient/456")
                }
                return resource
            }
            let password = hasNoPassword ? try PasswordHash.ofNobody : try PasswordHash(of: readPassword(passwordFile))
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
            house.output.show([
                ("username", .text(username)), ("sub", .text(user.subject)), ("can_sign_in", .flag(!hasNoPassword)),
            ])
        }

        func validate() throws {
            guard !hasNoPassword || passwordFile == nil else {
                throw ValidationError("--no-password and --password-file exclude each other")
            }
        }
    }
}

extension PasswordHash {
    /// The hash of 256 random bits that nobody has ever seen: no password fits.
    fileprivate static var ofNobody: PasswordHash {
        get throws { try PasswordHash(of: Base64URL.encode(Random.bytes(32))) }
    }
}
