import Configuration
import Glibc

/// The file of a unix socket that we made, told apart from a successor's by device, inode and time: inodes are used
/// again, and nobody writes to a socket's file.
struct SocketFile: Sendable {
    let path: String
    private let device: dev_t
    private let inode: ino_t
    private let made: timespec

    /// The file that stands at `path` now, nil where there is none.
    init?(at path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
        made = status.st_mtim
    }

    /// Removes the file unless somebody has put another in its place.
    func removeIfOurs() {
        guard let present = SocketFile(at: path), present.device == device, present.inode == inode,
            present.made.tv_sec == made.tv_sec, present.made.tv_nsec == made.tv_nsec
        else { return }
        unlink(path)
    }
}

/// A listening unix socket at `path`, never open to the world, not even for a moment.
func openUnixSocket(
    at path: String, mode: UInt32, group: String?
) throws(ServiceError) -> (Int32, SocketFile) {
    let owner = if let group { try groupID(of: group, for: path) } else { gid_t.max }  // -1: as it is
    let address = try unixAddress(path)
    try clearTheWay(to: path, address)

    let descriptor = socket(AF_UNIX, streamSocket, 0)
    guard descriptor >= 0 else { throw failure(path, "cannot make a socket", errno) }
    do throws(ServiceError) {
        return (descriptor, try bindSocket(descriptor, to: path, address, mode: mode, group: owner))
    } catch {
        close(descriptor)
        throw error
    }
}

/// Gives the socket its place, its group and its mode, and only then lets anybody connect.
private func bindSocket(
    _ descriptor: Int32, to path: String, _ address: UnixAddress, mode: UInt32, group: gid_t
) throws(ServiceError) -> SocketFile {
    // On Linux the file gets the mode of the descriptor. Not by umask(2), which is all threads'.
    guard fchmod(descriptor, 0o600) == 0 else { throw failure(path, "cannot set the socket's mode", errno) }
    guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
        throw bindFailure(path, errno)
    }
    guard let file = SocketFile(at: path) else { throw failure(path, "made, and gone at once", errno) }
    do throws(ServiceError) {
        // chown(2) comes first: it may take bits from the mode.
        guard group == gid_t.max || chown(path, uid_t.max, group) == 0 else {
            throw ServiceError(
                errno == EPERM ? .noPermission : .operatingSystem,
                "\(path): cannot give the socket to its socket_group: \(systemMessage(errno)); put user \(userName()) "
                    + "into that group (systemd: SupplementaryGroups=), or leave socket_group out")
        }
        guard chmod(path, mode) == 0 else { throw failure(path, "cannot set the socket's mode", errno) }
        guard listen(descriptor, SOMAXCONN) == 0 else { throw failure(path, "cannot listen", errno) }
    } catch {
        file.removeIfOurs()
        throw error
    }
    return file
}

/// Removes a socket that nobody listens on any more; whatever else stands at `path` is an error.
private func clearTheWay(to path: String, _ address: UnixAddress) throws(ServiceError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
        if errno == ENOENT || errno == ENOTDIR { return }  // bind(2) will say what is wrong with the folder
        throw bindFailure(path, errno)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw ServiceError(
            .cannotCreate, "\(path) is in use: it exists and is not a socket; remove it, or listen elsewhere")
    }
    let probe = socket(AF_UNIX, streamSocket | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard probe >= 0 else { throw failure(path, "cannot make a socket", errno) }
    defer { close(probe) }
    let answer = address.withPointer { connect(probe, $0, $1) }
    if answer == 0 || errno == EAGAIN || errno == EINPROGRESS {
        throw ServiceError(
            .unavailable,
            "\(path) is in use: another server answers there; stop it, or listen elsewhere")
    }
    guard errno == ECONNREFUSED else {
        throw failure(path, "is in the way, and whether it is in use cannot be told", errno)
    }
    guard unlink(path) == 0 || errno == ENOENT else {
        throw failure(path, "is left over, and cannot be removed", errno)
    }
}

private func groupID(of name: String, for path: String) throws(ServiceError) -> gid_t {
    guard let entry = getgrnam(name) else {
        throw ServiceError(
            .noUser,
            "\(path): socket_group: there is no group called \"\(name)\"; create it, or name the MTA's own")
    }
    return entry.pointee.gr_gid
}

/// The address of the socket at `path`.
func unixAddress(_ path: String) throws(ServiceError) -> UnixAddress {
    guard let address = UnixAddress(path: path) else {
        throw ServiceError(
            .configuration,
            "\(path): too long for a unix socket: \(path.utf8.count) bytes, and \(UnixAddress.maximumPathLength) are "
                + "allowed; choose a shorter path")
    }
    return address
}

private let streamSocket = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

private func bindFailure(_ path: String, _ code: Int32) -> ServiceError {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    switch code {
    case ENOENT, ENOTDIR:
        return ServiceError(
            .cannotCreate,
            "\(path): the folder \(folder) does not exist; create it (systemd: RuntimeDirectory=), "
                + "or listen elsewhere")
    case EACCES, EPERM, EROFS:
        return ServiceError(
            .cannotCreate,
            "\(path): no socket can be made in \(folder): \(systemMessage(code)); "
                + "make the folder writable for user \(userName()), or listen elsewhere")
    case EADDRINUSE:
        return ServiceError(.unavailable, "\(path) is in use: another server was quicker; stop it")
    default:
        return failure(path, "cannot bind", code)
    }
}

private func failure(_ path: String, _ what: String, _ code: Int32) -> ServiceError {
    ServiceError(.operatingSystem, "\(path): \(what): \(systemMessage(code))")
}
