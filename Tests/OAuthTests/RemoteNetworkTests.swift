import OAuth
import Testing

@Suite("RFC 4291 §2.2, §2.5.1: where a request comes from, as limits count it")
struct RemoteNetworkTests {
    @Test(
        "an IPv4 address, or the network of an IPv6 address",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
            ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64"),
            ("2001:db8::1", "2001:db8:0:0::/64"), ("2001:db8:0:0:1::", "2001:db8:0:0::/64"),
            ("2001::1:2:3:4:5", "2001:0:0:1::/64"), ("64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"),
            ("::1", "0:0:0:0::/64"), ("::", "0:0:0:0::/64"),
        ])
    func networks(_ address: String, _ network: String) {
        #expect(RemoteNetwork(of: address).description == network)
    }

    // RFC 3875 §4.1.8
    @Test(
        "what cannot be read counts as it is",
        arguments: [
            "", "unix:", "fe80::1%eth0", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "::1::", ":::",
            "12345::", "g::", "+1::", "1:", "::1.2.3", "::1.2.3.256", "::1.2.3.4.5", "::1.2.3.-4", "1.2.3.4:5::",
        ])
    func unreadable(_ address: String) {
        #expect(RemoteNetwork(of: address).description == address)
    }

    @Test("a guesser with a network is one guesser, and a socket for both kinds of addresses counts as ever")
    func attempts() {
        for (one, other) in [("2001:db8::1", "2001:db8::2:3"), ("192.0.2.1", "::ffff:192.0.2.1")] {
            #expect(Attempt.client("app", from: one) == Attempt.client("app", from: other))
            #expect(Attempt.token(from: one) == Attempt.token(from: other))
            #expect(Attempt.registration(from: one) == Attempt.registration(from: other))
            #expect(
                Attempt.signIn("amara", from: one, knownBrowser: nil)
                    == Attempt.signIn("amara", from: other, knownBrowser: nil))
        }
        #expect(Attempt.token(from: "2001:db8::1") != Attempt.token(from: "2001:db8:0:1::1"))
    }
}
