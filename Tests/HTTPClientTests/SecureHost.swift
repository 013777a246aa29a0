import Foundation

/// A server on loopback that speaks TLS, with certificates of its own authority.
final class SecureHost {
    /// The PEM file of the authority.
    let authority: String
    let port: Int

    private let folder: String
    private let process: ChildProcess

    private static let program = """
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        from os import _exit
        from ssl import PROTOCOL_TLS_SERVER, SSLContext, TLSVersion
        from sys import argv, stdin
        from threading import Thread
        folder, version = argv[1], argv[2]
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "6")
                self.end_headers()
                self.wfile.write(b"secure")
            def log_message(self, *arguments):
                pass
        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        context = SSLContext(PROTOCOL_TLS_SERVER)
        if version == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = TLSVersion.TLSv1_1
        context.load_cert_chain(folder + "/host.pem", folder + "/host.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        # Whoever started this holds the other end of its input, and should not be outlived.
        Thread(target=lambda: (stdin.read(), _exit(0)), daemon=True).start()
        print(server.server_port, flush=True)
        server.serve_forever()
        """

    /// Makes an authority, a certificate of it for `name`, and starts the server.
    init(name: String = "localhost", isOld: Bool = false) throws {
        folder = NSTemporaryDirectory() + "host-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        authority = "\(folder)/authority.pem"
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Authority "
                + "-keyout \(folder)/authority.key -out \(authority)")
        try Self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Host -addext subjectAltName=DNS:\(name) "
                + "-keyout \(folder)/host.key -out \(folder)/host.csr")
        try Self.openssl(
            "x509 -req -in \(folder)/host.csr -CA \(authority) -CAkey \(folder)/authority.key -days 2 "
                + "-copy_extensions copy -out \(folder)/host.pem")
        process = try ChildProcess(["python3", "-c", Self.program, folder, isOld ? "old" : "new"])
        guard let port = Int(process.line()) else { throw ChildProcess.Failure(command: ["python3"]) }
        self.port = port
    }

    deinit {
        process.end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func openssl(_ arguments: String) throws {
        try ChildProcess.run(["openssl"] + arguments.split(separator: " ").map(String.init))
    }
}
