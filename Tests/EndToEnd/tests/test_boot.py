"""The package in a Debian that was booted: systemd itself starts the filter, in its sandbox."""

import contextlib
import re
import time

import debian
from container import Container
from mta.milter import Milter
from tests.test_memory import LINE
from tests.test_package import build

ONLY_WITH = "postfix"  # there is no MTA in it

SOCKET = "/var/lib/signpost/milter.sock"  # seen from outside, too


@contextlib.contextmanager
def _booted(bench):
    """A container with the package, whose filter listens at SOCKET and takes all our mail for acme's."""
    root = debian.Root(bench.folder / "booted")
    package = build(bench)
    for wanted in (package, "systemd", "systemd-sysv"):  # dpkg wants those first that others depend on
        root.install_dependencies(wanted)
    root.path("/tmp/signpost.deb").write_bytes(package.read_bytes())
    root.must("dpkg", "-i", "/tmp/signpost.deb")
    main, acme = root.path("/etc/signpost/signpost.yaml"), root.path("/etc/signpost/senders.d/acme.yaml")
    text = re.sub(r"^listen: .*", f"listen: unix:{SOCKET}", main.read_text(), flags=re.MULTILINE)
    main.write_text(text.replace("mode: require ", "mode: off ").replace("metrics: off", "metrics: unix:/run/signpost/metrics"))
    acme.write_text('addresses: ["@acme.example"]\ntracking_domain: click.acme.example\n')
    with Container(root) as inside:
        yield inside, root, main


def _is_rewritten(root, lines):
    body = LINE * lines
    with Milter(root.path(SOCKET), timeout=30) as milter:
        after = milter.message(b"<news@acme.example>", [(b"Content-Type", b" text/html")], body)
    return after == body.replace(b"//track.relay.", b"//click.acme.")


def test_service(bench):
    """systemd starts it, in its sandbox; reloads; starts it again after a crash, and not after a mistake in the configuration"""
    with _booted(bench) as (inside, root, main):
        def shows(what):
            return inside.run("systemctl", "show", "--property", what, "--value", "signpost")[1]

        assert inside.run("systemctl", "is-active", "signpost")[1] == "active", inside.run("journalctl", "-u", "signpost")
        assert shows("StatusText").startswith("senders=2 "), shows("StatusText")
        # The second goes through a file in /var/tmp.
        assert _is_rewritten(root, 10) and _is_rewritten(root, 6_000_000 // len(LINE))
        status, said = inside.run("signpost", "stats", "--config", "/etc/signpost/signpost.yaml")
        assert status == 0 and re.match(r"signpost \S+, running for \d+ s\n", said), said
        assert inside.run("systemctl", "reload", "signpost")[0] == 0
        said = inside.run("journalctl", "--no-pager", "-u", "signpost")[1]
        assert said.count("reload: done; ") == 1, said

        good = main.read_text()
        main.write_text(good + "no_such_key: 1\n")
        assert inside.run("systemctl", "reload", "signpost")[0] != 0 and _is_rewritten(root, 10)
        assert inside.run("systemctl", "restart", "signpost")[0] != 0
        time.sleep(1.5)  # RestartSec=
        assert [shows(what) for what in ("ActiveState", "ExecMainStatus", "NRestarts")] == ["failed", "78", "0"]
        main.write_text(good)
        assert inside.run("systemctl", "start", "signpost")[0] == 0 and _is_rewritten(root, 10)

        inside.run("systemctl", "kill", "--signal=KILL", "signpost")
        end = time.monotonic() + 10
        while shows("NRestarts") != "1" or shows("ActiveState") != "active":
            assert time.monotonic() < end, inside.run("systemctl", "status", "signpost")[1]
            time.sleep(0.1)
        assert _is_rewritten(root, 10)
        said = inside.run("journalctl", "--no-pager", "-u", "signpost", "-p", "info")[1]
        assert "no_such_key" in said and "sender=acme domain=click.acme.example rewritten=" in said, said
        _socket_unit(inside, root)


def _socket_unit(inside, root):
    """With the socket unit a connection starts the filter, and none is refused while it is started again."""
    place = root.path("/etc/systemd/system/signpost.socket.d/place.conf")
    place.parent.mkdir()
    place.write_text(f"[Socket]\nListenStream=\nListenStream={SOCKET}\n")
    for command in ("stop signpost", "daemon-reload", "enable --now signpost.socket"):
        status, said = inside.run("systemctl", *command.split())
        assert status == 0, f"{command}: {said}"
    assert inside.run("systemctl", "is-active", "signpost")[1] == "inactive"
    assert _is_rewritten(root, 10)
    for command in ("restart", "kill --signal=KILL", "restart"):
        assert inside.run("systemctl", *command.split(), "signpost")[0] == 0
        assert _is_rewritten(root, 10)
