import FastCGI
import Glibc

/// What the command line of a program asks for; every program takes the same.
struct Invocation {
    enum Task {
        case serve, check, version, help
    }

    private(set) var task = Task.serve
    private(set) var configurationPath: String
    private(set) var listenPath: String?

    static let standardPath = "/etc/vestibule/vestibule.toml"

    static func usage(_ program: String, about: String) -> String {
        """
        \(program): \(about)

        usage: \(program) [--config FILE] [--listen PATH] [--check | --version | --help]

          --config FILE  the configuration; else $VESTIBULE_CONFIG, else \(standardPath)
          --listen PATH  make a Unix socket there; else the socket handed down as descriptor 0 or by systemd is served,
                         or one CGI request
          --check        load everything, say whether it is in order, and exit
          --version      say the version and exit

        SIGHUP loads the configuration anew; SIGTERM stops without losing a request.
        """
    }

    init(_ arguments: [String]) throws(UsageError) {
        configurationPath = getenv("VESTIBULE_CONFIG").map { String(cString: $0) } ?? Self.standardPath
        // RFC 3875 §4.4: a CGI command line is made from the query, and so written by anyone.
        guard !CGI.isRequested else { return }
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            switch argument {
            case "--check": task = .check
            case "--version": task = .version
            case "--help", "-h": task = .help
            case "--config": configurationPath = try Self.value(of: argument, &rest)
            case "--listen": listenPath = try Self.value(of: argument, &rest)
            default: throw UsageError("unknown argument \(argument); --help lists those there are")
            }
        }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else { throw UsageError("\(option) needs a value") }
        return value
    }
}

struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
