"""The catalog refuses what it can't trust, and every file in it keeps the house rules."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import queries
from dashboard.database.contract import TABLES
from dashboard.database.reading import Source
from dashboard.embedded.server import Server
from dashboard.settings import ROOT
from queries import CatalogError, load, names
from tests.conftest import Parameters, execute, source_of
from tests.queries.questions import reading_questions, sample_binds

HEADER = "-- How many.\n-- grain: one row\n-- params: tz text, at timestamp (exclusive)\n"
WriteQuestion = Callable[[str], str]


@pytest.fixture
def write_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WriteQuestion]:
    """Write a file into a catalog of its own and return the question's name."""
    monkeypatch.setattr(queries, "FOLDER", tmp_path)
    load.cache_clear()

    def write(sql: str) -> str:
        path = tmp_path / "slice" / "question.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql, encoding="utf-8")
        return "slice/question"

    yield write
    load.cache_clear()


def test_a_file_is_read_with_all_its_header_declares(write_question: WriteQuestion) -> None:
    name = write_question(
        "-- How many leads,\n-- and since when.\n-- grain: one row per (day,\n--   step)\n"
        "-- params: tz text, at timestamp (exclusive, never null),\n--   ids uuid[]\n"
        "-- needs: website_leads.id,\n--   website_leads.created_at\n"
        "select :tz as tz, cast(:at as timestamp) as at, :ids as ids -- not: a parameter\n"
    )
    question = load(name)
    assert names() == [name]
    assert question.question == "How many leads, and since when."
    assert question.grain == "one row per (day, step)"
    assert question.params == {"tz", "at", "ids"}
    assert question.needs == {"website_leads.id", "website_leads.created_at"}


def test_a_question_builds_on_others_each_standing_before_it_once(
    write_question: WriteQuestion, tmp_path: Path
) -> None:
    write_question("")
    (tmp_path / "slice" / "ones.sql").write_text(
        "-- Ones.\n-- grain: one row\n-- params: first integer\n-- needs: website_leads.id\n"
        "select cast(:first as integer) as one\n"
    )
    (tmp_path / "slice" / "twos.sql").write_text(
        "-- Twos.\n-- grain: one row\n-- params: none\n-- from: slice/ones\n"
        "select one + one as two from ones\n"
    )
    name = write_question(
        "-- Both.\n-- grain: one row\n-- params: more integer\n-- from: slice/twos, slice/ones\n"
        "with\n\nboth as (select one, two from ones cross join twos)\n\n"
        "select one + two + cast(:more as integer) as all from both\n"
    )
    question = load(name)
    assert question.params == {"first", "more"}
    assert question.needs == {"website_leads.id"}
    assert [*question.parts] == ["ones", "twos"]
    assert question.statement.startswith("with\n\nones as (\n-- Ones.")
    assert question.statement.count("as one\n") == 1
    assert question.statement.index("\nboth as") > question.statement.index("\ntwos as")


def test_another_look_at_a_table_is_read_where_it_is_used(
    write_question: WriteQuestion, tmp_path: Path
) -> None:
    write_question("")
    for name, header, rows in (
        ("seen", "params: none", "1"),
        ("constant", "params: one integer", ":one"),
        ("asked", "params: one integer\n-- needs: website_leads.id", ":one"),
    ):
        (tmp_path / "slice" / f"{name}.sql").write_text(
            f"-- It.\n-- grain: one row\n-- {header}\nselect {rows} as one\n"
        )
    name = write_question(
        "-- Both.\n-- grain: one row\n-- params: none\n"
        "-- from: slice/seen, slice/constant, slice/asked\n"
        "select one from seen cross join constant cross join asked\n"
    )
    assert "\nseen as not materialized (\n" in load(name).statement
    assert "\nconstant as not materialized (\n" in load(name).statement
    assert "\nasked as (\n" in load(name).statement


def test_a_bind_that_the_header_does_not_declare_is_named(write_question: WriteQuestion) -> None:
    name = write_question(f"{HEADER}select :tz as tz, :at as at, :surprise as surprise\n")
    with pytest.raises(CatalogError, match=r"^slice/question: header and binds .*: surprise$"):
        load(name)


def test_a_parameter_that_the_sql_does_not_use_is_named(write_question: WriteQuestion) -> None:
    name = write_question(f"{HEADER}select :tz as tz\n")
    with pytest.raises(CatalogError, match=r"^slice/question: header and binds .*: at$"):
        load(name)


@pytest.mark.parametrize("part", ["-- How many.\n", "-- grain: one row\n", "-- params: none\n"])
def test_a_header_without_one_of_its_parts_is_refused(
    write_question: WriteQuestion, part: str
) -> None:
    header = "-- How many.\n-- grain: one row\n-- params: none\n"
    name = write_question(f"{header.replace(part, '')}select 1 as one\n")
    with pytest.raises(CatalogError, match=r"^slice/question: the header states"):
        load(name)


def test_a_header_below_the_sql_is_none(write_question: WriteQuestion) -> None:
    name = write_question("select 1 as one\n-- How many.\n-- grain: one row\n-- params: none\n")
    with pytest.raises(CatalogError, match="the header states"):
        load(name)


def test_a_question_without_file_is_named() -> None:
    with pytest.raises(CatalogError, match=r"there is no queries/status/nothing\.sql"):
        load("status/nothing")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"tz": "UTC"}, "at"),
        ({"tz": "UTC", "at": None, "more": 1}, "more"),
        ({"more": 1}, "at, more, tz"),
    ],
)
def test_values_that_are_missing_or_undeclared_are_named(
    write_question: WriteQuestion, values: Mapping[str, object], wrong: str
) -> None:
    question = load(write_question(f"{HEADER}select :tz as tz, :at as at\n"))
    with pytest.raises(CatalogError, match=rf"^slice/question: parameters .* in: {wrong}$"):
        question.bind(values)


def test_a_value_stays_a_value(write_question: WriteQuestion, empty_database: Parameters) -> None:
    hostile = "'; drop table x; -- :tz %s {0}"
    name = write_question("-- Echo.\n-- grain: one row\n-- params: tz text\nselect :tz as tz\n")
    with source_of(empty_database).engine.connect() as connection:
        assert connection.execute(load(name).bind({"tz": hostile})).scalar_one() == hostile


def test_every_file_loads() -> None:
    assert [load(name).name for name in names()] == names()


@pytest.fixture(scope="module", params=["embedded", "debian"])
def any_server(request: pytest.FixtureRequest) -> Server:
    fixture = {"embedded": "server", "debian": "debian_server"}[request.param]
    found: Server = request.getfixturevalue(fixture)
    return found


@pytest.fixture(scope="module", params=["empty", "filled"])
def any_source(any_server: Server, request: pytest.FixtureRequest) -> Iterator[Source]:
    parameters = any_server.parameters(f"catalog_{request.param}")
    execute(any_server.parameters("postgres"), f"create database {parameters['dbname']}")
    execute(parameters, load("schema/tables").sql)
    if request.param == "filled":
        execute(parameters, ROWS)
    source = source_of(parameters)
    yield source
    source.engine.dispose()


@pytest.mark.parametrize("name", reading_questions())
def test_a_question_runs_on_both_servers_with_and_without_rows(
    any_source: Source, name: str
) -> None:
    question = load(name)
    with any_source.read() as reader:
        everything = dict.fromkeys(question.params) | {
            each: value for each, value in sample_binds(question).items() if each.endswith("step")
        }
        for binds in (sample_binds(question), everything):
            found = reader.frame(name, {}, **binds)
            assert len(found) <= 1 or question.grain != "one row"


ROWS = """
    insert into organizations (id, name, slug, session_id, website_url, created_at)
    values ('00000000-0000-0000-0000-000000000001', 'Gloop', 'gloop', 's1', 'gloop.com',
            '2026-01-25 12:00');
    insert into website_leads (id, organization_id, session_id, website_url, created_at)
    values ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001',
            's1', 'http://gloop.com', '2026-01-25 12:00');
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    values ('00000000-0000-0000-0000-000000000002', 'analysis_started', '2026-01-25 12:01'),
           ('00000000-0000-0000-0000-000000000002', 'analysis_started', '2026-01-25 12:02'),
           ('00000000-0000-0000-0000-000000000002', 'analysis_completed', '2026-01-25'),
           (null, 'website_analysis', '2026-01-25 12:02');
"""


# --- the house rules, on the files as they are ---


def _code(name: str) -> str:
    """Return a file's SQL without comments and without what stands in quotes."""
    without_comments = re.sub(r"--[^\n]*", "", load(name).sql)
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", without_comments)


def _offenders(refused: str) -> list[tuple[str, list[str]]]:
    """Return each file whose code has what the expression finds."""
    return [(name, found) for name in names() if (found := re.findall(refused, _code(name))) != []]


def test_sql_is_lowercase() -> None:
    # %I and %L are places of format(), not names.
    assert _offenders(r"\b(?<!%)\w*[A-Z]\w*\b") == []


def test_sql_casts_by_name_and_never_selects_everything() -> None:
    assert _offenders(r"::|\bselect\s+(?:distinct\s+)?\*") == []


def test_sql_has_no_place_where_a_value_could_be_formatted_in() -> None:
    assert _offenders(r"%\(|%s|\{\w*\}|\$\{") == []


def test_a_question_that_reads_the_three_tables_declares_its_needs() -> None:
    reads = re.compile(rf"\b(?:from|join)\s+(?:{'|'.join(TABLES)})\b")
    # A remedy is shown to people and never asked.
    asked = [name for name in names() if not name.startswith("remedies/")]
    assert [name for name in asked if reads.search(_code(name)) and not load(name).needs] == []


SQL_TEXT = re.compile(
    r"^\s*(?:select\b.+\bfrom\s+\w|select\s+[\w(:'*]+\s*(?:[,(]|$)|insert\s+into\s+\w"
    r"|update\s+\w+\s+set\s|delete\s+from\s+\w|truncate\s+(?:table\s+)?\w+\s*(?:;|$)"
    r"|(?:create|drop|alter)\s+(?:or\s+replace\s+|unique\s+|temp\w*\s+|materialized\s+)*"
    r"(?:table|database|role|user|schema|index|view|function|type|sequence)\s+[\w\"%{]"
    r"|(?:set|reset|show)\s+(?:local\s+|session\s+)?\w+\s*(?:=|to\b|$)"
    r"|(?:grant|revoke)\s+\w+(?:\s*,\s*\w+)*\s+on\s|with\s+\w+\s+as\s*\(|copy\s+\w+\s*\()",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


def _texts(path: Path) -> Iterator[str]:
    """Return a module's string constants without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield str(ast.literal_eval(node))


def _modules() -> list[Path]:
    return sorted((ROOT / "dashboard").rglob("*.py"))


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "SELECT id FROM website_leads",
        "select set_config('a', 'b', true)",
        "insert into organizations values (1)",
        "update leads set a = 1",
        "delete from leads",
        "create table x (id int)",
        "drop database demo",
        "set local statement_timeout = 0",
        "with a as (select 1) select a from a",
        "grant select on x to y",
        "show server_version",
        "create unique index x",
        "truncate leads",
    ],
)
def test_the_search_for_sql_recognizes_it(sql: str) -> None:
    assert SQL_TEXT.search(sql)


def test_there_is_no_sql_in_python() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in _modules()
        for text in _texts(path)
        if SQL_TEXT.search(text)
    }
    assert found == set()


def test_python_executes_nothing_but_questions_of_the_catalog() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        for path in _modules()
        for call in _database_calls(path)
        # Without arguments it only takes the answer of something executed before.
        if call.args and not _begins_with_a_question(call.args[0], path)
    ]
    assert found == []


def _database_calls(path: Path) -> Iterator[ast.Call]:
    executing = {"execute", "executemany", "copy", "exec_driver_sql", "scalar", "scalars"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = ast.unparse(node.func.value)
            if node.func.attr in executing and re.search(r"connection|cursor|engine", on):
                yield node


def _begins_with_a_question(argument: ast.expr, path: Path) -> bool:
    """Tell whether it is `load(…)…`, or a variable to which only such a thing is given."""
    first = re.split(r"\W", ast.unparse(argument))[0]
    given = [
        ast.unparse(node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == first
    ]
    return first == "load" or (given != [] and all("load(" in each for each in given))


# Prints which of the modules named is the first to bring Streamlit in.
FIRST_WITH_STREAMLIT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    if "streamlit" in sys.modules:
        sys.exit(name)
"""


def test_figures_are_computed_without_streamlit() -> None:
    found = sorted((ROOT / "dashboard").rglob("data.py"))
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WITH_STREAMLIT, *modules, "dashboard.__main__"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
