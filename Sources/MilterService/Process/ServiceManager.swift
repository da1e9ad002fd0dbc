import Configuration
import Glibc

/// What systemd is told (sd_notify(3)): a datagram to the socket in `NOTIFY_SOCKET`, nothing where there is none.
enum ServiceManager {
    /// The service takes mail.
    static func tellReady(_ status: String) { tell("READY=1\nSTATUS=\(status)") }

    /// The files are being read again; `tellReady` follows. `Type=notify-reload` wants the time with it.
    static func tellReloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        tell("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The service is about to end.
    static func tellStopping(_ status: String) { tell("STOPPING=1\nSTATUS=\(status)") }

    /// The line that `systemctl status` shows.
    static func tellStatus(_ status: String) { tell("STATUS=\(status)") }

    /// The service lives.
    static func tellAlive() { tell("WATCHDOG=1") }

    /// How often systemd wants to hear that, nil where it does not: half of what it waits for (sd_watchdog_enabled(3)).
    static var watchdogInterval: Duration? {
        guard let limit = number("WATCHDOG_USEC"), limit > 0 else { return nil }
        if let process = number("WATCHDOG_PID"), process != Int(getpid()) { return nil }
        return .microseconds(limit) / 2
    }

    /// The number in a variable of the environment.
    static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    private static func tell(_ state: String) {
        guard let name = getenv("NOTIFY_SOCKET") else { return }
        var path = bytes(name)
        guard path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "@") else { return }
        if path.first == UInt8(ascii: "@") { path[0] = 0 }  // an abstract name, unix(7)
        guard let address = UnixAddress(name: path) else { return }

        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        address.withPointer {
            // A manager that does not read must not hold up the service.
            _ = sendto(descriptor, state, state.utf8.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, $1)
        }
    }
}
