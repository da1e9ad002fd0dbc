"""The daemon as its operator meets it: start, sockets, complaints."""

import shutil
import stat
import subprocess

from skipped import Skipped
from tests.letters import letter, moved

ONLY_WITH = "postfix"  # the same with any MTA: what is asked is how the filter starts

SENDER = "news@acme.example"


def test_socket_permissions(bench):
    """The socket has the mode and the group of the configuration"""
    with bench.signpost() as signpost:
        status = signpost.milter.stat()
        assert stat.S_IMODE(status.st_mode) == 0o660, oct(status.st_mode)
        assert signpost.milter.group() == "postfix", signpost.milter.group()


def test_unprivileged(bench):
    """As a user of its own, with a socket folder that hands on Postfix's group: the recipe of the README"""
    def without_group(signpost):
        lines = signpost.config.read_text().splitlines(keepends=True)
        signpost.config.write_text("".join(line for line in lines if not line.startswith("socket_group")))

    nobody = dict(user="nobody", group="nogroup", extra_groups=[])
    try:
        subprocess.run([bench.program, "--version"], capture_output=True, check=True, **nobody)
    except (OSError, subprocess.CalledProcessError):
        raise Skipped(f"user nobody may not run {bench.program}") from None
    signpost = bench.signpost(edit=without_group)
    folder = signpost.milter.parent
    try:
        shutil.chown(folder, "nobody", "postfix")
        folder.chmod(0o2750)
        try:
            signpost.start(**nobody)
            assert signpost.milter.owner() == "nobody" and signpost.milter.group() == "postfix"
            message = letter(SENDER)
            assert bench.mail(SENDER, message)[1] == moved(message)
            assert "running as root" not in signpost.text(), signpost.text()
        finally:
            signpost.__exit__()
    finally:
        shutil.chown(folder, "root", "root")
        folder.chmod(0o755)


def test_as_root(bench):
    """Started as root, it says that it need not be"""
    with bench.signpost() as signpost:
        assert "running as root" in signpost.text_with("listening on "), signpost.text()


def _serve(bench, edit):
    """Run `serve` with an edited configuration that must not start. Returns (exit status, what it said)."""
    unstarted = bench.signpost(edit=edit)
    try:
        done = subprocess.run(
            [bench.program, "serve", "--config", unstarted.config], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=10)
    except subprocess.TimeoutExpired:
        raise AssertionError("it started") from None
    said = (done.stdout + done.stderr).decode()
    assert 64 <= done.returncode <= 78, f"exit {done.returncode}: {said}"
    assert "Fatal error" not in said and "stack" not in said.lower(), said
    return done.returncode, said


def test_wrong_configuration(bench):
    """A wrong value, a misspelt key: each with its place, and exit 78"""
    def spoil(signpost):
        text = signpost.config.read_text().replace("authenticated: true", "authenticated: maybe")
        signpost.config.write_text("signed_mial: skip\n" + text)

    status, said = _serve(bench, spoil)
    assert status == 78, f"exit {status}: {said}"
    assert "signpost.yaml:1:1: error: " in said and "signed_mail" in said, said
    assert "maybe" in said and said.count("error: ") == 2, said


def test_missing_configuration(bench):
    """A main file that is not there"""
    _, said = _serve(bench, lambda signpost: signpost.config.unlink())
    assert "signpost.yaml" in said, said


def test_two_senders_with_one_address(bench):
    """Two senders with the same address: `check` names both files and lines, and exits 78"""
    def double(signpost):
        (signpost.senders / "twin.yaml").write_text('tracking_domain: x.example\naddresses: ["@linden.example"]\n')

    done = bench.command("check", "--config", bench.signpost(edit=double).config)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 78, f"exit {done.returncode}: {said}"
    assert "linden.yaml:1" in said and "twin.yaml:2" in said, said


def test_unusable_socket(bench):
    """A socket in a folder that does not exist"""
    def misplace(signpost):
        text = signpost.config.read_text()
        signpost.config.write_text(text.replace(str(signpost.milter), "/nonexistent/folder/signpost.sock"))

    _, said = _serve(bench, misplace)
    assert "/nonexistent/folder/signpost.sock" in said, said


def test_not_a_plugin(bench):
    """A plugin that is none"""
    def add(signpost):
        text = signpost.config.read_text().replace("    - hosted-content", "    - hosted-content\n    - no-such-plugin")
        signpost.config.write_text(text)

    status, said = _serve(bench, add)
    assert status == 78 and "no-such-plugin" in said, f"exit {status}: {said}"


def test_socket_in_use(bench):
    """A second filter does not take the socket of one that is running"""
    with bench.signpost() as first:
        _, said = _serve(bench, None)
        assert str(first.milter) in said, said
        message = letter(SENDER)
        assert bench.mail(SENDER, message)[1] == moved(message)
