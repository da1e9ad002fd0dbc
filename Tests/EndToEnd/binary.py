"""Where the built `signpost` is, and what the tests say when it is not there."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(given=None):
    """The binary to test: the one given, else $SIGNPOST_BINARY, else the release build."""
    path = pathlib.Path(given or os.environ.get("SIGNPOST_BINARY") or ROOT / ".build/release/signpost").resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path}: no such program; run `make build` first, or name another with SIGNPOST_BINARY")
    return path
