from pathlib import Path

import pytest

from dashboard.model.tracking_plan import PlanError, load_plan

START = '[[step]]\nname = "start"\nlabel = "Start"\nmeaning = "It began."\n'
DONE = '[[step]]\nname = "done"\nlabel = "Done"\nmeaning = "It ended."\nimplies = "start"\n'
MARKER = '[[marker]]\nname = "seen"\nmeaning = "It was seen."\n'


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    return tmp_path / "plan.toml"


def refused(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PlanError) as raised:
        load_plan(path)
    return str(raised.value)


def test_the_products_plan_has_the_nine_steps_by_their_exact_names() -> None:
    plan = load_plan()
    assert [(step.name, step.implies) for step in plan.steps] == [
        ("analysis_started", None),
        ("analysis_completed", "analysis_started"),
        ("previews_viewed", "analysis_completed"),
        ("audience_selected", "previews_viewed"),
        ("registration", None),
        ("content_generated", "audience_selected"),
        ("project_saved", "analysis_completed"),
        ("content_exported", "content_generated"),
        ("first_payment", "content_generated"),
    ]
    assert {marker.name for marker in plan.markers} == {"website_analysis", "status_change"}


def test_a_plan_is_read_in_its_order(plan_file: Path) -> None:
    plan_file.write_text(START + MARKER + DONE)
    plan = load_plan(plan_file)
    assert plan.names == ["start", "done"]
    assert plan.label("done") == "Done"
    assert plan.label("met in the data") == "met in the data"


def test_a_step_may_be_not_implemented_and_staffs_own(plan_file: Path) -> None:
    plan_file.write_text(START + "implemented = false\n" + DONE + "staff = true\n")
    start, done = load_plan(plan_file).steps
    assert (start.implemented, start.staff) == (False, False)
    assert (done.implemented, done.staff) == (True, True)


def test_the_products_plan_says_what_is_optional_and_what_staff_do() -> None:
    plan = load_plan()
    assert plan.optional == {"registration", "project_saved", "content_exported"}
    assert all(step.implemented for step in plan.steps)
    assert [marker.name for marker in plan.markers if marker.staff] == ["status_change"]


def test_a_plan_names_the_hosts_that_are_no_website(plan_file: Path) -> None:
    plan_file.write_text(START)
    assert load_plan(plan_file).no_websites == load_plan().no_websites == ("unknown.com",)
    plan_file.write_text('no_websites = ["none.example", "localhost"]\n' + START)
    assert load_plan(plan_file).no_websites == ("none.example", "localhost")


def test_the_plan_that_the_settings_name_is_read(
    plan_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_file.write_text(START)
    monkeypatch.setenv("DASHBOARD_TRACKING_PLAN", str(plan_file))
    assert load_plan().names == ["start"]


# --- a wrong file is refused with its line ---

KNOWN = "use name, label, meaning, implies, optional, implemented, staff"
A_TEXT = "a text in quotes, not empty and without spaces at its edges"


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        (START.replace('name = "start"\n', ""), 1, f"step 1 lacks name: add name = …, {A_TEXT}"),
        (
            START + DONE.replace('label = "Done"\n', ""),
            5,
            f"step 2 lacks label: add label = …, {A_TEXT}",
        ),
        (
            START + '[[marker]]\nname = "seen"\n',
            5,
            f"marker 1 lacks meaning: add meaning = …, {A_TEXT}",
        ),
        (
            START + DONE.replace("implies", "implise"),
            9,
            f"step 2 has an unknown key 'implise': {KNOWN}",
        ),
        (
            START + MARKER + 'implies = "start"\n',
            8,
            "marker 1 has an unknown key 'implies': use name, meaning, staff",
        ),
        (START.replace('"Start"', "1"), 3, f"step 1: label must be {A_TEXT}, not 1"),
        (START.replace('"Start"', '""'), 3, f"step 1: label must be {A_TEXT}, not ''"),
        (START.replace('"start"', '"start "'), 2, f"step 1: name must be {A_TEXT}, not 'start '"),
        (START + 'implemented = "no"\n', 5, "step 1: implemented must be true or false, not 'no'"),
        (
            'no_websites = ["https://none.example"]\n' + START,
            1,
            'no_websites must be hosts in quotes, as in ["unknown.com"], '
            "not ['https://none.example']",
        ),
        (START + "optional = true\n", 5, "'start' begins the plan: take optional away"),
        (
            START
            + DONE
            + "optional = true\n"
            + DONE.replace("done", "after").replace('"start"', '"done"'),
            10,
            "'done' is optional, but 'after' implies it: change one",
        ),
        (START + MARKER + "staff = 1\n", 8, "marker 1: staff must be true or false, not 1"),
        (
            "# mine\n\n" + START + "\n" + START,
            9,
            "'start' is declared twice, first in line 4: take one of them away",
        ),
        (
            START + MARKER.replace("seen", "start"),
            6,
            "'start' is declared twice, first in line 2: take one of them away",
        ),
        (
            DONE,
            5,
            "'done' implies 'start', which is no step of this plan: "
            "declare it before, or correct the name",
        ),
        (
            DONE + START,
            5,
            "'done' implies 'start', which stands after it: put 'start' before 'done'",
        ),
        (
            START + DONE.replace('implies = "start"', 'implies = "done"'),
            9,
            "'done' implies itself: name the step before it, or take implies away",
        ),
        (
            START + 'implies = "done"\n' + DONE,
            5,
            "'start' implies itself in a circle, start → done → start: "
            "one of them has to come first",
        ),
        (
            MARKER + START + 'implies = "seen"\n',
            8,
            "'start' implies 'seen', which is a marker: only steps can be implied",
        ),
        (
            "title = 'x'\n" + START,
            1,
            "'title' is not known here: write only no_websites, [[step]], [[marker]]",
        ),
        (
            START.replace("[[step]]", "[[steps]]"),
            1,
            "'steps' is not known here: write only no_websites, [[step]], [[marker]]",
        ),
        (START.replace("[[step]]", "[step]"), 1, "write each step as [[step]]"),
        ("# mine\nstep = ['start']", 2, "write each step as [[step]]"),
        (
            START + "[[step",
            5,
            "is no valid TOML: Expected ']]' at the end of an array declaration; correct it",
        ),
        (START + 'name = "again"\n', 5, "is no valid TOML: Cannot overwrite a value; correct it"),
        (
            START.replace('"It began."', '"""It\nbegan.') + DONE,
            4,
            "is no valid TOML: Unterminated string; correct it",
        ),
    ],
)
def test_a_wrong_plan_is_refused_with_the_line_and_what_to_do(
    plan_file: Path, content: str, line: int, fault: str
) -> None:
    said = refused(plan_file, content)
    assert said.startswith(f"{plan_file}, line {line}: {fault}")


@pytest.mark.parametrize("content", ["", MARKER, "# nothing yet\n"])
def test_a_plan_without_steps_is_refused(plan_file: Path, content: str) -> None:
    assert refused(plan_file, content) == f"{plan_file}: a plan needs at least one [[step]]"


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_a_text_over_several_lines_does_not_shift_the_line(plan_file: Path, break_: str) -> None:
    long = START.replace('"It began."', '"""It\n[[step]]\nname = \'no\'\nbegan."""')
    plan_file.write_bytes((long + START).replace("\n", break_).encode())
    with pytest.raises(PlanError, match=r"line 9: 'start' is declared twice, first in line 2"):
        load_plan(plan_file)


def test_a_list_of_inline_tables_is_one_statement(plan_file: Path) -> None:
    content = "step = [\n  { name = 'a', label = 'A', meaning = 'x' },\n  { name = 'b' },\n]\n"
    assert refused(plan_file, content).startswith(f"{plan_file}, line 1: step 2 lacks label")


def test_a_file_with_a_mark_before_it_is_read(plan_file: Path) -> None:
    plan_file.write_bytes(b"\xef\xbb\xbf" + START.encode())
    assert load_plan(plan_file).names == ["start"]


def test_a_file_that_is_not_there_or_no_file_or_no_text_is_named(plan_file: Path) -> None:
    with pytest.raises(PlanError) as missing:
        load_plan(plan_file)
    assert str(missing.value) == (
        f"{plan_file}: there is no such file; the setting names it as the tracking plan"
    )
    with pytest.raises(PlanError, match=r"can't be read as the tracking plan: Is a directory"):
        load_plan(plan_file.parent)
    with pytest.raises(PlanError, match=r"can't be read as the tracking plan: .*null"):
        load_plan(Path("a\0b"))
    plan_file.write_bytes(START.encode() + b'# "\xff"')
    with pytest.raises(PlanError) as odd:
        load_plan(plan_file)
    assert str(odd.value) == f"{plan_file}, line 5: is not UTF-8; save the file as UTF-8"


# --- what is not recorded though something implies it ---


def test_what_a_recorded_step_implies_is_found_up_to_the_next_recorded_one() -> None:
    recorded = {"analysis_started", "content_exported", "project_saved"}
    assert load_plan().unproven(recorded) == {
        "analysis_completed": "project_saved",
        "previews_viewed": "content_exported",
        "audience_selected": "content_exported",
        "content_generated": "content_exported",
    }


def test_nothing_recorded_implies_nothing() -> None:
    assert load_plan().unproven(set()) == {}
    assert load_plan().unproven({"website_analysis"}) == {}
