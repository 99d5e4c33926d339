"""What the documents say can be followed: commands, options, keys, files and links exist."""

import argparse
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from dashboard.__main__ import COMMANDS, command_parser
from dashboard.model.releases import load_releases
from dashboard.model.tracking_plan import load_plan
from dashboard.settings import load_settings
from tests.house.modules import ROOT, modules

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# A change log names what is gone.
CURRENT = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#\s]+)")
QUOTED = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"--[a-z][a-z-]+")
# Options of other programs that the documents call.
OTHER_OPTIONS = {"--histories", "--submissions"}
FILE = re.compile(r"(?<![…\w./-])[\w./-]*\w\.(?:py|sql|md|toml|html|css)\b")
# Files that a document invents as an example.
EXAMPLES = {"plan.toml", "releases.toml", "secrets.toml"}


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert not [each for each in targets if not (document.parent / each).exists()]


@pytest.mark.parametrize("document", CURRENT, ids=lambda path: path.name)
def test_named_files_exist(document: Path) -> None:
    quoted = " ".join(QUOTED.findall(document.read_text(encoding="utf-8")))
    real = _files()
    names = {name for name in FILE.findall(quoted) if Path(name).name not in EXAMPLES}
    assert not [name for name in names if not any(file.endswith(f"/{name}") for file in real)]


@pytest.mark.parametrize("document", CURRENT, ids=lambda path: path.name)
def test_named_options_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = {option for quoted in QUOTED.findall(text) for option in OPTION.findall(quoted)}
    assert named <= _options() | OTHER_OPTIONS


def test_every_command_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    contract = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        if command.name != "serve":
            assert re.search(rf"^\| `{command.name}\b", readme, re.M), command.name
            assert re.search(rf"^## `{command.name}\b", contract, re.M), command.name


def test_every_slice_registers_its_commands() -> None:
    registered = {command.answer.__module__ for command in COMMANDS}
    own = {module for module in modules() if module.endswith(".command")}
    assert registered - {"dashboard.serve"} == own - {"dashboard.command_line.command"}


@pytest.mark.parametrize("document", CURRENT, ids=lambda path: path.name)
def test_documented_calls_are_understood(document: Path) -> None:
    for line in document.read_text(encoding="utf-8").splitlines():
        if match := re.match(r" {4}\S*python -m dashboard ((?!QUESTION)\S.*)", line):
            command_parser().parse_args(shlex.split(match[1]))


def test_the_documented_plan_and_releases_are_taken(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "own-files.md").read_text(encoding="utf-8")
    plan, releases = re.findall(r"```toml\n(.*?)```", text, re.S)
    for name, content in (("plan.toml", plan), ("releases.toml", releases)):
        assert tomllib.loads(content)
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert load_plan(tmp_path / "plan.toml").names
    assert load_releases(tmp_path / "releases.toml")


def test_plan_keys_in_the_definitions_are_taken(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    for line in re.findall(r"`([a-z]+ = [^`]+)`", text):
        plan = tmp_path / "plan.toml"
        steps = (f'[[step]]\nname = "{x}"\nlabel = "A"\nmeaning = "A."\n' for x in "ab")
        plan.write_text("".join(steps) + line, "utf-8")
        assert load_plan(plan).names == ["a", "b"]


def test_documented_settings_are_read(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    source = (ROOT / "dashboard" / "settings.py").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(D[A-Z_]+)`.*?\| `(\w+)` \|", readme, re.M)
    assert named
    assert not [each for pair in named for each in pair if f'"{each}"' not in source]
    assert load_settings({}, tmp_path / "none.toml")


def test_documented_json_is_json() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.S)
    assert len(blocks) >= 10
    for block in blocks:
        json.loads(block)


def _options() -> set[str]:
    """Return every option of every command."""
    options = set()
    for command in COMMANDS:
        parser = argparse.ArgumentParser()
        command.add_options(parser)
        options |= set(OPTION.findall(parser.format_help()))
    return options


def _files() -> list[str]:
    folders = ("dashboard", "queries", "tests", "docs")
    inside = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    names = [path.relative_to(ROOT).as_posix() for path in [*inside, ROOT / "README.md"]]
    return [f"/{name}" for name in names]
