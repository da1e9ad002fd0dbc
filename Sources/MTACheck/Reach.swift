import CGNU
import Configuration
import Glibc

/// Whether an MTA's process gets to our unix socket.
struct Reach {
    /// The user as which the MTA connects.
    var account: Account
    /// What is known of the socket while it is not there: `socket_mode` and `socket_group`.
    var settings: Settings

    /// Walks to the socket as the MTA would: each folder has to let it in, and the socket to let it write (unix(7)).
    func findings(for path: String) -> [Finding] {
        var findings: [Finding] = []
        if let group = settings.socketGroup, getgrnam(group) == nil {
            findings.append(
                Finding(
                    .error, settings.file,
                    "socket_group: there is no group called \(quoted(group)), and Signpost does not start without; create "
                        + "it, or name the MTA's own:",
                    remedy: "socket_group: \(groupName(account.groupIDs.first ?? 0))"))
        }
        for folder in foldersAbove(path) {
            var status = stat()
            guard stat(folder, &status) == 0 else { return findings + [missing(folder)] }
            // A list of rights (acl(5)) may say otherwise than the mode: not for us to read.
            if hasAccessList(folder) { continue }
            if !account.may(1, status) {
                findings.append(
                    Finding(
                        .error, folder,
                        "user \(account.name) may not enter this folder (\(ownership(status))) on the way to \(path)",
                        remedy:
                            "chgrp \(groupName(account.groupIDs.first ?? 0)) \(folder) && chmod g+x \(folder)"
                    ))
            }
        }
        return findings + socketFindings(path)
    }

    /// A folder that is not there. systemd makes those below /run when Signpost starts; others nobody does.
    private func missing(_ folder: String) -> Finding {
        let what = "the folder \(folder) is not there, and so no socket in it"
        if errno != ENOENT || folder == "/run" || folder.hasPrefix("/run/") || folder.hasPrefix("/var/run/") {
            return unseen(folder, what)
        }
        return Finding(
            .error, folder,
            what + ", and Signpost does not start; make it, for the user that Signpost runs as:",
            remedy: "install -d -o signpost -g \(groupName(account.groupIDs.first ?? 0)) -m 2750 \(folder)")
    }

    private func socketFindings(_ path: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isMissing = errno == ENOENT
            return [unseen(path, "there is no socket: Signpost is not running")]
                + (isMissing ? futureFindings(path) : [])
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            return [Finding(.error, path, "this is not a socket; remove it, and start Signpost again")]
        }
        var findings: [Finding] = []
        if status.st_mode & S_IWOTH != 0 {
            findings.append(
                Finding(
                    .warning, path,
                    "everybody may write to the socket (\(ownership(status))), and so pose as the MTA",
                    remedy: "socket_mode: \"0660\""))
        }
        if !hasAccessList(path), !account.may(2, status) {
            findings.append(
                Finding(
                    .error, path,
                    "user \(account.name) may not write to the socket (\(ownership(status))), and so not connect; "
                        + "in \(settings.file):",
                    remedy: "socket_group: \(groupName(account.groupIDs.first ?? 0))"))
        }
        if isDead(path) {
            findings.append(
                Finding(
                    .warning, path,
                    "nobody listens on the socket: it was left behind by a Signpost that was killed; start it, and check again"
                ))
        }
        return findings
    }

    /// A socket that will be made when Signpost starts.
    private func futureFindings(_ path: String) -> [Finding] {
        guard let mode = settings.socketMode, account.userID != 0, mode & 0o002 == 0 else { return [] }
        let group = settings.socketGroup.flatMap { getgrnam($0)?.pointee.gr_gid } ?? inheritedGroup(path)
        if mode & 0o020 != 0, group.map({ account.groupIDs.contains($0) }) ?? true { return [] }
        return [
            Finding(
                .error, settings.file,
                "user \(account.name) will not be allowed to connect: mode 0\(String(mode, radix: 8)), group "
                    + "\(group.map(groupName) ?? "of Signpost's user")",
                remedy: "socket_group: \(groupName(account.groupIDs.first ?? 0))")
        ]
    }

    /// The group that a folder with the set-group-ID bit hands on; nil without the bit: then it is our own user's.
    private func inheritedGroup(_ path: String) -> gid_t? {
        var status = stat()
        guard let folder = foldersAbove(path).last, stat(folder, &status) == 0, status.st_mode & S_ISGID != 0
        else { return nil }
        return status.st_gid
    }

    /// What stat(2) does not find, or may not look at.
    private func unseen(_ place: String, _ missing: String) -> Finding {
        errno == EACCES
            ? Finding(.warning, place, "user \(userName()) may not look at this; check again as root")
            : Finding(.warning, place, missing + "; start it, and check again")
    }
}

/// Whether connections to the socket are refused.
private func isDead(_ path: String) -> Bool {
    guard let address = UnixAddress(path: path) else { return false }
    let descriptor = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return address.withPointer { connect(descriptor, $0, $1) != 0 && errno == ECONNREFUSED }
}

/// `/`, `/run`, `/run/signpost` for `/run/signpost/milter.sock`.
func foldersAbove(_ path: String) -> [String] {
    var folders = ["/"]
    for component in path.split(separator: "/").dropLast() {
        folders.append((folders.last == "/" ? "" : folders[folders.count - 1]) + "/" + component)
    }
    return folders
}

/// The path with links resolved as far as it exists.
func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
        defer { free(real) }
        return String(cString: real)
    }
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return path }
    return resolved(String(path[..<slash])) + path[slash...]
}

extension ListenAddress {
    /// Whether we listen at `path`. Of a descriptor's socket we don't know: it may be anywhere.
    func isSocket(at path: String) -> Bool {
        switch self {
        case .unix(let ours): resolved(ours) == resolved(path)
        case .descriptor: true
        case .inet, .inet6: false
        }
    }
}

private func hasAccessList(_ path: String) -> Bool {
    getxattr(path, "system.posix_acl_access", nil, 0) > 0
}
