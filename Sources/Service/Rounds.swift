import FastCGI
import Glibc

/// Runs a program that serves nobody: it goes its rounds until it is told to stop, and never returns.
///
/// `program` is called with the configuration, at the start and on each SIGHUP, and returns one round, which is asked to
/// look at `isStopping` between its steps.
package func goRounds(
    _ name: String, about: String, every seconds: Int,
    program: (Configuration) throws -> (_ isStopping: () -> Bool) throws -> Void
) -> Never {
    confineProcess()
    StandardDescriptors.ensureOpen()
    do {
        exit(try Rounds(name: name, about: about, seconds: seconds).run(CommandLine.arguments, program).rawValue)
    } catch {
        complain("\(name): \(error)")
        exit(ExitCode(error).rawValue)
    }
}

private struct Rounds {
    typealias Program = (Configuration) throws -> (_ isStopping: () -> Bool) throws -> Void

    let name: String
    let about: String
    let seconds: Int

    func run(_ arguments: [String], _ program: Program) throws -> ExitCode {
        // One more word than other programs know, and none of theirs that is about sockets.
        let isOnce = arguments.contains("--once")
        let invocation = try Invocation(arguments.filter { $0 != "--once" })
        guard invocation.listenPath == nil else { throw UsageError("\(name) listens nowhere") }
        switch invocation.task {
        case .help: print(usage)
        case .version: print("\(name) \(version)")
        case .check:
            return check(name, invocation) {
                _ = try program(Configuration.load(path: invocation.configurationPath))
            }
        case .serve:
            try go(isOnce: isOnce, invocation, program)
        }
        return .success
    }

    private func go(isOnce: Bool, _ invocation: Invocation, _ program: Program) throws {
        let signals = Signals()
        let log = Log(program: name)
        var round = try program(Configuration.load(path: invocation.configurationPath))
        if isOnce { return try round { false } }
        log.write(.info, "started")
        var word: Signals.Word?
        while word != .stop {
            do {
                try round {
                    word = word ?? signals.next(within: 0)
                    return word != nil
                }
            } catch {
                log.write(.error, "round failed", [("error", .text("\(error)"))])
            }
            word = word ?? signals.next(within: seconds)
            if word == .reload {
                word = nil
                do {
                    round = try program(Configuration.load(path: invocation.configurationPath))
                    log.write(.info, "reloaded")
                } catch {
                    log.write(.error, "reload failed", [("error", .text("\(error)"))])
                }
            }
        }
        log.write(.info, "stopped")
    }

    private var usage: String {
        """
        \(name): \(about)

        usage: \(name) [--config FILE] [--once | --check | --version | --help]

          --config FILE  the configuration; else $VESTIBULE_CONFIG, else \(Invocation.standardPath)
          --once         one round, and exit: for cron
          --check        load everything, say whether it is in order, and exit
          --version      say the version and exit

        SIGHUP loads the configuration anew; SIGTERM stops between two deliveries.
        """
    }
}
