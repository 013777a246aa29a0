import Glibc

/// How the file descriptors of a process are shared out: connections must leave enough for the work that answers them.
enum DescriptorBudget {
    /// For the log, the epoll, libraries and whatever else a process opens once.
    private static let reserve = 24
    /// For a store with its journal, and for connections to others.
    private static let perWorker = 8

    /// Raises the process's limit as far as needed and allowed; how many connections it leaves room for.
    static func connections(_ wanted: Int, workers: Int) -> Int {
        let others = reserve + perWorker * workers
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + others)
        if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(needed, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let allowed = Int(clamping: limit.rlim_cur)
        return max(4, min(wanted, allowed - others))
    }
}
