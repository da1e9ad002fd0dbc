"""The corpus of messages that others wrote, where there is one."""

import os
import pathlib

import corpus
from skipped import Skipped

ONLY_WITH = "postfix"  # asks no MTA


def test_share_that_passes(bench):
    """`signpost rewrite` over the corpus of $SIGNPOST_CORPUS, judged by its own judges"""
    folder = os.environ.get("SIGNPOST_CORPUS")
    if not folder:
        raise Skipped("SIGNPOST_CORPUS is not set")
    total, passed = corpus.run(bench.program, pathlib.Path(folder).resolve())
    assert passed == total, f"{passed} of {total}"
