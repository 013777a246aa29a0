import Glibc

/// The signals a program listens to. They are blocked in every thread and taken by the main one, one after the other.
struct Signals {
    enum Word {
        case reload, stop
    }

    private var set = sigset_t()

    /// Call before the first thread starts: threads inherit what is blocked.
    init() {
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the next word from outside.
    func next() -> Word {
        var set = set
        var signal: Int32 = 0
        while sigwait(&set, &signal) != 0 {}
        return signal == SIGHUP ? .reload : .stop
    }
}
