"""Prometheus's own Python library as a judge of what the filter exports."""

import functools
import json
import os
import subprocess
import sys

import binary

_PARSE = """
import json, sys
from prometheus_client.parser import text_string_to_metric_families as parse
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]]
                  for f in parse(sys.stdin.read())]))
"""


@functools.cache
def python():
    """A Python that has prometheus_client, or None where there is none to be had. The first call may ask the network
    for it."""
    own = binary.ROOT / ".build/prometheus/bin/python"
    for candidate in (sys.executable, own):
        found = os.path.exists(candidate) and subprocess.run(
            [candidate, "-c", "import prometheus_client"], capture_output=True).returncode == 0
        if found:
            return candidate
    try:
        subprocess.run([sys.executable, "-m", "venv", own.parent.parent], check=True, capture_output=True)
        subprocess.run(
            [own, "-m", "pip", "install", "--quiet", "prometheus_client"], check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError):
        return None
    return own


def families(text):
    """[name, type, help, [[name, labels, value] of each sample]] of each family, by the library's parser."""
    done = subprocess.run([python(), "-c", _PARSE], input=text.encode(), capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
