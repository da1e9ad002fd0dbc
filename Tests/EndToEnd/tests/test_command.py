"""`signpost rewrite` and `signpost check` at the prompt. That `rewrite` says what the MTA delivers, every scenario tests."""

import json
import os
import re
import subprocess

from bench import HERE

ONLY_WITH = "postfix"  # asks no MTA

CAMPAIGN = HERE / "campaigns/acme.eml"


def test_report(bench):
    """The report accounts for every link"""
    report = bench.folder / "report.json"
    with bench.signpost() as signpost:
        done = bench.command(
            "rewrite", "--config", signpost.config, "--from", "news@acme.example", "--report", report, CAMPAIGN)
        assert done.returncode == 0, done.stderr.decode()
        told = json.loads(report.read_text())
        assert told["sender"] == "acme" and told["tracking_domain"] == "click.acme.example", told
        assert told["unchanged_because"] is None and len(told["rewritten"]) == 21, told
        for entry in told["rewritten"]:
            assert set(entry) >= {"part", "place", "plugin", "before", "after"}, entry
            assert entry["after"] == entry["before"].replace("track.relay.example", "click.acme.example", 1), entry
        assert sorted(entry["reason"] for entry in told["left"]) == ["html comment", "nested"], told["left"]


def test_explain(bench):
    """--explain tells a person, beside the message and not in it"""
    with bench.signpost() as signpost:
        call = ["rewrite", "--config", signpost.config, "--from", "news@acme.example"]
        quiet = bench.command(*call, CAMPAIGN)
        told = bench.command(*call, "--explain", CAMPAIGN)
        assert told.stdout == quiet.stdout
        assert b"click.acme.example" in told.stderr and not quiet.stderr, quiet.stderr


def test_path_and_stdin(bench):
    """A message by path and one on standard input come out the same"""
    with bench.signpost() as signpost:
        call = ["rewrite", "--config", signpost.config, "--from", "news@acme.example"]
        assert bench.command(*call, CAMPAIGN).stdout == bench.command(*call, message=CAMPAIGN.read_bytes()).stdout


def test_empty_login(bench):
    """An empty login is none: with no client either it is local submission"""
    with bench.signpost() as signpost:
        call = ["rewrite", "--config", signpost.config, "--from", "news@acme.example"]
        assert bench.command(*call, "--login", "", CAMPAIGN).stdout == bench.command(*call, CAMPAIGN).stdout


def test_client_that_is_no_address(bench):
    """A client that is no address is a mistake, and not somebody else's mail"""
    with bench.signpost() as signpost:
        call = ["rewrite", "--config", signpost.config, "--from", "news@acme.example"]
        for text in ("localhost", "192.0.2", "192.0.2.0/24", "[192.0.2.7]", "127.0.0.1x", ""):
            done = bench.command(*call, "--client", text, CAMPAIGN)
            assert done.returncode == 64 and not done.stdout, f"{text}: exit {done.returncode}"
            said = done.stderr.decode()
            assert f'--client: found "{text}", expected an IP address such as 192.0.2.7' in said, said
        for text in ("127.0.0.1", "::ffff:127.0.0.1", "IPv6:::ffff:127.0.0.1"):
            done = bench.command(*call, "--client", text, CAMPAIGN)
            assert done.returncode == 0 and done.stdout == bench.command(*call, CAMPAIGN).stdout, text


def test_unknown_command(bench):
    """A misspelt sub-command is said to be that, whatever stands behind it"""
    for words, says in ((["chek", "--config", "x"], "unknown sub-command `chek`; did you mean `check`?"),
                        (["domain", "shw", "--config", "x"], "unknown sub-command `shw`; did you mean `show`?"),
                        (["x"], "unknown sub-command `x`; expected one of serve, check, rewrite,")):
        done = bench.command(*words)
        assert done.returncode == 64 and says in done.stderr.decode(), done
    assert bench.command("help", "check").returncode == 0
    assert b"Missing expected argument" in bench.command("check").stderr


def test_not_a_message(bench):
    """What is no message at all is 65, and says so"""
    with bench.signpost() as signpost:
        done = bench.command("rewrite", "--config", signpost.config, "--from", "news@acme.example", message=b"")
        assert done.returncode == 65 and done.stderr, f"exit {done.returncode}: {done.stderr.decode()}"


def test_check(bench):
    """`check` finds the scenarios' configuration good"""
    with bench.signpost() as signpost:
        done = bench.command("check", "--config", signpost.config)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_check_tells_all(bench):
    """`check` tells at once what is wrong in the main file, in the files that it names, and in the senders'"""
    def spoil(signpost):
        text = signpost.config.read_text() + "no_such_key: 1\n"
        if "domain_check:" not in text:
            text += "domain_check: {}\n"
        signpost.config.write_text(re.sub(
            r"^domain_check:.*$", "domain_check: { mode: off, https_ca: nothing.pem }", text, flags=re.MULTILINE))
        (signpost.senders / "acme.yaml").write_text("nonsense: 1\n")

    done = bench.command("check", "--config", bench.signpost(edit=spoil).config)
    said = done.stderr.decode()
    assert done.returncode == 78, said
    for word in ("unknown key `no_such_key`", "nothing.pem", "acme.yaml:1:1: error: unknown key `nonsense`"):
        assert word in said, said
    places = re.findall(r"^\S*signpost.yaml:(\d+):", said, re.MULTILINE)
    assert places == sorted(places, key=int) and said.index("acme.yaml") > said.rindex("signpost.yaml:"), said


def test_example_configuration(bench):
    """The example configuration of the project is good as it stands"""
    done = bench.command("check", "--config", HERE.parents[1] / "conf/signpost.yaml")
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_plugins(bench):
    """`plugins` lists the built-in ones"""
    with bench.signpost() as signpost:
        done = bench.command("plugins", "--config", signpost.config)
        assert done.returncode == 0, done.stderr.decode()
        for name in (b"click-tracking", b"open-tracking", b"forward-to-friend", b"subscription", b"hosted-content"):
            assert name in done.stdout, done.stdout.decode()


def test_end(bench):
    """No destructor of a library runs at the end, because threads may still be in it; what was printed is out"""
    source, library = bench.folder / "destructor.c", bench.folder / "destructor.so"
    source.write_text("#include <stdlib.h>\n__attribute__((destructor)) static void end(void) { abort(); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    preloaded = {**os.environ, "LD_PRELOAD": library}
    assert subprocess.run(["true"], env=preloaded).returncode < 0, "the test is void"
    with bench.signpost() as signpost:
        def run(*words, **options):
            return subprocess.run(
                [bench.program, *words, "--config", signpost.config], env=preloaded, timeout=60, **options)

        done = run("check", stdout=subprocess.PIPE)
        assert done.returncode == 0 and b"no errors" in done.stdout, done
        done = run("domain", "show", "nobody", stderr=subprocess.PIPE)
        assert done.returncode == 67 and b"no sender is called" in done.stderr, done
        done = run("frobnicate", stderr=subprocess.PIPE)
        assert done.returncode == 64 and b"Usage: signpost" in done.stderr, done
        done = subprocess.run([bench.program, "--version"], env=preloaded, stdout=subprocess.PIPE)
        assert done.returncode == 0 and done.stdout.startswith(b"signpost "), done
        with open("/dev/full", "w") as full:
            done = run("check", stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 74 and b"No space left" in done.stderr, done
        signpost.stop()
        signpost.start(environment=preloaded)
        assert signpost.stop() == 0, signpost.text()
