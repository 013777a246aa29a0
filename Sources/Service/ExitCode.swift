import FastCGI
import Glibc

/// How a program ends (sysexits.h), so that a supervisor can tell a mistake from a misfortune.
enum ExitCode: Int32 {
    case success = 0
    case checkFailed = 1
    case usage = 64
    case system = 71
    case configuration = 78

    init(_ error: any Error) {
        switch error {
        case is UsageError: self = .usage
        case is SystemError: self = .system
        default: self = .configuration
        }
    }
}
