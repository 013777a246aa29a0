import FastCGI
import Glibc
import HTTP

/// The log of one program: a JSON object a line on standard error, for a journal to collect.
///
/// A line tells of a request without its query and its body, and is ASCII throughout: no input can end it, break it,
/// colour a terminal or turn the reading direction.
package struct Log: Sendable {
    package enum Level: String, Sendable {
        case info, warning, error
    }

    private let program: String

    package init(program: String) {
        self.program = program
    }

    package func write(_ level: Level, _ event: StaticString, _ members: [(name: StaticString, value: Value)] = []) {
        line(level, event, members).send()
    }

    /// A value of a line.
    package enum Value: Sendable {
        case text(String)
        case number(Int)
        case milliseconds(Duration)
        case remarks([Remark])
    }
}

extension Log {
    /// The line of whatever a server has to tell.
    func write(_ event: Event) {
        switch event {
        case .answered(let exchange):
            write(exchange)
        case .abandoned(let id, let path):
            write(.info, "abandoned", [("request", .text(id)), ("path", .text(path))])
        case .refused(let reason):
            write(.warning, "refused", [("error", .text(reason))])
        case .keptOldEndpoint(let worker, let error):
            write(.error, "reload failed", [("worker", .number(worker)), ("error", .text("\(error)"))])
        }
    }

    /// The line of one request.
    private func write(_ exchange: Exchange) {
        var members: [(StaticString, Value)] = [
            ("request", .text(exchange.id)), ("method", .text(exchange.method)), ("path", .text(exchange.path)),
            ("status", .number(exchange.response.status)), ("ms", .milliseconds(exchange.duration)),
        ]
        if !exchange.response.remarks.isEmpty { members.append(("remarks", .remarks(exchange.response.remarks))) }
        let isAlarm = exchange.response.remarks.contains { $0.value == "break_glass" }
        write(exchange.response.status >= 500 ? .error : isAlarm ? .warning : .info, "request", members)
    }

    func line(_ level: Level, _ event: StaticString, _ members: [(name: StaticString, value: Value)]) -> LogLine {
        var line = LogLine()
        line.member("ts", .text(Self.timestamp()))
        line.member("level", .text(level.rawValue))
        line.member("program", .text(program))
        line.member("event", .text("\(event)"))
        for member in members { line.member(member.name, member.value) }
        line.end()
        return line
    }

    /// RFC 3339 in UTC with milliseconds, whatever TZ says.
    static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let date = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        let time = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        return "\(date)T\(time).\(digits(Int32(now.tv_nsec / 1_000_000), 3))Z"
    }
}
