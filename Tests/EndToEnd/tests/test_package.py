"""The Debian package: installed, upgraded, removed and purged in a bare Debian."""

import functools
import os
import pathlib
import re
import shutil
import subprocess

import debian
from skipped import Skipped
from tests.letters import letter, moved

ONLY_WITH = "postfix"  # there is no MTA in it

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
SENDER = "news@acme.example"


@functools.cache
def build(bench):
    """The package of the program under test. Not compressed: that is most of the work, and all the same to dpkg."""
    for tool, package in (("dpkg-shlibdeps", "dpkg-dev"), ("patchelf", "patchelf")):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not there: apt-get install {package}")
    folder = bench.folder / "package"
    folder.mkdir()
    done = subprocess.run(
        [REPOSITORY / "conf/debian/deb.sh", folder, "-Znone"], capture_output=True, text=True, timeout=300,
        env={**os.environ, "BUILT": str(pathlib.Path(bench.program).parent)})
    assert done.returncode == 0, done.stdout + done.stderr
    packages = list(folder.iterdir())
    assert len(packages) == 1 and re.fullmatch(r"signpost_[\d.]+_[a-z0-9]+\.deb", packages[0].name), packages
    return packages[0]


def _successor(package):
    """The same package with a later version, and other files below /etc."""
    folder, later = package.parent / "later", package.parent / "signpost_later.deb"
    subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", r"\g<0>+later", control.read_text(), flags=re.MULTILINE))
    for name in ("signpost.yaml", "senders.d/acme.yaml"):
        with open(folder / "etc/signpost" / name, "a") as file:
            file.write("# of the later version\n")
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, later], check=True, capture_output=True)
    shutil.rmtree(folder)
    return later


def test_life(bench):
    """In a bare Debian the package installs, works, upgrades, is removed and purged; an operator's file survives all but the last"""
    package = build(bench)
    root = debian.Root(bench.folder / "root")
    before = set(root.must("find", "/", "-xdev", "-name", "*signpost*").split())
    fetched = root.install_dependencies(package)
    assert fetched and all(name.startswith("lib") for name in fetched), f"it wants {fetched}"
    for file in (package, _successor(package)):
        shutil.copy(file, root.path("/tmp"))
    root.must("dpkg", "-i", f"/tmp/{package.name}")

    assert root.must("dpkg-query", "-W", "-f", "${db:Status-Status}", "signpost") == "installed"
    assert root.must("dpkg", "--verify", "signpost") == ""
    said = root.must("signpost", "check", "--config", "/etc/signpost/signpost.yaml")
    assert "no errors; senders: 2" in said and "hosted-content" in said, said
    strangers = [line for line in root.must("sh", "-c", "ldd /usr/bin/signpost /usr/lib/signpost/plugins/*.so").splitlines()
                 if "not found" in line or "=>" in line and not re.search(r"=> (/usr/bin/\.\./lib/signpost/|/usr/lib/signpost/|/lib/|/usr/lib/x86_64|linux-vdso)", line)]
    assert not strangers, "\n".join(strangers)
    _rewrites(root)
    user = root.must("getent", "passwd", "signpost").strip().split(":")
    assert user[5:] == ["/nonexistent", "/usr/sbin/nologin"], user
    assert root.must("stat", "-c", "%U:%G %a", "/var/lib/signpost").strip() == "signpost:signpost 750"
    assert root.path("/etc/systemd/system/multi-user.target.wants/signpost.service").is_symlink()
    for file in ("/usr/share/man/man1/signpost.1.gz", "/usr/share/doc/signpost/copyright",
                 "/usr/share/bash-completion/completions/signpost", "/usr/share/zsh/vendor-completions/_signpost",
                 "/usr/share/fish/vendor_completions.d/signpost.fish"):
        assert root.path(file).stat().st_size > 100, file
    root.must("bash", "-n", "/usr/share/bash-completion/completions/signpost")

    main = root.path("/etc/signpost/signpost.yaml")
    main.write_text(main.read_text().replace("signed_mail: skip", "signed_mail: rewrite"))
    root.path("/var/lib/signpost/domains.json").write_text("{}\n")
    mine = main.read_bytes()
    root.must("dpkg", "--force-confdef", "--force-confold", "-i", "/tmp/signpost_later.deb")
    assert root.must("dpkg-query", "-W", "-f", "${Version}", "signpost").endswith("+later")
    assert main.read_bytes() == mine, "the operator's changes are gone"
    assert "# of the later version" in root.path("/etc/signpost/senders.d/acme.yaml").read_text()
    _rewrites(root)
    root.must("dpkg-reconfigure", "signpost")  # the scripts may run again and again

    root.must("dpkg", "-r", "signpost")
    assert not root.path("/usr/bin/signpost").exists() and not root.path("/usr/lib/signpost").exists()
    assert main.read_bytes() == mine and root.path("/var/lib/signpost/domains.json").exists()
    root.must("dpkg", "-i", "/tmp/signpost_later.deb")
    assert main.read_bytes() == mine
    root.must("dpkg", "--purge", "signpost")
    after = set(root.must("find", "/", "-xdev", "-name", "*signpost*").split())
    left = {path for path in after - before if not path.startswith("/tmp/")}
    assert not left, f"purged, and yet there are {sorted(left)}"
    assert root.run("getent", "passwd", "signpost").returncode == 0, "its user's number may become somebody else's"
    assert root.must("dpkg", "--audit") == ""


def _rewrites(root):
    """The program finds its plugins and its runtime, and does its work."""
    message = letter(SENDER)
    root.path("/tmp/letter.eml").write_bytes(message)
    said = root.must(
        "signpost", "rewrite", "--config", "/etc/signpost/signpost.yaml", "--from", SENDER, "--login", "acme", "--client",
        "127.0.0.1", "/tmp/letter.eml")
    assert said.encode() == moved(message).replace(b"\r\n", b"\n"), said
