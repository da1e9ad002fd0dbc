import Glibc

/// Which content a file had: the same version means the same content, without a look inside.
public struct FileVersion: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let modified: Int64
    private let changed: Int64

    /// The kernel's clock for files moves in ticks of up to 10 ms (`CONFIG_HZ=100`).
    private static let settlingTime: Int64 = 50_000_000

    /// The version of the file at `path`; to be taken before the file is read, so that a change meanwhile is seen
    /// the next time.
    ///
    /// - Returns: nil where the file cannot be looked at, or was changed so short a time ago that another change
    ///   might leave the same times behind.
    public init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        changed = FileVersion.nanoseconds(status.st_ctim)
        guard FileVersion.nanoseconds(now) - changed > FileVersion.settlingTime else { return nil }
        modified = FileVersion.nanoseconds(status.st_mtim)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
