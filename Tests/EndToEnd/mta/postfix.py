"""A private Postfix: its own folder, queue, log and loopback ports; nothing of the system's is touched.

It needs root (Postfix's master does) and an installed, but not a configured or running, Postfix.
"""

import os
import pathlib
import re
import shutil
import socket
import stat
import subprocess
import time

from . import processes, smtp
from .sasl import SASLServer
from .sink import Sink
from .unusable import Unusable

MAIN_CF = """\
compatibility_level = 3.6
command_directory = {command_directory}
daemon_directory = {daemon_directory}
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop

inet_interfaces = 127.0.0.1
# Listens on IPv4 alone, and yet XCLIENT may claim an IPv6 address.
inet_protocols = all
myhostname = out.relay.example
mydestination =
mynetworks = 0.0.0.0/0 [::]/0
local_recipient_maps =
alias_maps =
alias_database =
# Every client may relay: what the tests ask is whose mail Signpost touches.
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = sasl.sock
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtpd_tls_security_level = none
smtp_tls_security_level = none
message_size_limit = 104857600
smtpd_error_sleep_time = 0
in_flow_delay = 0
# Nothing but a Received field is added, and no line is broken, on the way through.
local_header_rewrite_clients =
smtp_line_length_limit = 0

# Below queue_directory: found by processes in the chroot and outside it.
smtpd_milters = unix:signpost/milter.sock
non_smtpd_milters = unix:signpost/milter.sock
milter_default_action = tempfail
milter_protocol = 6
default_transport = smtp:[127.0.0.1]:{sink}
"""

#: The SMTP ports, and what each does otherwise than main.cf says.
PORTS = {
    "relay": {},
    "plain": {"smtpd_milters": ""},
    "tcp": {"smtpd_milters": "inet:127.0.0.1:{milter_port}"},
    "failopen": {"milter_default_action": "accept"},
    "originating": {"milter_macro_daemon_name": "ORIGINATING"},
    "signed": {"smtpd_milters": "unix:signpost/milter.sock, unix:dkim/dkim-s.sock"},
    "verified": {"smtpd_milters": "unix:dkim/dkim-v.sock"},
    "scanned-first": {
        "smtpd_milters": "unix:rspamd/milter.sock, unix:signpost/milter.sock, unix:dkim/dkim-s.sock"},
    "scanned-second": {"smtpd_milters": "unix:signpost/milter.sock, unix:rspamd/milter.sock"},
    "signed-first": {"smtpd_milters": "unix:dkim/dkim-s.sock, unix:signpost/milter.sock"},
}

# smtpd and cleanup talk to milters. They run in the chroot, as they do where Debian's package configured Postfix.
MASTER_CF = """\
pickup unix n - n 60 1 pickup
cleanup unix n - y - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Postfix in `folder`, with a sink behind it and a milter's socket at `milter` before it.

    `with Postfix(folder) as postfix:` starts it; it is stopped however the block is left. `postfix.port["relay"]`
    asks the milter, `port["plain"]` does not, `port["tcp"]` asks it at `milter_port`, `port["failopen"]` delivers when
    it does not answer, and `port["originating"]` tells it that name for its daemon. `port["signed"]` asks the milter and then
    OpenDKIM at `queue/dkim/dkim-s.sock`, `port["signed-first"]` the other way
    round, and `port["verified"]` only OpenDKIM at `queue/dkim/dkim-v.sock`; `port["scanned-first"]` and
    `port["scanned-second"]` ask rspamd at `queue/rspamd/milter.sock` before and after the milter."""

    name = "postfix"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.milter = self.folder / "queue/signpost/milter.sock"
        self.dkim = self.folder / "queue/dkim"
        self.log = self.folder / "maillog"
        self.sink = None
        self.port = {}
        self._master = None
        self._sasl = None
        self._output = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Master ends its own children when it ends: https://www.postfix.org/master.8.html
        if self._master:
            processes.stop(self._master)
        for helper in (self._sasl, self.sink, self._output):
            if helper:
                helper.__exit__()

    def _start(self):
        if os.geteuid() != 0:
            raise Unusable("a private Postfix needs root")
        if not shutil.which("postconf", path="/usr/sbin:/usr/bin:/sbin:/bin"):
            raise Unusable("Postfix is not installed: make install-deps")
        self._make_reachable()
        self.sink = Sink().__enter__()
        self.milter_port, *ports = _free_ports(len(PORTS) + 1)
        self.port = dict(zip(PORTS, ports))
        etc = self.folder / "etc"
        for name in ("etc", "queue", "queue/signpost", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        (etc / "main.cf").write_text(MAIN_CF.format(
            folder=self.folder, sink=self.sink.port,
            command_directory=_default("command_directory"), daemon_directory=_default("daemon_directory")))
        listeners = "".join(
            f"127.0.0.1:{self.port[name]} inet n - y - - smtpd\n"
            + "".join(f"  -o {{ {key} = {value.format(milter_port=self.milter_port)} }}\n" for key, value in changes.items())
            for name, changes in PORTS.items())
        (etc / "master.cf").write_text(listeners + MASTER_CF)
        self._sasl = SASLServer(self.folder / "queue/sasl.sock").__enter__()
        self._output = open(self.folder / "postfix.out", "wb")
        to_log = dict(stdout=self._output, stderr=subprocess.STDOUT)
        # Makes the queue's folders; says what is wrong with the files above.
        subprocess.run([f"{_default('command_directory')}/postfix", "-c", etc, "check"], **to_log)
        # In the foreground, and without the shell script around it, master is our own child: no pid file is needed.
        self._master = processes.spawn([f"{_default('daemon_directory')}/master", "-c", etc, "-s"], **to_log)
        self._await(self.port["plain"])

    def _make_reachable(self):
        """smtpd runs as user postfix: it must be able to walk to the milter's socket."""
        self.folder.chmod(0o755)
        for parent in self.folder.resolve().parents:
            if not parent.stat().st_mode & stat.S_IXOTH:
                raise Unusable(f"user postfix cannot enter {parent}: set TMPDIR to a folder that it can")

    def _await(self, port, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                return
            except OSError:
                if self._master.poll() is not None or time.monotonic() > end:
                    raise Unusable("Postfix did not start:\n" + self.tail()) from None
                time.sleep(0.05)

    def connect(self, port, source, client, timeout):
        """An SMTP connection to one of `port`: really from `source`, by XCLIENT from `client`."""
        connection = smtp.Client(self.port[port], source, timeout)
        if client:
            connection.claim(ADDR=f"IPV6:{client}" if ":" in client else client)
        return connection

    def sendmail(self, sender, recipients, message):
        """Local submission by sendmail(1), as a program on the relay itself would. LF line ends, as pipes have."""
        command = [f"{_default('command_directory')}/sendmail", "-C", self.folder / "etc", "-i", "-f", sender]
        subprocess.run([*command, "--", *recipients], input=message, check=True, capture_output=True)

    def queue_id_for(self, recipient):
        """The queue id under which a message to this recipient was sent on. The log may be a moment late."""
        for _ in range(100):
            found = re.search(rf"(\w+): to=<{re.escape(recipient)}>", self.log.read_text(errors="replace"))
            if found:
                return found.group(1)
            time.sleep(0.05)
        raise AssertionError(f"the log of Postfix does not know {recipient}")

    def tail(self, lines=30):
        """The end of what Postfix said."""
        text = ""
        for path in (self.folder / "postfix.out", self.log):
            if path.exists():
                text += path.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def complaints(self):
        """Lines of the log that a healthy run does not have."""
        if not self.log.exists():
            return []
        bad = re.compile(r"(warning|error|fatal|panic): ")
        return [line for line in self.log.read_text(errors="replace").splitlines() if bad.search(line)]

    @staticmethod
    def own_fields_removed(content):
        """A delivered message without the Received field that Postfix put on top of it."""
        found = re.match(rb"Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", content)
        if not found or b"out.relay.example (Postfix" not in found.group():
            raise AssertionError(f"no Received field of ours on top: {content[:200]!r}")
        return content[found.end():]


def _default(parameter):
    return subprocess.run(["/usr/sbin/postconf", "-dh", parameter], check=True, capture_output=True, text=True).stdout.strip()


def _free_ports(count):
    """Ports that nobody holds right now. Somebody may take one before Postfix does; then it will not start, and says so."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports
