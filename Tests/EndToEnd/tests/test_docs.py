"""What the documentation names is there."""

import json
import pathlib
import re

ONLY_WITH = "postfix"  # there is no MTA in it

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def test_security(bench):
    """Each test that docs/SECURITY.md counts on is there; each threat has one"""
    text = (REPOSITORY / "docs/SECURITY.md").read_text()
    named = re.findall(r"`(\w[\w/]+\.(?:swift|py))`:\s+([^|\n;]+?)[ .]*(?:\||;|\n)", text)
    assert len(named) > 30, named
    for file, name in named:
        source = (REPOSITORY / "Tests" / file).read_text()
        declaration = f"def {name}(" if file.endswith(".py") else f"`{name}`"
        # Those of wrong values are in a table of what has to be said.
        assert declaration in source or name in source and file.endswith("WrongSettingsTests.swift"), f"{file}: {name}"
    threats = text.split("## Threats", 1)[1].split("## Privileges", 1)[0]
    rows = [row for row in threats.splitlines() if row.startswith("|")][2:]
    bare = [row for row in rows if ".swift`" not in row and ".py`" not in row]
    assert not bare, "\n".join(bare)


def test_commands(bench):
    """Every command of ours in the documentation has sub-commands and options that are there"""
    tree = json.loads(bench.command("--experimental-dump-help").stdout)["command"]
    commands = {}

    def collect(command, name):
        commands[name] = {
            ("--" if option["kind"] == "long" else "-") + option["name"]
            for argument in command.get("arguments", []) for option in argument.get("names", [])}
        for below in command.get("subcommands", []):
            collect(below, f"{name} {below['commandName']}".strip())

    collect(tree, "")
    seen = 0
    for page in [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]:
        for words in re.findall(r"(?:^|[`/&|] ?| sudo )signpost ((?:[a-z]+ )+(?:[^`\n#|&>;]*))", page.read_text(), re.MULTILINE):
            words = words.split()
            name = " ".join(words[:2]) if " ".join(words[:2]) in commands else words[0]
            if name not in commands:
                continue  # a sentence, not a command
            seen += 1
            for option in (word for word in words if re.match(r"--?[a-z]", word)):
                assert option.split("=")[0] in commands[name], f"{page.name}: signpost {' '.join(words)}: no {option}"
    assert seen > 20, seen
