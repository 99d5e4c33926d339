"""How shares stand in a table: as a sentence writes them, and still numbers that can be sorted."""

from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
from streamlit.testing.v1 import AppTest

from dashboard.database.reading import DAY, MOMENT

SHARES = {"step": ["a", None], "overall_conversion": [0.3663, None], "rows": [1, 2]}


def page(frame):  # type: ignore[no-untyped-def]
    from types import SimpleNamespace
    from typing import Any
    from zoneinfo import ZoneInfo

    from dashboard.model.filters import Filters
    from dashboard.ui.rows import share_column, show_rows

    columns: Any = {"step": "Step", "overall_conversion": share_column("Share"), "rows": "Rows"}
    view: Any = SimpleNamespace(filters=Filters(zone=ZoneInfo("America/New_York")))
    show_rows(frame, columns, "shares", "Shares", view, export=False)


def shown(frame: pd.DataFrame) -> Any:
    """Show a frame as pages do, and return the table as it was sent to the browser."""
    test = AppTest.from_function(page, kwargs={"frame": frame}).run()
    assert not test.exception
    return test.dataframe[0]


def test_a_share_is_written_as_in_a_sentence_and_stays_a_number() -> None:
    table = shown(pd.DataFrame(SHARES))
    assert table.value["overall_conversion"].iloc[0] == 0.3663
    written = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert written["overall_conversion"].tolist() == ["36.6 %", "–"]
    assert written["step"].tolist() == ["a", "–"]
    assert '"percent"' not in table.proto.columns


def test_more_rows_than_anybody_reads_are_left_to_the_browser() -> None:
    table = shown(pd.DataFrame({**SHARES, "overall_conversion": [0.3663, 0.1]}).loc[[0] * 50_000])
    assert not table.proto.arrow_data.styler.display_values
    assert '"percent"' in table.proto.columns


def test_a_moment_is_shown_in_the_workspace_zone_and_a_local_day_stays_that_day() -> None:
    at = pd.Series([pd.Timestamp("2026-03-02 01:00")])
    table = shown(pd.DataFrame({"at": at.astype(MOMENT), "day": at.dt.floor("D").astype(DAY)}))
    assert table.value["at"].tolist() == [pd.Timestamp("2026-03-01 20:00")]
    assert table.value["day"].tolist() == [pd.Timestamp("2026-03-02")]
