import CFastCGI
import Glibc

/// Descriptors 0, 1 and 2, which every program writes to without asking.
package enum StandardDescriptors {
    /// A closed one is opened on /dev/null, or the next socket would take its number, and with it our log lines.
    package static func ensureOpen() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            replace(descriptor)
        }
    }

    static func replace(_ descriptor: Int32) {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0, null != descriptor else { return }
        dup2(null, descriptor)
        close(null)
    }
}

/// What every program takes from itself before it reads its configuration: its files are its own, its memory is in no
/// core, and a reader who is gone is an error of write(2) and not its end.
package func confineProcess() {
    // What one large answer took goes back when it is gone.
    give_back_large_blocks()
    umask(0o077)
    forbid_core_dumps()
    signal(SIGPIPE, SIG_IGN)
}
