import Glibc

/// A set read from a file of this machine, and how to see that the file has changed.
struct KeyFile {
    private static let sizeLimit = 256 * 1024

    let keys: PreparedKeys
    private let stamp: Stamp
    /// Whether the file had rested for a while when it was read: one that is just being written can change once more
    /// within the same tick of the file system's clock.
    private let isSettled: Bool

    private struct Stamp: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: Int
        let changed: Int

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
            changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        }
    }

    init(path: String) throws(ClientKeysError) {
        // A pipe in the file's place must not hold the thread.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(Self.reason(errno), path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(Self.reason(errno), path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable("not a file", path: path) }
        stamp = Stamp(status)
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        isSettled = time.tv_sec - max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) > 2
        do throws(ClientKeysError) {
            keys = try PreparedKeys(
                json: Self.read(descriptor, path), called: "this server's copy of the client's key set")
        } catch {
            throw ClientKeysError(error.description, detail: error.detail ?? path)
        }
    }

    /// Whether the file at this path still is the one that was read.
    func isCurrent(path: String) -> Bool {
        var status = stat()
        return isSettled && stat(path, &status) == 0 && Stamp(status) == stamp
    }

    private static func read(_ descriptor: Int32, _ path: String) throws(ClientKeysError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(reason(errno), path: path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= sizeLimit else { throw .unreadable("larger than 256 kB", path: path) }
        }
    }

    private static func reason(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        // Of the two functions of that name Swift sees the one that fills the buffer.
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
