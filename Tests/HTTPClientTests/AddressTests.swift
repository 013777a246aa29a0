import Testing

@testable import HTTPClient

@Suite("RFC 6890 §2.2 addresses that are not for strangers")
struct AddressTests {
    // RFC 4291 §2.4, §2.5.5.2; RFC 6052 §2.1
    @Test(
        "an address is public or it is not",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("172.15.255.255", true), ("172.32.0.0", true),
            ("100.63.255.255", true),
            ("100.128.0.0", true), ("192.0.1.0", true), ("198.17.255.255", true), ("223.255.255.255", true),
            ("169.253.255.255", true), ("126.255.255.255", true), ("11.0.0.0", true), ("193.0.0.1", true),
            ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("10.255.255.255", false),
            ("100.64.0.0", false), ("100.100.100.200", false), ("100.127.255.255", false), ("127.0.0.1", false),
            ("127.255.255.254", false), ("169.254.169.254", false), ("172.16.0.0", false), ("172.31.255.255", false),
            ("192.0.0.192", false), ("192.0.2.1", false), ("192.88.99.1", false), ("192.168.0.1", false),
            ("198.18.0.1", false), ("198.19.255.255", false), ("198.51.100.1", false), ("203.0.113.1", false),
            ("224.0.0.1", false), ("239.255.255.255", false), ("240.0.0.1", false), ("255.255.255.255", false),
            ("168.63.129.16", false), ("168.63.129.17", true),
            ("2606:4700:4700::1111", true), ("2a00:1450::1", true), ("2001:200::1", true),
            ("::", false), ("::1", false), ("::7f00:1", false), ("fc00::1", false), ("fd00:ec2::254", false),
            ("fe80::1", false), ("fec0::1", false), ("ff02::1", false), ("100::1", false), ("2001::1", false),
            ("2001:2::1", false), ("2001:20::1", false), ("2001:db8::1", false), ("2002:7f00:1::", false),
            ("2002:808:808::", false), ("3fff::1", false), ("4000::1", false), ("5f00::1", false),
            // An IPv4 address in another dress is what stands behind it.
            ("::ffff:127.0.0.1", false), ("::ffff:10.0.0.1", false), ("::ffff:8.8.8.8", true),
            ("64:ff9b::8.8.8.8", true), ("64:ff9b::10.0.0.1", false), ("64:ff9b::169.254.169.254", false),
            ("64:ff9b:1::808:808", false),
        ])
    func isPublic(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isPublic == expected)
    }

    @Test(
        "loopback is what never leaves this machine",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("0.0.0.0", false),
            ("::", false), ("128.0.0.1", false), ("::2", false), ("10.0.0.1", false),
        ])
    func loopback(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "0x7f.1", "::g", "localhost", "1.2.3.4 ", "[::1]",
        ])
    func malformed(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    // RFC 4291 §2.3; RFC 4632 §3.1
    @Test(
        "a block holds what has its first bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("10.20.16.0/20", "10.20.31.255", true), ("10.20.16.0/20", "10.20.32.0", false),
            ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7/32", "192.168.1.6", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false), ("fd12:3456::/33", "fd12:3456:7fff::1", true),
            ("fd12:3456::/33", "fd12:3456:8000::1", false), ("::1/128", "::1", true), ("::/0", "10.0.0.1", false),
        ])
    func ranges(_ range: String, _ address: String, _ expected: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(IPAddress(address))) == expected)
    }

    @Test(
        "a slip in a block is no block",
        arguments: [
            "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "/8", "10/8",
            "fd00::/129",
            "fd00::1/8", "10.0.0.0/ 8", "10.0.0.0/1000",
        ])
    func malformedRanges(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    // RFC 1123 §2.1
    @Test(
        "an administrator's list is of names and blocks",
        arguments: [
            ("jwks.hospital.example", true), ("localhost", true), ("mirror-1", true), ("10.0.0.0/8", true),
            ("::1", true),
            ("10.0.0.300", false), ("10.0.0.1/8", false), ("1.2.3", false), ("", false), (".", false), ("a..b", false),
            ("-a.example", false), ("a-.example", false), ("*.example", false), ("https://a.example", false),
            ("a.example:443", false), ("a b", false), ("a.example.", false), (String(repeating: "a", count: 64), false),
        ])
    func list(_ entry: String, _ isAccepted: Bool) {
        #expect(((try? AllowedHosts([entry])) != nil) == isAccepted)
    }

    @Test("names compare without case, and as a whole")
    func names() throws {
        let hosts = try AllowedHosts(["JWKS.Hospital.example", "10.1.0.0/16"])
        #expect(hosts.contains(name: "jwks.hospital.EXAMPLE"))
        #expect(!hosts.contains(name: "hospital.example") && !hosts.contains(name: "a.jwks.hospital.example"))
        #expect(hosts.contains(try #require(IPAddress("10.1.2.3"))))
        #expect(!hosts.contains(try #require(IPAddress("10.2.2.3"))))
    }
}
