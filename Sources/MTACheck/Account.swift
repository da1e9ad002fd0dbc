import Glibc

/// A user of this machine, as far as permissions go.
struct Account {
    var name: String
    var userID: uid_t
    var groupIDs: [gid_t]

    /// The user called `name` with all its groups; nil where there is none.
    init?(name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.name = name
        userID = entry.pointee.pw_uid
        let primary = entry.pointee.pw_gid
        var count: Int32 = 64
        var groups = [gid_t](repeating: primary, count: Int(count))
        if getgrouplist(name, primary, &groups, &count) < 0 {
            groups = [gid_t](repeating: primary, count: Int(count))
            _ = getgrouplist(name, primary, &groups, &count)
        }
        groupIDs = Array(groups.prefix(Int(max(count, 0))))
    }

    /// Whether the file's mode allows it what `permission` (4 read, 2 write, 1 enter) stands for; path_resolution(7).
    func may(_ permission: mode_t, _ status: stat) -> Bool {
        if userID == 0 { return true }
        if status.st_uid == userID { return status.st_mode & (permission << 6) != 0 }
        if groupIDs.contains(status.st_gid) { return status.st_mode & (permission << 3) != 0 }
        return status.st_mode & permission != 0
    }
}

/// `signpost:postfix, mode 0750`
func ownership(_ status: stat) -> String {
    let user = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
    let group = groupName(status.st_gid)
    return "\(user):\(group), mode 0\(String(status.st_mode & 0o7777, radix: 8))"
}

/// The group's name, or its number where it has none.
func groupName(_ id: gid_t) -> String {
    getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
}
