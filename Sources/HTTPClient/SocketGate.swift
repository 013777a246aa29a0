import CCurl
import Glibc

/// Stands where libcurl opens a connection and looks at the address itself, after the name was looked up: a name that
/// points elsewhere the second time gains nothing.
final class SocketGate {
    private let policy: FetchPolicy
    private let url: FetchURL
    /// Whether some address was refused.
    private(set) var hasRefused = false

    init(_ policy: FetchPolicy, for url: FetchURL) {
        self.policy = policy
        self.url = url
    }

    /// The gate must outlive the call it is attached for.
    func attach(to curl: CurlHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl.note(
            vestibule_curl_set_gate(
                curl.pointer,
                { context, _, address in
                    guard let context, let address else { return CURL_SOCKET_BAD }
                    return Unmanaged<SocketGate>.fromOpaque(context).takeUnretainedValue().open(address)
                }, context))
    }

    private func open(_ wanted: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        let size = Int(wanted.pointee.addrlen)
        guard let pointer = vestibule_curl_address(wanted), let address = IPAddress(pointer, size: size),
            policy.allows(address, for: url)
        else {
            hasRefused = true
            return CURL_SOCKET_BAD
        }
        let type = wanted.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(wanted.pointee.family, type, wanted.pointee.protocol)
    }
}
