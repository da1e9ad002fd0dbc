import Glibc

/// Seconds since 1970.
public func wallClock() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// What Linux says of this process, under the names that Prometheus's own client libraries give it.
struct ProcessFigures {
    /// Seconds since 1970, as the other two nil where /proc says nothing.
    private(set) var startTime: Double?
    private(set) var residentMemory: Int?
    private(set) var openFiles: Int?

    init() {
        // proc(5): the fields behind the command's name in parentheses, of which the first is the third of all.
        let fields = text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        if fields.count > 21, let ticks = Double(fields[19]), let pages = Int(fields[21]) {
            startTime = Self.bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            residentMemory = pages * sysconf(Int32(_SC_PAGESIZE))
        }
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        var count = -3  // ".", ".." and the folder itself
        while readdir(folder) != nil { count += 1 }
        openFiles = count
    }

    /// Processor time in seconds.
    var cpu: Double {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return Double(used.tv_sec) + Double(used.tv_nsec) / 1e9
    }

    var maximumFiles: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// Not from /proc/stat, which a unit with `ProcSubset=pid` does not see. Once, so that it stays what it is.
    private static let bootTime: Double = {
        var sinceBoot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        return wallClock() - Double(sinceBoot.tv_sec) - Double(sinceBoot.tv_nsec) / 1e9
    }()
}

private func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}
