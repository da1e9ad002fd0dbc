import Configuration
import Glibc

/// The other end of the control socket.
public enum ControlClient {
    /// Has the filter that listens at `path` carry out a command, and waits for its answer.
    public static func ask(_ command: String, at path: String) throws(ServiceError) -> ControlAnswer {
        let address = try unixAddress(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw ServiceError(.operatingSystem, "\(path): cannot make a socket: \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            throw refusal(path, errno)
        }
        sendAll(Array((command + "\n").utf8), to: descriptor)
        var wire: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            wire += buffer[..<count]
        }
        guard let answer = ControlAnswer(wire: wire) else {
            throw ServiceError(
                .unavailable,
                "\(path): the filter hung up before its answer was whole; its log says how it went on")
        }
        return answer
    }

    private static func refusal(_ path: String, _ code: Int32) -> ServiceError {
        switch code {
        case EACCES, EPERM:
            ServiceError(
                .noPermission,
                "\(path): \(systemMessage(code)); ask as root, or as the user that the filter runs as")
        default:
            ServiceError(
                .unavailable,
                "no filter answers at \(path): \(systemMessage(code)); is it running, with this configuration? "
                    + "The place is `control:` in the main file, or else beside `listen:`")
        }
    }
}
