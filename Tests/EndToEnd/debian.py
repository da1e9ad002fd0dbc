"""A bare Debian to install the package in: made by debootstrap once, kept in .build, unpacked for each use."""

import os
import pathlib
import shutil
import subprocess

from skipped import Skipped

CACHE = pathlib.Path(__file__).resolve().parents[2] / ".build/debian-root"
#: Inside, with a /proc of its own, in mount and process namespaces that end with the command.
INSIDE = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


class Root:
    """A minimal Debian of the machine's own release in `folder`."""

    def __init__(self, folder):
        for tool in ("debootstrap", "unshare", "apt-get", "dpkg"):
            if not shutil.which(tool, path=ENVIRONMENT["PATH"]):
                raise Skipped(f"{tool} is not there: apt-get install debootstrap util-linux apt dpkg")
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        subprocess.run(["tar", "-xpf", _tarball(), "-C", self.folder], check=True)
        if self.run("true").returncode:
            raise Skipped(f"no command can be run in another root: {self.run('true').stderr}")

    def run(self, *command):
        """Run a command inside. Returns the finished process, its output as text."""
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", INSIDE, self.folder, *command], env=ENVIRONMENT,
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", timeout=120)

    def must(self, *command):
        """Run a command inside that has to end well. Returns its output."""
        done = self.run(*command)
        assert done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def path(self, inside):
        """A path inside, as seen from here."""
        return self.folder / str(inside).lstrip("/")

    def install_dependencies(self, package):
        """Install what a package file depends on, fetched as this machine's apt fetches. Returns the packages' names."""
        archives = self.folder / "fetched"
        (archives / "partial").mkdir(parents=True)
        _fetch(["apt-get", "install", "--download-only", "--no-install-recommends", "-y", "-q",
                "-o", f"Dir::State::status={self.path('/var/lib/dpkg/status')}",
                "-o", f"Dir::Cache::archives={archives}", "-o", "APT::Sandbox::User=root", package])
        fetched = sorted(path.name for path in archives.glob("*.deb") if not path.name.startswith("signpost"))
        if fetched:
            self.must("dpkg", "-i", *(f"/fetched/{name}" for name in fetched))
        shutil.rmtree(archives)
        return [name.split("_")[0] for name in fetched]


def _tarball():
    release = _setting("VERSION_CODENAME")
    tarball = CACHE / f"{release}.tar"
    if not tarball.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        new = CACHE / "new"
        shutil.rmtree(new, ignore_errors=True)
        # Where this machine's own packages come from, and through what.
        sites = _fetch(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"])
        sites = [site for site, codename in map(str.split, sites.splitlines()) if codename == release]
        if not sites:
            raise Skipped(f"apt knows no source of Debian {release}")
        proxy = subprocess.run(
            ["apt-config", "shell", "http_proxy", "Acquire::http::Proxy", "https_proxy", "Acquire::https::Proxy"],
            capture_output=True, text=True).stdout
        proxies = dict(line.split("=", 1) for line in proxy.replace("'", "").splitlines())
        _fetch(["debootstrap", "--variant=minbase", release, new, sites[0]], {**os.environ, **proxies})
        subprocess.run(["tar", "-C", new, "-cf", CACHE / "new.tar", "--exclude=./var/cache/apt/archives/*.deb", "."], check=True)
        (CACHE / "new.tar").rename(tarball)
        shutil.rmtree(new)
    return tarball


def _setting(name):
    release = pathlib.Path("/etc/os-release").read_text()
    return dict(line.split("=", 1) for line in release.splitlines() if "=" in line)[name].strip('"')


def _fetch(command, environment=None):
    """Run what takes packages from the network, which may be away."""
    done = subprocess.run(
        [os.fspath(word) for word in command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=600)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise Skipped(f"{command[0]} failed: {said}")
    return done.stdout
