import ArgumentParser
import OAuth
import SQLStore
import Store

/// Whether somebody has a right that is for people at work alone.
enum StaffRight: String, EnumerableFlag {
    case allow, deny
}

extension House {
    /// The user name of somebody who may be given a right, or from whom it is taken.
    func account(named username: String, for right: StaffRight, in store: SQLStore) throws -> String {
        let name = Account.normalized(username: username) ?? username
        guard let user = try attempt({ try store.user(named: name) }) else {
            throw Failure("there is no user \(username)")
        }
        guard right == .deny || !(user.fhirUser?.isPrivate ?? false) else {
            throw Failure("\(username) is a patient or acts for one: this is for people at work")
        }
        return name
    }
}
