"""A private Sendmail, with the interface of `postfix.Postfix`.

It needs root, and namespaces of its own (`namespace.py`), which this process enters: it believes the host's name and
/etc/hosts, logs to /dev/log, and its local submission goes to port 25. There is no XCLIENT: clients really come from the
addresses they claim.
"""

import pathlib
import re
import shutil
import socket
import subprocess
import time

from . import namespace, processes, sendmail_packages, smtp
from .sasl import SASLServer
from .sendmail_packages import CF, PROGRAM
from .sink import Sink
from .syslog import Syslog
from .unusable import Unusable

ROOT = pathlib.Path(__file__).resolve().parents[3]
SNIPPET = ROOT / "conf/sendmail.mc.snippet"

HOSTS = """\
127.0.0.1 localhost
127.0.0.1 out.relay.example out
127.0.0.2 elsewhere.example
::1 localhost
"""

# For both configurations: what they keep in a folder of ours, and no suspicion of folders above it.
COMMON_MC = """\
define(`confEBINDIR', `{programs}')dnl
OSTYPE(`linux')dnl
undefine(`ALIAS_FILE')dnl
define(`confDOMAIN_NAME', `out.relay.example')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/service.switch')dnl
define(`confCW_FILE', `-o {folder}/local-host-names')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,TrustStickyBit')dnl
"""

SENDMAIL_MC = COMMON_MC + """\
define(`confRUN_AS_USER', `root')dnl
define(`confTRUSTED_USER', `root')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`confPID_FILE', `{folder}/sendmail.pid')dnl
define(`HELP_FILE', `')dnl
define(`confTO_IDENT', `0')dnl
define(`confREFUSE_LA', `200')dnl
define(`confQUEUE_LA', `200')dnl
define(`confDELAY_LA', `200')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
define(`confAUTH_MECHANISMS', `PLAIN')dnl
dnl No line is broken on the way through, and no Date, From or Message-Id is added.
define(`SMTP_MAILER_LL', `0')dnl
MODIFY_MAILER_FLAGS(`ESMTP', `-DFM')dnl
define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h {sink}')dnl
{listeners}
dnl What operators are told to write, in their order; then the filters that only some ports ask.
{snippet}
MAIL_FILTER(`signpost-or-later', `S=unix:{milter}, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl
MAIL_FILTER(`signpost-by-tcp', `S=inet:{milter_port}@127.0.0.1, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl
MAIL_FILTER(`opendkim-verifier', `S=unix:{folder}/dkim/dkim-v.sock, F=T')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
ESASL_CONF_PATH={folder}/sasl
LOCAL_RULESETS
SLocal_check_rcpt
# Every client may relay: what the tests ask is whose mail Signpost touches.
R$*\t$#OK
Ssrv_features
# A bare CR becomes a space, instead of refusing the message.
R$*\t$# u2
"""

SUBMIT_MC = COMMON_MC + """\
dnl It insists on not being root; Debian's package makes a user for it.
define(`confRUN_AS_USER', `mail:mail')dnl
define(`MSP_QUEUE_DIR', `{folder}/clientqueue')dnl
FEATURE(`msp', `[127.0.0.1]')dnl
"""

#: The SMTP ports: number, and how each differs from one that asks the snippet's filters. Sendmail's own command submits to
#: port 25, and in a network of our own every number is free.
PORTS = {
    "relay": (25, "InputMailFilters=signpost-or-later"),
    "plain": (2501, "InputMailFilters="),
    "tcp": (2502, "InputMailFilters=signpost-by-tcp"),
    "failopen": (2503, "InputMailFilters=signpost"),
    "originating": (587, "InputMailFilters=signpost-or-later, Name=ORIGINATING"),
    "signed": (2504, ""),
    "verified": (2505, "InputMailFilters=opendkim-verifier"),
    "signed-first": (2506, "InputMailFilters=opendkim;signpost"),
}


class Sendmail:
    """Sendmail in `folder`, with a sink behind it and a milter's socket at `milter` before it. Its ports mean what those
    of Postfix mean."""

    name = "sendmail"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.milter = self.folder / "signpost/milter.sock"
        self.milter_port = 2600
        self.dkim = self.folder / "dkim"
        self.log = self.folder / "maillog"
        self.sink = None
        self.port = {name: number for name, (number, _) in PORTS.items()}
        self._daemon = None
        self._helpers = []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The daemon's children, one for each connection, end with their connections; the last deliveries a moment later.
        if self._daemon:
            processes.stop(self._daemon)
        while self._helpers:
            self._helpers.pop().__exit__()

    def _start(self):
        sendmail_packages.unpack()
        self.folder.chmod(0o755)
        for name in ("queue", "clientqueue", "signpost", "sasl"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "clientqueue", "mail", "mail")
        (self.folder / "clientqueue").chmod(0o770)
        (self.folder / "hosts").write_text(HOSTS)
        (self.folder / "service.switch").write_text("hosts files\naliases files\n")
        (self.folder / "sasl/Sendmail.conf").write_text(
            f"pwcheck_method: saslauthd\nsaslauthd_path: {self.folder}/sasl/mux\nmech_list: PLAIN\n")
        log = Syslog(self.folder / "log.sock", self.log)
        try:
            namespace.enter(
                "out.relay.example", {"/etc/hosts": self.folder / "hosts", "/dev/log": self.folder / "log.sock"}, self.folder)
        except OSError as error:
            log.server_close()
            raise Unusable(f"no namespaces of our own: {error}") from None
        self._helpers.append(log.__enter__())
        self._helpers.append(SASLServer(self.folder / "sasl/mux", "saslauthd").__enter__())
        self.sink = Sink().__enter__()
        self._helpers.append(self.sink)
        self._configure()
        output = open(self.folder / "output", "wb")
        self._helpers.append(output)
        self._daemon = processes.spawn(
            [PROGRAM, "-L", "sm-mta", "-C", self.folder / "sendmail.cf", "-bD"], stdout=output, stderr=output)
        self._await(self.port["plain"])

    def _configure(self):
        """Have sendmail.cf and submit.cf made, as operators do."""
        listeners = ""
        for name, (number, filters) in PORTS.items():
            daemon = filters if "Name=" in filters else ", ".join(filter(None, [filters, f"Name=MTA-{name}"]))
            for family, address in (("inet", "127.0.0.1"), ("inet6", "::1")):
                listeners += f"DAEMON_OPTIONS(`Family={family}, Addr={address}, Port={number}, {daemon}')dnl\n"
        snippet = SNIPPET.read_text()
        for path, ours in (
                ("/run/signpost/milter.sock", self.milter), ("/run/opendkim/opendkim.sock", self.dkim / "dkim-s.sock")):
            if path not in snippet:
                raise AssertionError(f"{SNIPPET} does not name {path}")
            snippet = snippet.replace(path, str(ours))
        for name, template in (("sendmail", SENDMAIL_MC), ("submit", SUBMIT_MC)):
            source = self.folder / f"{name}.mc"
            source.write_text(template.format(
                folder=self.folder, programs=PROGRAM.parent, sink=self.sink.port, listeners=listeners, snippet=snippet,
                milter=self.milter, milter_port=self.milter_port))
            done = subprocess.run(["m4", f"-D_CF_DIR_={CF}/", CF / "m4/cf.m4", source], capture_output=True)
            if done.returncode or done.stderr:
                raise Unusable(f"m4 makes no {name}.cf: {done.stderr.decode()}")
            (self.folder / f"{name}.cf").write_bytes(done.stdout)

    def _await(self, port, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                return
            except OSError:
                if self._daemon.poll() is not None or time.monotonic() > end:
                    raise Unusable("Sendmail did not start:\n" + self.tail()) from None
                time.sleep(0.05)

    def connect(self, port, source, client, timeout):
        """An SMTP connection to one of `port`, from `source`, or from `client`, which becomes an address of ours."""
        if client:
            namespace.add_address(client)
        host = "::1" if client and ":" in client else "127.0.0.1"
        return smtp.Client(self.port[port], client or source, timeout, host)

    def sendmail(self, sender, recipients, message):
        """Local submission by sendmail(8), as a program on the relay itself would. LF line ends, as pipes have."""
        command = [PROGRAM, "-Ac", "-C", self.folder / "submit.cf", "-i", "-f", sender]
        subprocess.run([*command, "--", *recipients], input=message, check=True, capture_output=True)

    def session(self, lines):
        """An SMTP session on the standard input of a process, `sendmail -bs`, as some mail programs have it. Ends with it."""
        command = [PROGRAM, "-bs", "-L", "sm-mta", "-C", self.folder / "sendmail.cf", "-O", "InputMailFilters=signpost-or-later"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            answers = [process.stdout.readline()]
            for line in lines:
                process.stdin.write(line + b"\r\n")
                process.stdin.flush()
                # Sendmail wants its answer waited for.
                while (answer := process.stdout.readline())[3:4] == b"-":
                    pass
                answers.append(answer)
        return b"".join(answers).decode()

    def queue_id_for(self, recipient):
        """The queue id under which a message to this recipient was sent on. The log may be a moment late."""
        line = re.compile(rf"sm-mta\[\d+\]: (\w+): to=<{re.escape(recipient)}>")
        for _ in range(100):
            if found := line.search(self._logged()):
                return found.group(1)
            time.sleep(0.05)
        raise AssertionError(f"the log of Sendmail does not know {recipient}")

    def tail(self, lines=30):
        """The end of what Sendmail said."""
        text = (self.folder / "output").read_text(errors="replace") + self._logged()
        return "\n".join(text.splitlines()[-lines:])

    def complaints(self):
        """Lines of the log that a healthy run does not have."""
        bad = re.compile(r"SYSERR|warning|panic|[Ee]rror|Milter \(.*\): (?!init success)|stat=(?!Sent)")
        return [line for line in self._logged().splitlines() if bad.search(line)]

    def _logged(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @staticmethod
    def own_fields_removed(content):
        """A delivered message without the Received fields that Sendmail put on top of it: two where it was submitted."""
        field = re.compile(rb"Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
        start = 0
        while (found := field.match(content, start)) and b"by out.relay.example (8." in found.group():
            start = found.end()
        if not start:
            raise AssertionError(f"no Received field of ours on top: {content[:200]!r}")
        return content[start:]
