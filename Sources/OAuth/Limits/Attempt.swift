import JOSE

/// Something that can be guessed at, and how long guessers wait: by name, client or address, and never only by what a
/// stranger can use up for the rightful one.
package struct Attempt: Sendable, Equatable {
    /// The digest of what is guarded and by whom it is tried; the plain words are nowhere.
    package let key: SecretDigest
    /// Failures that cost nothing.
    package let free: Int
    /// The longest wait, in seconds.
    package let longest: Int
    /// Seconds after which failures are forgotten by themselves.
    package let memory: Int

    init(_ words: [String], free: Int, longest: Int, memory: Int) {
        // Unit separators: no user name and no address holds one.
        key = SecretDigest(of: words.joined(separator: "\u{1F}"))
        self.free = free
        self.longest = longest
        self.memory = memory
    }

    /// Seconds to wait after so many failures: none for the free ones, then doubling. A wait is an answer, not a sleep: it
    /// holds no worker.
    package func delay(after failures: Int) -> Int {
        failures <= free ? 0 : min(longest, 1 << min(failures - free, 20))
    }

    private static func network(_ address: String) -> String { RemoteNetwork(of: address).description }

    private static let hour = 3600
    private static let day = 86_400
}

extension Attempt {
    /// A sign-in with a user name, somebody's or nobody's. A browser that somebody has signed in with under that name before
    /// is counted by itself, and so is each address: a stranger who guesses keeps the rightful user waiting neither at the
    /// own desk nor anywhere else, until the guesses of the whole world become too many.
    package static func signIn(_ name: String, from address: String, knownBrowser: SecretDigest?) -> [Attempt] {
        if let knownBrowser {
            let words = ["sign-in", name, "browser", Base64URL.encode(knownBrowser.bytes)]
            return [Attempt(words, free: 2, longest: 900, memory: day)]
        }
        return [
            Attempt(["sign-in", name, "address", network(address)], free: 2, longest: 900, memory: day),
            Attempt(["sign-in", name], free: 20, longest: 300, memory: day),
        ]
    }

    /// A code of a second factor, or a recovery code, by account: whoever guesses here knows the password already, so no
    /// stranger keeps the rightful person waiting. Ten wrong ones cost a minute, a day of them is a hundred.
    package static func secondFactor(of account: String) -> [Attempt] {
        [Attempt(["second-factor", account], free: 4, longest: 900, memory: day)]
    }

    /// A client secret that does not fit, by client and address: 256 random bits are not guessed, so this keeps the noise
    /// down and never keeps the client itself waiting anywhere else.
    package static func client(_ id: String, from address: String) -> [Attempt] {
        [
            Attempt(["client", id, network(address)], free: 10, longest: 300, memory: hour),
            Attempt(["client-address", network(address)], free: 50, longest: 300, memory: hour),
        ]
    }

    /// An assertion that proves nothing, by the client that it names. A signature cannot be guessed, and what fails most often is
    /// a clock or the host of the keys: this bounds the work, and many a service may lie behind one address.
    package static func assertion(of id: String, from address: String) -> [Attempt] {
        [
            Attempt(["assertion", id, network(address)], free: 60, longest: 60, memory: hour),
            Attempt(["assertion-address", network(address)], free: 1000, longest: 60, memory: hour),
        ]
    }

    /// A code or token that nobody has, by address.
    package static func token(from address: String) -> [Attempt] {
        [Attempt(["token", network(address)], free: 30, longest: 300, memory: hour)]
    }

    /// A registration, by address: each one counts, be it good or bad.
    package static func registration(from address: String) -> [Attempt] {
        [Attempt(["registration", network(address)], free: 20, longest: hour, memory: day)]
    }
}
