import Configuration
import Glibc
import Testing

@testable import MilterService

extension MilterServiceTests {
    @Suite struct Listening {
        private func error(_ address: ListenAddress, group: String? = nil) -> ServiceError? {
            do throws(ServiceError) {
                let socket = try ListeningSocket.open(address, group: group)
                close(socket.descriptor)
                socket.removeFile()
                return nil
            } catch {
                return error
            }
        }

        @Test(arguments: [UInt32(0o600), 0o660, 0o666]) func `the mode is the one asked for`(mode: UInt32)
            throws
        {
            let path = temporaryFolder() + "/s"
            let former = umask(0o077)
            let socket = try ListeningSocket.open(.unix(path: path), mode: mode, group: "daemon")
            #expect(umask(former) == 0o077, "the umask is given back")
            defer { close(socket.descriptor) }
            var status = stat()
            #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == mode)
            #expect(getuid() != 0 || status.st_gid == getgrnam("daemon")?.pointee.gr_gid)
            socket.removeFile()
            #expect(access(path, F_OK) != 0)
        }

        @Test func `a socket that nobody answers on is replaced`() throws {
            let path = temporaryFolder() + "/s"
            let former = try ListeningSocket.open(.unix(path: path))
            close(former.descriptor)
            usleep(20000)  // the files' times differ
            let socket = try ListeningSocket.open(.unix(path: path))
            former.removeFile()  // it is not the former's any more
            _ = try MilterClient(unix: path)
            socket.removeFile()
            close(socket.descriptor)
        }

        @Test func `a socket that answers is in use`() throws {
            let path = temporaryFolder() + "/s"
            let socket = try ListeningSocket.open(.unix(path: path))
            defer { close(socket.descriptor) }
            let problem = error(.unix(path: path))
            #expect(problem?.exitCode == .unavailable)
            #expect(
                problem?.description
                    == "\(path) is in use: another server answers there; stop it, or listen elsewhere")
            _ = try MilterClient(unix: path)
        }

        @Test func `a file that is no socket stays`() throws {
            let path = temporaryFolder() + "/s"
            close(open(path, O_CREAT | O_WRONLY, 0o600))
            let problem = error(.unix(path: path))
            #expect(problem?.exitCode == .cannotCreate)
            #expect(
                problem?.description.hasPrefix("\(path) is in use: it exists and is not a socket") == true)
            #expect(access(path, F_OK) == 0)
        }

        @Test func `a missing folder is named`() {
            let problem = error(.unix(path: "/nowhere/at/all/s"))
            #expect(problem?.exitCode == .cannotCreate)
            #expect(
                problem?.description.contains("the folder /nowhere/at/all does not exist; create it") == true)
        }

        @Test func `a folder that can't be written is named`() {
            let problem = error(.unix(path: "/proc/s"))
            #expect(problem?.exitCode == .cannotCreate)
            #expect(problem?.description.contains("/proc") == true)
        }

        @Test func `an unknown group is named, and nothing is left behind`() {
            let path = temporaryFolder() + "/s"
            let problem = error(.unix(path: path), group: "no-such-group")
            #expect(problem?.exitCode == .noUser)
            #expect(problem?.description.contains("\"no-such-group\"") == true)
            #expect(access(path, F_OK) != 0)
        }

        @Test func `a path that is too long is a mistake of the configuration`() {
            let problem = error(.unix(path: "/tmp/" + String(repeating: "x", count: 103)))
            #expect(problem?.exitCode == .configuration)
            #expect(problem?.description.contains("108 bytes, and 107 are allowed") == true)
        }

        @Test func `a port in use is named`() throws {
            let socket = try ListeningSocket.open(.inet(port: 0, host: "127.0.0.1"))
            defer { close(socket.descriptor) }
            let problem = error(socket.address)
            #expect(problem?.exitCode == .unavailable)
            #expect(problem?.description.hasPrefix("\(socket.address) is in use") == true)
        }

        @Test func `an address of another machine is named, and may become ours`() {
            let problem = error(.inet(port: 0, host: "192.0.2.1"))
            #expect(problem?.exitCode == .unavailable)
            #expect(problem?.description.contains("not an address of this machine, or not yet") == true)
            #expect(error(.inet(port: 0, host: "host.invalid"))?.exitCode == .configuration)
        }

        @Test func `accepted connections do not wait for acknowledgements`() throws {
            let socket = try ListeningSocket.open(.inet(port: 0, host: "127.0.0.1"))
            defer { close(socket.descriptor) }
            guard case .inet(let port, _) = socket.address else { return }
            let client = try MilterClient(port: port)
            let accepted = accept(socket.descriptor, nil, nil)
            defer { close(accepted) }
            var value: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            #expect(getsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &length) == 0 && value != 0)
            withExtendedLifetime(client) {}
        }
    }
}
