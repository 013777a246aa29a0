/// What a fetch from a foreign host may cost, and where it may go.
package struct FetchPolicy: Sendable {
    package var bodyBytes = 256 * 1024
    /// For each connection: name, handshake and all.
    package var connectMilliseconds = 2_000
    /// For everything, redirects included.
    package var totalMilliseconds = 5_000
    package var redirects = 3

    /// A PEM file of the only certification authorities to trust; otherwise those of the system.
    package var certificateAuthorities: String?

    /// `http://host:port` of a proxy through which everything goes; the environment's is never used.
    ///
    /// The proxy then looks names up and decides which addresses may be reached: this side sees the proxy's address and
    /// can refuse no more than addresses written in a URL.
    package var proxy: String?

    /// Hosts inside of this network that may be asked all the same.
    package var allowedHosts = AllowedHosts.none

    /// Whether this machine itself may be asked, by plain http too: for demonstrations and tests.
    package var allowsLoopback = false

    package init() {}

    /// Whether a connection to this address may be opened for that URL.
    func allows(_ address: IPAddress, for url: FetchURL) -> Bool {
        if allowsLoopback, address.isLoopback { return true }
        guard url.isHTTPS else { return false }
        return address.isPublic || allowedHosts.contains(address) || allowedHosts.contains(name: url.host)
    }

    /// What can be said of a URL before anybody is asked.
    func requireAllowed(_ url: FetchURL) throws(FetchError.Reason) {
        // Plain http is for this machine alone, which no proxy can reach.
        let isLocal = url.host == "localhost" || url.address?.isLoopback == true
        guard url.isHTTPS || url.isHTTP && isLocal && allowsLoopback && proxy == nil else { throw .notHTTPS }
        guard url.address.map({ allows($0, for: url) }) ?? true else { throw .refusedAddress }
    }
}
