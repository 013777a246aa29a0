import OAuth
import Testing

@Suite("Accounts")
struct AccountTests {
    @Test(
        "user names compare in lower case",
        arguments: [
            ("Amara", "amara" as String?), ("  amara ", "amara"), ("", nil), ("a b", nil), ("a\u{0}", nil),
            ("a\nb", nil),
        ])
    func names(_ text: String, _ name: String?) {
        #expect(Account.normalized(username: text) == name)
    }

    // NIST SP 800-63B §5.1.1.2
    @Test(
        "a password is long enough, not endless and without NUL",
        arguments: [
            ("123456789", false), ("1234567890", true), (String(repeating: "x", count: 257), false),
            ("1234567890\u{0}", false),
        ])
    func passwords(_ text: String, _ isPossible: Bool) {
        #expect(Account.isPossible(password: text) == isPossible)
    }
}
