"""The man pages: well-formed, and about this program: every sub-command, option, key and function, and none that is not there."""

import json
import pathlib
import re
import shutil
import subprocess

from skipped import Skipped

ONLY_WITH = "postfix"  # there is no MTA in it

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PAGES = REPOSITORY / "docs/man"
HEADER = REPOSITORY / "Sources/CSignpostPlugin/include/signpost_plugin.h"
#: A key that nobody knows, and that resembles none.
UNKNOWN = "0000000000"


def test_form(bench):
    """groff, mandoc and man have nothing to say against the pages"""
    for tool in ("groff", "mandoc", "man"):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not there: apt-get install groff mandoc man-db")
    said = []
    for page in sorted(PAGES.iterdir()):
        for command in (["groff", "-ww", "-mdoc", "-Tutf8", "-z", page], ["mandoc", "-T", "lint", "-W", "style", page],
                        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page]):
            done = subprocess.run(command, capture_output=True, text=True, timeout=30)
            lines = (done.stderr + (done.stdout if command[0] == "mandoc" else "")).splitlines()
            # Which other pages are installed here is not ours.
            said += [line for line in lines if "referenced manual not found" not in line and "mandoc.db" not in line]
            assert command[0] == "mandoc" or done.returncode == 0, f"{command[0]} {page.name}: exit {done.returncode}"
    assert not said, "\n".join(said)


def _same(documented, real, what):
    assert documented == real, f"{what}: only in the page {sorted(documented - real)}, only in the program {sorted(real - documented)}"


def test_command(bench):
    """signpost(1) has every sub-command and every option of the program"""
    tree = json.loads(bench.command("--experimental-dump-help").stdout)["command"]
    real = {}

    def collect(command, name):
        options = set()
        for argument in command.get("arguments", []):
            if argument["kind"] == "positional":
                options.add(argument["valueName"].removesuffix("s"))
            elif argument["shouldDisplay"]:
                options |= {("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]}
        if not command.get("subcommands"):
            real[name] = options
        for sub in command.get("subcommands", []):
            collect(sub, f"{name} {sub['commandName']}".strip())

    collect(tree, "")
    documented, common, section = {}, set(), None
    page = (PAGES / "signpost.1").read_text()
    for line in page.splitlines():
        if line.startswith(".Sh"):
            section = None
        elif line.startswith(".Ss"):
            section = common if "every sub-command" in line else documented.setdefault(line[4:], set())
        elif section is not None and line.startswith(".It Fl"):
            section.update("-" + name for name in re.findall(r"Fl (\S+)", line))
        elif section is not None and line.startswith(".It Ar"):
            section.add(line.split()[2].removesuffix("s"))
    assert common == {"-c", "--config", "-h", "--help", "--version"}, common
    _same(set(documented), set(real), "sub-commands")
    for name, options in documented.items():
        _same(options | (common & real[name]), real[name], name)
        synopsis = page[:page.index(".Sh DESCRIPTION")]
        assert f".Cm {name}\n" in synopsis, f"{name} is not in the synopsis"


def _known_keys(bench, write, path=()):
    """The keys that the program knows below `path`, and below those: it is shown an unknown one, and says what it expects."""
    text = f"{UNKNOWN}: 1"
    for key in reversed(path):
        text = f"{key}: {{ {text} }}"
    said = bench.command("check", "--config", write(text)).stderr.decode()
    found = re.search(rf"error: unknown key `{UNKNOWN}`; expected one of (.*)$", said, re.MULTILINE)
    keys = set()
    for key in found[1].split(", ") if found else ():
        below = _known_keys(bench, write, (*path, key))
        keys |= below or {".".join((*path, key))}
    return keys


def test_configuration(bench):
    """signpost.yaml(5) has every key of the main file and of the senders' files"""
    folder = bench.folder / "keys"
    (folder / "senders.d").mkdir(parents=True)
    main, sender = folder / "signpost.yaml", folder / "senders.d/acme.yaml"

    def in_main(text):
        main.write_text(text + "\n")
        return main

    def in_sender(text):
        main.write_text("default_tracking_domains: [track.relay.example]\nsenders: senders.d\n")
        sender.write_text(text + "\n")
        return main

    real = {"MAIN FILE": _known_keys(bench, in_main), "SENDER FILES": _known_keys(bench, in_sender)}
    # A plugin takes keys that are not known before it is asked; these two are Signpost's own.
    real["SENDER FILES"] |= {"plugins.NAME.tracking_domain", "plugins.NAME.scheme"}
    said = bench.command("check", "--config", in_sender(
        "{ tracking_domain: a.acme.example, addresses: ['@acme.example'], "
        "plugins: { click-tracking: { tracking_domain: b.acme.example, scheme: https } } }"))
    assert said.returncode == 0, said.stderr.decode()
    assert {"listen", "log.level", "domain_check.https_ca"} <= real["MAIN FILE"] and len(real["MAIN FILE"]) > 30, real

    page = (PAGES / "signpost.yaml.5").read_text()
    for section, keys in real.items():
        text = re.search(rf"^\.Sh {section}\n(.*?)^\.Sh ", page, re.MULTILINE | re.DOTALL)[1]
        items = {line.split()[2] for line in text.splitlines() if line.startswith(".It Cm")}
        # What may be a mapping or something else is in the page as itself, too.
        parents = {".".join(words[:end]) for words in (key.split(".") for key in keys) for end in range(1, len(words))}
        _same(items - (parents - keys), keys, section)


def test_plugin_interface(bench):
    """signpost-plugin(3) has every function, struct, member and constant of the header"""
    header = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    inline = header.index("static inline")
    members = set()
    for body in re.findall(r"struct signpost_\w+ \{(.*?)\n\}", header, re.DOTALL):
        members |= set(re.findall(r"\(\*(\w+)\)\(", body))
        members |= {name for name in re.findall(r"(\w+);", re.sub(r"\(.*?\);", ";", body, flags=re.DOTALL))}
    real = set(re.findall(r"\bsignpost_\w+(?=\()|\bSIGNPOST_\w+", header))
    real |= set(re.findall(r"\bsignpost_\w+", header[:inline])) | members
    real -= {"SIGNPOST_PLUGIN_H", "SIGNPOST_EXPORT"}
    page = (PAGES / "signpost-plugin.3").read_text()
    documented = set(re.findall(r"\bSIGNPOST_\w+", page)) | set(re.findall(r"\bsignpost_\w+\b(?!\.h)", page))
    documented |= {name for line in page.splitlines() if line.startswith((".Fa", ".It Fa", ".It Dv"))
                   for name in re.findall(r"\b[a-z_]+\b", line)}
    documented |= set(re.findall(r"\(\*(\w+)\)", page))
    _same(documented & (real | {w for w in documented if w.lower().startswith("signpost_")}), real, "the interface")
