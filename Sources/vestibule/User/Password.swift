import Glibc
import OAuth

/// The first line of a file or of standard input; typed without an echo where somebody sits at a terminal.
func readPassword(_ path: String?) throws -> String {
    let line: String?
    if let path {
        line = String(decoding: try InputFile.bytes(path).prefix { $0 != 10 }, as: UTF8.self)
    } else if isatty(STDIN_FILENO) == 1 {
        line = try typedPassword()
    } else {
        line = readLine()
    }
    guard let line, Account.isPossible(password: line) else {
        throw Failure(
            "a password has \(Account.passwordLength.lowerBound) to \(Account.passwordLength.upperBound) characters")
    }
    return line
}

private func typedPassword() throws -> String? {
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    defer { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
    print("Password: ", terminator: "")
    fflush(nil)
    let first = readLine()
    print("\nAgain: ", terminator: "")
    fflush(nil)
    let second = readLine()
    print("")
    guard first == second else { throw Failure("the two passwords differ") }
    return first
}
