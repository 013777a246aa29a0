import CFastCGI
import Glibc

/// The one epoll of a program: its listener, every connection that waits, and the word that all is done; and a timer.
struct Poll: Sendable {
    enum Ready: Equatable {
        case done
        case listener
        /// `isEnding` when the peer will send no more.
        case connection(Connection, isEnding: Bool)
    }

    private let epoll: Int32
    private let wake: Int32
    private let timer: Int32

    init() throws(SystemError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        guard epoll >= 0, wake >= 0, timer >= 0 else { throw SystemError("cannot create an epoll") }
        // The wake-up is level-triggered: every worker sees it, and none takes it away from the others.
        add(wake, token: Token.wake, events: EPOLLIN.rawValue)
    }

    func close() {
        Glibc.close(epoll)
        Glibc.close(wake)
        Glibc.close(timer)
    }

    /// Waits for the next thing to do. What is reported here is reported to no other worker until it is watched again.
    func next() -> Ready {
        while true {
            var event = epoll_event()
            guard epoll_wait(epoll, &event, 1, -1) == 1 else { continue }
            switch event.data.u64 {
            case Token.wake: return .done
            case Token.listener: return .listener
            case let token:
                guard let connection = Connection(token: token) else { continue }
                let ending = event.events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
                return .connection(connection, isEnding: ending != 0)
            }
        }
    }
}

extension Poll {
    func watchListener(_ descriptor: Int32) {
        add(descriptor, token: Token.listener, events: Interest.once)
    }

    /// Does nothing once the listener has been let go.
    func watchListenerAgain(_ descriptor: Int32) {
        modify(descriptor, token: Token.listener)
    }

    func forgetListener(_ descriptor: Int32) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    func watch(_ connection: Connection) {
        if connection.isWatched {
            modify(connection.descriptor, token: connection.token)
        } else {
            add(connection.descriptor, token: connection.token, events: Interest.once)
        }
    }

    /// Sets the timer, instead of any earlier setting.
    func wakeUp(in delay: Duration) {
        let (seconds, attoseconds) = max(delay, .milliseconds(1)).components
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(seconds)
        setting.it_value.tv_nsec = Int(attoseconds / 1_000_000_000)
        timerfd_settime(timer, 0, &setting, nil)
    }

    /// Waits for the timer; `false` when all is done.
    func nextTick() -> Bool {
        while true {
            var waiting = [
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
                pollfd(fd: timer, events: Int16(POLLIN), revents: 0),
            ]
            guard Glibc.poll(&waiting, 2, -1) > 0 else { continue }
            return waiting[0].revents == 0
        }
    }

    /// Ends `next` with `.done`, now and for good, in every worker.
    func finish() {
        eventfd_write(wake, 1)
    }

    /// Takes the timer's tick, so that it is not reported twice.
    func takeTick() {
        var ticks: UInt64 = 0
        _ = read(timer, &ticks, MemoryLayout<UInt64>.size)
    }
}

extension Poll {
    private enum Token {
        static let wake: UInt64 = 0
        static let listener: UInt64 = 1
    }

    private enum Interest {
        static let once = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue
    }

    private func add(_ descriptor: Int32, token: UInt64, events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    private func modify(_ descriptor: Int32, token: UInt64) {
        var event = epoll_event(events: Interest.once, data: epoll_data_t(u64: token))
        epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
    }
}
