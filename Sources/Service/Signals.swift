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

    /// A word that comes within so many seconds.
    func next(within seconds: Int) -> Word? {
        var set = set
        var time = timespec(tv_sec: seconds, tv_nsec: 0)
        let signal = sigtimedwait(&set, nil, &time)
        guard signal > 0 else { return nil }
        return signal == SIGHUP ? .reload : .stop
    }

    /// Waits for the next word from outside.
    func next() -> Word {
        var set = set
        var signal: Int32 = 0
        while sigwait(&set, &signal) != 0 {}
        return signal == SIGHUP ? .reload : .stop
    }
}
