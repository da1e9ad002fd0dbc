"""Python's email package, asked about messages before and after; see second_opinion.py."""

import os
import pathlib

import second_opinion
from skipped import Skipped

ONLY_WITH = "postfix"  # asks no MTA


def _agrees(bench, what):
    arguments = []
    if what != "fixtures":
        if not os.environ.get("SIGNPOST_CORPUS"):
            raise Skipped("SIGNPOST_CORPUS is not set")
        arguments = [pathlib.Path(os.environ["SIGNPOST_CORPUS"]).resolve()]
    folder = bench.folder / "opinion"
    folder.mkdir(exist_ok=True)
    total, changed, findings = getattr(second_opinion, what)(bench.program, folder / what, *arguments)
    print(f"{what}: {total} messages, {changed} rewritten")
    assert total and not findings, "\n".join(findings[:20])


def test_fixtures(bench):
    """Python's email package agrees on our own messages, before and after"""
    _agrees(bench, "fixtures")


def test_generated(bench):
    """It agrees on the corpus's messages with links"""
    _agrees(bench, "generated")


def test_untouched(bench):
    """Real mails and templates that mention no default domain come out as they went in"""
    _agrees(bench, "untouched")


def test_busiest(bench):
    """Real mails whose own hosts are the default domains: the package and the corpus's judge agree"""
    _agrees(bench, "busiest")
