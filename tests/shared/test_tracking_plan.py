from pathlib import Path

import pytest

from dashboard.shared.tracking_plan import PlanError, load_plan

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
        ("content_generated", "audience_selected"),
        ("project_saved", "analysis_completed"),
        ("content_exported", "content_generated"),
        ("registration", None),
        ("first_payment", "registration"),
    ]
    assert {marker.name for marker in plan.markers} == {"website_analysis", "status_change"}


def test_a_plan_is_read_in_its_order(plan_file: Path) -> None:
    plan_file.write_text(START + MARKER + DONE)
    plan = load_plan(plan_file)
    assert plan.names == ["start", "done"]
    assert plan.label("done") == "Done"
    assert plan.label("met in the data") == "met in the data"


@pytest.mark.parametrize("key", ["name", "label", "meaning"])
def test_a_step_without_one_of_its_keys_is_refused(plan_file: Path, key: str) -> None:
    content = "\n".join(line for line in START.split("\n") if not line.startswith(key))
    assert refused(plan_file, content).endswith(f"lacks {key}")


def test_a_marker_without_meaning_is_refused(plan_file: Path) -> None:
    said = refused(plan_file, START + '[[marker]]\nname = "seen"\n')
    assert said == "plan.toml: marker 'seen' lacks meaning"


def test_a_misspelt_key_is_named(plan_file: Path) -> None:
    said = refused(plan_file, START + DONE.replace("implies", "implise"))
    assert said == "plan.toml: step 'done' has an unknown key: implise"


def test_a_marker_says_who_writes_it(plan_file: Path) -> None:
    plan_file.write_text(START + MARKER + 'by = "staff"\n')
    assert load_plan(plan_file).staff_steps == ["seen"]
    plan_file.write_text(START + MARKER)
    assert load_plan(plan_file).staff_steps == []
    said = refused(plan_file, START + MARKER + 'by = "stuff"\n')
    assert said == "plan.toml: marker 'seen' is by 'stuff', write system or staff"


def test_a_marker_implies_nothing(plan_file: Path) -> None:
    assert refused(plan_file, START + MARKER + 'implies = "start"\n').endswith("key: implies")


@pytest.mark.parametrize("again", [START, MARKER.replace("seen", "start")])
def test_a_name_declared_twice_is_refused(plan_file: Path, again: str) -> None:
    assert refused(plan_file, START + again) == "plan.toml: 'start' is declared twice"


@pytest.mark.parametrize(
    "content",
    [DONE, DONE + START, START + DONE.replace('"start"', '"done"'),
     MARKER + DONE.replace('"start"', '"seen"')],
)  # fmt: skip
def test_a_step_implies_only_a_step_before_it(plan_file: Path, content: str) -> None:
    assert "'done' implies" in refused(plan_file, content)


@pytest.mark.parametrize("content", ["", MARKER, START.replace("[[step]]", "[[steps]]")])
def test_a_plan_without_steps_is_refused(plan_file: Path, content: str) -> None:
    assert refused(plan_file, content).endswith("at least one [[step]]")


@pytest.mark.parametrize("content", [START.replace("[[step]]", "[step]"), "step = ['start']"])
def test_steps_not_written_as_a_list_of_tables_are_refused(plan_file: Path, content: str) -> None:
    assert refused(plan_file, content) == "plan.toml: write each step as [[step]]"


def test_a_value_that_is_no_text_is_named(plan_file: Path) -> None:
    said = refused(plan_file, START.replace('"Start"', "1"))
    assert said == "plan.toml: step 'start' has a label that is no text"


def test_a_file_that_is_not_toml_or_not_there_is_named(plan_file: Path) -> None:
    with pytest.raises(PlanError, match=r"plan\.toml"):
        load_plan(plan_file)
    assert refused(plan_file, "[[step").startswith("plan.toml: Expected")
    plan_file.write_bytes(b'name = "\xff"')
    with pytest.raises(PlanError, match=r"plan\.toml"):
        load_plan(plan_file)


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
