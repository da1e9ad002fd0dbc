"""Unbound: the operator's validating resolver."""

import pathlib
import socket
import subprocess
import time

from mta import processes

CONFIGURATION = """\
server:
    interface: 127.0.0.1@{port}
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "{folder}/log"
    do-daemonize: no
    do-ip6: no
    do-not-query-localhost: no
    access-control: 127.0.0.0/8 allow
    module-config: "validator iterator"
    cache-max-ttl: 0
    cache-max-negative-ttl: 0
    msg-cache-size: 0
    rrset-cache-size: 0
    infra-host-ttl: 0
    # Made-up names are kept from the Internet; these are ours.
    local-zone: "test." nodefault
remote-control:
    control-enable: no
"""


class Unbound:
    """`with Unbound(folder, port, upstream, zones, anchors):` has it running. It knows `zones` alone."""

    def __init__(self, folder, port, upstream, zones, anchors):
        self.folder, self.port = pathlib.Path(folder), port
        self.folder.mkdir(parents=True)
        text = CONFIGURATION.format(folder=self.folder, port=port)
        if anchors:
            (self.folder / "anchors").write_text("".join(anchor + "\n" for anchor in anchors))
            text = text.replace("remote-control:", f'    trust-anchor-file: "{self.folder}/anchors"\nremote-control:')
        for zone in zones:
            text += f'stub-zone:\n    name: "{zone}"\n    stub-addr: 127.0.0.1@{upstream}\n    stub-no-cache: yes\n'
        self._configuration = self.folder / "unbound.conf"
        self._configuration.write_text(text)

    def __enter__(self):
        self.process = processes.spawn(
            ["unbound", "-c", self._configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                log = self.folder / "log"
                processes.stop(self.process)
                raise AssertionError(f"unbound does not start:\n{log.read_text() if log.exists() else ''}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        processes.stop(self.process)

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
