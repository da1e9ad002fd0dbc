#!/usr/bin/env python3
"""Run `signpost rewrite` over a corpus of messages and let the corpus's own judges decide.

    python3 Tests/EndToEnd/corpus.py [--corpus DIR] [--filter gen/g00] [--keep DIR] [--show N]

The corpus is $SIGNPOST_CORPUS: `generated/<kind>/<id>.eml`, each with a `.json` that names its default domains and
the custom domain its links must move to, and two judges, `check_rewrite.py` and `check_report.py`. A message passes
where `signpost rewrite` exits 0, within the time limit, and both judges find nothing.

--keep DIR keeps the configuration, what was delivered, the reports and each judge's findings:
`new/…/<id>.eml`, `report/…/<id>.json`, `findings.jsonl`, and `errors/…/<id>.txt` where the command failed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import binary

#: Seconds that one message may take.
TIME_LIMIT = 60
#: How many copies of `signpost rewrite` run at a time.
PARALLEL = 2

MAIN_FILE = """\
# Written by corpus.py: the configuration that the corpus's expectations are made for.
listen: unix:unused.sock
default_tracking_domains: {defaults}
senders: senders.d
plugins:
  load:
    - click-tracking: {{ paths: ["/c/*"] }}
    - open-tracking: {{ paths: ["/o/*"] }}
    - forward-to-friend: {{ paths: ["/f/*"] }}
    - subscription: {{ paths: ["/u/*"] }}
    - hosted-content
rewrite: {{ html: true, text: true, amp: true, visible_text: true, headers: [List-Unsubscribe] }}
signed_mail: skip
domain_check: {{ mode: off }}
log: {{ to: stderr }}
"""
SENDER_FILE = 'addresses: ["@{name}.sender.example"]\ntracking_domain: {domain}\nscheme: keep\n'


def messages(corpus, prefix):
    """(path relative to generated/, its expectations), for each message whose path begins with the prefix."""
    generated = corpus / "generated"
    for path in sorted(generated.glob("*/*.eml")):
        relative = path.relative_to(generated)
        if str(relative).startswith(prefix):
            yield relative, json.loads(path.with_suffix(".json").read_text())


def write_configurations(folder, chosen):
    """One configuration for each list of default domains, with one sender for each custom domain.

    Returns a function from a message's expectations to (configuration, envelope sender)."""
    lists = sorted({tuple(e["default_domains"]) for _, e in chosen})
    customs = sorted({e["custom_domain"] for _, e in chosen})
    for number, defaults in enumerate(lists):
        senders = folder / f"config{number}" / "senders.d"
        senders.mkdir(parents=True)
        (senders.parent / "signpost.yaml").write_text(MAIN_FILE.format(defaults=json.dumps(defaults)))
        for k, domain in enumerate(customs):
            (senders / f"s{k}.yaml").write_text(SENDER_FILE.format(name=f"s{k}", domain=domain))

    def lookup(expectations):
        number = lists.index(tuple(expectations["default_domains"]))
        k = customs.index(expectations["custom_domain"])
        return folder / f"config{number}" / "signpost.yaml", f"news@s{k}.sender.example"

    return lookup


def rewrite(signpost, original, config, sender, new, report):
    """Run the command on one message. Returns what was wrong, or None."""
    for path in (new, report):
        path.parent.mkdir(parents=True, exist_ok=True)
    command = [signpost, "rewrite", "--config", config, "--from", sender, "--report", report, original]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return f"no answer within {TIME_LIMIT} s"
    new.write_bytes(done.stdout)
    if done.returncode == 0:
        return None
    end = f"signal {-done.returncode}" if done.returncode < 0 else f"exit {done.returncode}"
    return f"{end}\n{done.stderr.decode(errors='replace')[-4000:]}"


def judge_python():
    """A Python that has html5lib, which the judges need: this one or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import html5lib"], capture_output=True).returncode == 0:
            return python
    raise RuntimeError("the judges need html5lib: apt-get install python3-html5lib")


def judge(python, script, *arguments):
    """Run one judge over a folder. Returns {message: findings} of the bad ones, and its summary."""
    done = subprocess.run([python, script, *arguments], capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines or not lines[-1].get("summary"):
        raise RuntimeError(f"{script} gave no summary:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return {pathlib.Path(f["original"]): f for f in lines[:-1]}, lines[-1]


def run(signpost, corpus, prefix="", keep=None, show=10):
    """Run and judge; prints the account. Returns (messages, passed)."""
    chosen = list(messages(corpus, prefix))
    if not chosen:
        raise RuntimeError(f"{corpus}/generated: no message whose path begins with {prefix!r}")
    with tempfile.TemporaryDirectory(prefix="signpost-corpus-") as temporary:
        folder = pathlib.Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for old in ("orig", "new", "report", "errors", *(p.name for p in folder.glob("config[0-9]*"))):
            shutil.rmtree(folder / old, ignore_errors=True)
        lookup = write_configurations(folder, chosen)
        failures = collections.defaultdict(set)  # message -> kinds of failure

        def one(item):
            relative, expectations = item
            original = corpus / "generated" / relative
            place = folder / "orig" / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            for suffix in (".eml", ".json"):
                link = place.with_suffix(suffix)
                if not link.is_symlink():
                    link.symlink_to(original.with_suffix(suffix))
            config, sender = lookup(expectations)
            return relative, rewrite(
                signpost, original, config, sender, folder / "new" / relative,
                (folder / "report" / relative).with_suffix(".json"))

        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            for relative, error in pool.map(one, chosen):
                if error:
                    failures[relative].add("command: " + error.splitlines()[0])
                    place = (folder / "errors" / relative).with_suffix(".txt")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(error)
        took = time.monotonic() - start

        python = judge_python()
        orig, new, report = (folder / name for name in ("orig", "new", "report"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            rewriting = pool.submit(
                judge, python, corpus / "check_rewrite.py", "--batch", orig, new, "-j", str(PARALLEL))
            reporting = pool.submit(judge, python, corpus / "check_report.py", "--batch", orig, new, report)
            verdicts = {"rewrite": rewriting.result(), "report": reporting.result()}
        with open(folder / "findings.jsonl", "w") as findings:
            for name, (bad, _) in verdicts.items():
                for original, finding in bad.items():
                    relative = original.relative_to(orig)
                    failures[relative] |= {f"{name}: {v['kind']}" for v in finding["violations"]}
                    findings.write(json.dumps({"judge": name, **finding}) + "\n")
        for relative, _ in chosen:
            for name, tree in (("rewrite", new), ("report", report)):
                path = tree / relative
                if not (path if name == "rewrite" else path.with_suffix(".json")).exists():
                    failures[relative].add(f"{name}: missing")

    kinds = collections.Counter(kind for found in failures.values() for kind in found)
    for kind, count in kinds.most_common():
        examples = [str(m.with_suffix("")) for m, found in sorted(failures.items()) if kind in found]
        print(f"{count:5}  {kind:45} {' '.join(examples[:4])}")
    for relative in sorted(failures)[:show]:
        print(f"  {relative}: {', '.join(sorted(failures[relative]))}")
    if len(failures) > show:
        print(f"  … and {len(failures) - show} more")
    for name, (bad, summary) in verdicts.items():
        extra = f", score {summary['score']}" if "score" in summary else ""
        print(f"check_{name}: {summary['checked'] - len(bad)} of {summary['checked']} good{extra}")
    passed = len(chosen) - len(failures)
    print(f"corpus: {passed} of {len(chosen)} messages pass ({100 * passed / len(chosen):.1f} %), "
          f"{len(chosen) / took:.0f} messages/s with {PARALLEL} processes")
    return len(chosen), passed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signpost", help="the program to test (default: $SIGNPOST_BINARY or .build/release/signpost)")
    parser.add_argument("--corpus", default=os.environ.get("SIGNPOST_CORPUS"), help="default: $SIGNPOST_CORPUS")
    parser.add_argument("--filter", default="", metavar="PREFIX", help="only messages like gen/g00…, special/…")
    parser.add_argument("--keep", metavar="DIR", help="keep everything that was made there")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="how many failing messages to list (10)")
    options = parser.parse_args()
    if not options.corpus:
        parser.error("no corpus: give --corpus or set SIGNPOST_CORPUS")
    total, passed = run(
        binary.find(options.signpost), pathlib.Path(options.corpus).resolve(), options.filter, options.keep, options.show)
    sys.exit(0 if passed == total else 1)


if __name__ == "__main__":
    main()
