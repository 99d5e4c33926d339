"""The report taken along: nothing of it is loaded from elsewhere, and stored text stays text."""

import re
from datetime import date, datetime
from html.parser import HTMLParser

import pandas as pd
import pytest

from dashboard.database.reading import Source
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from dashboard.status.claim import REFUTED, Claim
from dashboard.status.headline import Figure
from dashboard.status.html import as_html
from dashboard.status.markdown import as_markdown, plain
from dashboard.status.report import StatusReport, status_report
from dashboard.status.sparkline import HEIGHT, WIDTH, sparkline

HOSTILE = "<script>alert(1)</script>|**b** [x](http://evil.example)\n# h `c` \x1b[31m"
VOID = {"meta", "circle", "polygon", "polyline"}


class Elements(HTMLParser):
    """What an HTML file is made of, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def reported(demo: Source) -> StatusReport:
    with demo.read() as reader:
        return status_report(reader, Filters(as_of=datetime(2026, 1, 26, 2, 30)), load_plan())


@pytest.fixture
def hostile() -> StatusReport:
    rows = pd.DataFrame({HOSTILE: [HOSTILE, None], "At": [pd.Timestamp("2026-01-01"), pd.NaT]})
    claim = Claim("everything_saved", HOSTILE, REFUTED, HOSTILE, "leads", {HOSTILE: rows})
    figure = Figure(HOSTILE, HOSTILE, HOSTILE, "per day", ((date(2026, 1, 1), 1.0),))
    return StatusReport(
        HOSTILE, Filters(), datetime(2026, 1, 1), HOSTILE, HOSTILE, 1, (claim,), (figure,), ()
    )


def test_html_is_whole_and_refers_to_nothing_outside(reported: StatusReport) -> None:
    text = as_html(reported)
    found = Elements(text)
    assert found.open == []
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {*found.names}
    assert not {"src", "href", "srcset", "action"} & {name for name, _ in found.attributes}
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert found.names.count("article") == 16
    # Each figure that has values is drawn; a conversion that nobody finished yet has none.
    assert found.names.count("svg") == 4


def test_html_says_what_the_json_says(reported: StatusReport) -> None:
    text = as_html(reported)
    assert "<h1>No: at least 1 submission lost data at 2026-01-26 02:18</h1>" in text
    assert "all time, as of 2026-01-26 02:30" in text
    for verdict in ("confirmed", "refuted", "inconclusive"):
        wanted = sum(claim.verdict == verdict for claim in reported.claims)
        assert text.count(f">{verdict}</p>") == wanted > 0


def test_stored_text_is_no_markup_in_html(hostile: StatusReport) -> None:
    found = Elements(as_html(hostile))
    assert found.open == []
    assert not {"script", "a", "b"} & {*found.names}


def test_stored_text_is_no_markup_in_markdown(hostile: StatusReport) -> None:
    text = as_markdown(hostile)
    assert not re.search(r"(?<!\\)[<`\[]", text)
    # Nothing that was stored begins a line of its own, or a cell.
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert len(headings) == 3
    table = [line for line in text.splitlines() if line.startswith("| ") and "2026" in line]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in table] == [3]


def test_markdown_has_the_verdict_first_and_every_claim(reported: StatusReport) -> None:
    lines = as_markdown(reported).splitlines()
    assert lines[0] == "# Lead tracking status report"
    assert lines[2] == "**No: at least 1 submission lost data at 2026-01-26 02:18**"
    sections = [line for line in lines if line.startswith("### ")]
    assert sections[0] == "### everything\\_saved: refuted"
    assert len(sections) == 16
    # Every row of a table has as many cells as its head.
    for block in "\n".join(lines).split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1


def test_plain_text_stays_readable() -> None:
    assert plain("Analysis started – 12 %") == "Analysis started – 12 %"
    assert plain("a\nb") == "a b"


def test_a_sparkline_lies_inside_its_frame_from_zero_to_the_largest() -> None:
    line = sparkline([0.0, 10.0, 5.0])
    assert line
    points = [tuple(map(float, each.split(","))) for each in line.path.split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points[0][1] > points[2][1] > points[1][1]


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [3.0]])
def test_few_or_no_values_are_no_failure(values: list[float]) -> None:
    line = sparkline(values)
    assert bool(line) == bool(values)
    assert "nan" not in str(line)


def test_a_figure_is_drawn_and_its_period_is_read_out(hostile: StatusReport) -> None:
    found = Elements(as_html(hostile))
    assert ("aria-label", "Per day, 2026-01-01") in found.attributes
    assert ("class", "line") in found.attributes


def test_an_entity_in_a_name_stays_the_text_that_it_is() -> None:
    assert plain("a &amp; b") == r"a \&amp; b"
