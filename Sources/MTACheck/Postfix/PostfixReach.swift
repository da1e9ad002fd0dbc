import Configuration
import Glibc

/// Whether a service of Postfix gets to Signpost at the address that its list names.
struct PostfixReach {
    let way: PostfixWay
    let milter: PostfixMilter
    let settings: Settings

    func findings() -> [Finding] {
        guard case .unix(let path) = milter.address else { return [] }
        let found = way.realPath(path)
        guard settings.listen.isSocket(at: found) else { return [elsewhere(path, found)] }
        guard let account = Account(name: way.configuration.value("mail_owner", for: nil)) else {
            return [
                Finding(
                    .warning, way.configuration.place(of: "mail_owner", for: nil),
                    "we can't tell whether it reaches \(found): there is no user "
                        + way.configuration.value("mail_owner", for: nil))
            ]
        }
        return Reach(account: account, settings: settings).findings(for: found)
    }

    /// The list names another place than the one at which we listen: the chroot, in most cases.
    private func elsewhere(_ path: String, _ found: String) -> Finding {
        let queue = resolved(way.configuration.value("queue_directory", for: nil))
        guard way.service.isChrooted, settings.listen.isSocket(at: way.absolute(path)) else {
            return Finding(
                .error, way.place,
                "\(way.mail): Postfix looks for Signpost at \(found), and it listens at \(settings.listen) (\(settings.file))",
                remedy: way.line(way.parameter, "\(settings.listen.postfixNotation ?? ""), …"))
        }
        return Finding(
            .error, way.configuration.place(of: way.service),
            "\(way.mail): \(way.service.program) runs in the chroot (column 5 of its line) and looks for \(found), which is "
                + "not where Signpost listens; either have a folder there,\n"
                + "    install -d -o signpost -g \(way.configuration.value("mail_owner", for: nil)) -m 2750 \(queue)/signpost\n"
                + "    listen: unix:\(queue)/signpost/milter.sock   (\(settings.file))\n"
                + "    \(way.line(way.parameter, "unix:signpost/milter.sock, …"))\n"
                + "or take the service out of the chroot:",
            remedy: "postconf -F \(way.service.name)/\(way.service.type)/chroot=n")
    }
}
