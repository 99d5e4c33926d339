"""One table of properties: no other file names them, and the docs say the same."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.database.contract import OPTIONAL
from dashboard.model.properties import (
    PROPERTIES,
    PROPERTY_NAMES,
    STORED_PROPERTIES,
    filter_bind,
)
from dashboard.settings import ROOT
from tests.conftest import Parameters, execute, url_of

# Those that write or declare the tables' columns, and coverage, which shows the one it is about.
COLUMNS_THEMSELVES = (
    "dashboard/demo/",
    "dashboard/submit/",
    "dashboard/lab/",
    "dashboard/writers/",
    "dashboard/coverage/",
    "dashboard/database/contract.py",
    "queries/demo/",
    "queries/schema/",
    "queries/submit/",
    "queries/lab/",
    "queries/writers/",
    "queries/coverage/",
)
THE_TABLES = {"dashboard/model/properties.py", "queries/model/lead_facts.sql"}
NAMES = re.compile(
    # A sentence about placeholder leads says "no industry".
    r"\b(lead_sources?|utm_campaign|campaigns?|industry_category|(?<!no )industry|statuses)\b"
)


def naming_files() -> set[str]:
    paths = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "queries").rglob("*.sql")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if any(NAMES.search(line.split("--")[0].split("#")[0]) for line in _code(path))
    }


def _code(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.sub(r'"""(?s:.*?)"""', "", text).splitlines()


def test_no_file_but_the_two_tables_names_a_property() -> None:
    found = {each for each in naming_files() if not each.startswith(COLUMNS_THEMSELVES)}
    assert found == THE_TABLES


def test_the_sql_has_the_properties_in_the_order_of_the_table() -> None:
    sql = (ROOT / "queries/model/lead_facts.sql").read_text(encoding="utf-8")
    names = re.search(r"array\[([^\]]*)\] as property_names", sql)
    assert names
    assert re.findall(r"'(\w+)'", names[1]) == [each.name for each in STORED_PROPERTIES]


def test_the_docs_list_the_properties() -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    listed = re.search(r"Properties are ([^:]*):", text)
    assert listed
    assert tuple(re.findall(r"`(\w+)`", listed[1])) == PROPERTY_NAMES


def test_each_column_is_one_that_a_database_may_lack() -> None:
    assert {each.column for each in STORED_PROPERTIES} <= {*OPTIONAL["website_leads"]}


def test_names_and_keys_are_unique() -> None:
    for part in ("name", "label"):
        assert len({getattr(each, part) for each in PROPERTIES}) == len(PROPERTIES)
    assert len({each.url_key for each in STORED_PROPERTIES}) == len(STORED_PROPERTIES)


@pytest.mark.parametrize(
    ("chosen", "bind"),
    [
        ({}, None),
        ({"status": ()}, None),
        ({"status": ("new", "ä")}, '{"status": ["new", "\\u00e4"]}'),
        # No stored value has such a character: nothing is let through.
        ({"status": ("n\0w", "\ud800")}, '{"status": []}'),
    ],
)
def test_a_filter_is_written_as_the_sql_files_take_it(
    chosen: dict[str, tuple[str, ...]], bind: str | None
) -> None:
    assert filter_bind(chosen) == bind


def test_a_new_property_needs_the_changes_that_the_docs_show(
    tables: Parameters, tmp_path: Path
) -> None:
    for folder in ("dashboard", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    changed = apply_documented(tmp_path)
    assert changed == THE_TABLES
    execute(
        tables,
        "insert into website_leads (created_at, utm_medium) values (now(), 'cpc'), (now(), null)",
    )
    asked = [sys.executable, "-m", "dashboard", "funnel", "--breakdown", "medium"]
    found = subprocess.run(
        [*asked, "--filter", "medium=cpc", "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "DATABASE_URL": url_of(tables)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["breakdown"] is not None


def apply_documented(root: Path) -> set[str]:
    """Apply the diffs of docs/architecture.md to a copy; return which files they change."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    changed = set()
    for block in re.findall(r"```diff\n(.*?)```", text, re.DOTALL):
        head, *hunks = block.split("@@\n")
        name = head.split()[-1]
        for hunk in hunks:
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] != "+")
            new = "".join(line[1:] for line in lines if line[0] != "-")
            before = (root / name).read_text(encoding="utf-8")
            assert before.count(old) == 1, f"{name}: not there once:\n{old}"
            (root / name).write_text(before.replace(old, new), encoding="utf-8")
        changed.add(name)
    return changed
