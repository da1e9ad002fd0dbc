"""`signpost check --mta` against the MTA that runs here, and what it says against what the MTA then does."""

import os
import re
import shutil
import stat

from mta import smtp
from tests.letters import letter, moved

SENDER = "news@acme.example"
#: The ports of the tests that an operator might have: asked first, before the signer, under another name.
GOOD = ("relay", "failopen", "originating", "signed")


def _check(bench, signpost, configuration):
    """(exit status, what it says) of a check of the MTA's `configuration`."""
    done = bench.command("check", "--config", signpost.config, "--mta-config", configuration)
    return done.returncode, (done.stderr + done.stdout).decode()


def _configuration(bench):
    return bench.mta.folder / ("etc" if bench.mta.name == "postfix" else "sendmail.cf")


def _good(bench):
    """A copy of the MTA's configuration with only those of its ports that are as they should be."""
    folder = bench.folder / "good"
    folder.mkdir(exist_ok=True)
    if bench.mta.name == "postfix":
        shutil.copy(bench.mta.folder / "etc/main.cf", folder)
        text = (bench.mta.folder / "etc/master.cf").read_text()
        bad = [str(number) for name, number in bench.mta.port.items() if name not in GOOD]
        text = re.sub(rf"^127\.0\.0\.1:({'|'.join(bad)}) .*\n(  .*\n)*", "", text, flags=re.MULTILINE)
        (folder / "master.cf").write_text(text)
        return folder
    ports = "|".join(str(number) for name, number in bench.mta.port.items() if name not in GOOD)
    text = (bench.mta.folder / "sendmail.cf").read_text()
    text = re.sub(rf"^O DaemonPortOptions=.*Port=({ports}),.*\n", "", text, flags=re.MULTILINE)
    (folder / "sendmail.cf").write_text(text)
    shutil.copy(bench.mta.folder / "submit.cf", folder)
    return folder / "sendmail.cf"


def test_good(bench):
    """Where the MTA is as conf/ has it, there is no error, and mail is rewritten"""
    with bench.signpost() as signpost:
        status, said = _check(bench, signpost, _good(bench))
        assert status == 0 and "errors: 0" in said, said
        assert "asked for mail by" in said and "while Signpost is down" in said, said
        message = letter(SENDER)
        assert bench.mail(SENDER, message)[1] == moved(message)


def test_behind_the_signer(bench):
    """The port whose signer comes first is found"""
    with bench.signpost() as signpost:
        status, said = _check(bench, signpost, _configuration(bench))
        assert status == 78, said
        found = re.findall(r"error: mail by (\S+).*: Signpost comes after the signer ", said)
        port = bench.mta.port["signed-first"]
        assert found == [f"127.0.0.1:{port}" if bench.mta.name == "postfix" else "MTA-signed-first"], said


def test_out_of_reach(bench):
    """What the check says is out of reach the MTA does not reach"""
    def forbid(signpost):
        text = signpost.config.read_text()
        signpost.config.write_text(re.sub(r"socket_mode:.*", 'socket_mode: "0600"', text))

    with bench.signpost(edit=forbid if bench.mta.name == "postfix" else None) as signpost:
        folder = bench.mta.milter.parent
        before = stat.S_IMODE(folder.stat().st_mode)
        try:
            if bench.mta.name == "sendmail":
                # Sendmail connects as root, and does not trust a folder in which others may put another socket.
                os.chmod(folder, 0o777)
            status, said = _check(bench, signpost, _good(bench))
            assert status == 78 and "error: " in said, said
            assert ("may not write to the socket" if bench.mta.name == "postfix" else "refuses the socket") in said, said
            try:
                bench.mail(SENDER, letter(SENDER))
                raise AssertionError("and yet the MTA reaches it")
            except smtp.Refused as refused:
                assert refused.code in (451, 421), refused
        finally:
            os.chmod(folder, before)


def test_passed_by(bench):
    """A filter at another place than the MTA looks is found"""
    with bench.signpost() as signpost:
        elsewhere = signpost.folder / "elsewhere.yaml"
        elsewhere.write_text(signpost.config.read_text().replace(str(bench.mta.milter), f"{bench.mta.milter}2"))
        done = bench.command("check", "--config", elsewhere, "--mta", bench.mta.name, "--mta-config", _good(bench))
        said = (done.stderr + done.stdout).decode()
        assert done.returncode == 78 and "looks for Signpost at" in said and "and it listens at" in said, said


def test_nothing_there(bench):
    """A configuration that is not there is no mistake of the MTA's: 69"""
    with bench.signpost() as signpost:
        status, said = _check(bench, signpost, bench.folder / "nothing")
        assert status == 69 and "No such file" in said, said
