"""One run on the page: its progress, then its verdict, chart and table, and the other runs."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.lab import data, figures
from dashboard.lab.runs import LabRun
from dashboard.lab.verdict import conditions_in_words, run_progress, run_verdict
from dashboard.model.times import to_local
from dashboard.ui.export import csv_text
from dashboard.ui.rows import count_column, moment_column, show_rows
from dashboard.ui.view import View, colors, literal

MILLISECONDS = "%.1f"
RESULT_LABELS: dict[str, str | ColumnConfig] = {
    "label": "Write strategy",
    "verdict": st.column_config.TextColumn("Verdict", width=440),
    "attempts": count_column("Submissions"),
    "saved": count_column("Saved whole", "With the analyzed lead and all planned events."),
    "duplicate_organizations": count_column("Duplicate organizations", "Beyond one per website."),
    "duplicate_leads": count_column("Duplicate leads", "Beyond one per submission."),
    "lost_steps": count_column("Lost events", "Of three planned per submission."),
    "errors": "Errors (SQLSTATE)",
    "retries": count_column("Retries"),
    "p50_ms": st.column_config.NumberColumn("Median (ms)", format=MILLISECONDS),
    "p95_ms": st.column_config.NumberColumn("p95 (ms)", format=MILLISECONDS),
}
RUN_LABELS: dict[str, str | ColumnConfig] = {
    "at": moment_column("Started"),
    "conditions": "Conditions",
    "strategies": count_column("Write strategies"),
    "correct": count_column("Correct"),
}
NO_OTHER_RUN = "nothing"
RUN_WHERE = "The Lab has a database of its own, whatever the data source above is."


def show_run_progress(run: LabRun) -> None:
    """Show where a run stands that has not ended."""
    sentence, line = run_progress(run)
    st.title(sentence, anchor=False)
    st.progress(run.done_share)
    st.caption(line)


def show_run(run: LabRun, saved: Sequence[LabRun], view: View) -> None:
    """Show the verdict of a run that has ended, what its strategies came to, beside another's."""
    found = run_verdict(run)
    st.title(f":{found.color}[{found.sentence}]", anchor=False)
    st.markdown(f"{literal(found.reason)}")
    at = to_local(run.created_at, view.filters.zone)
    st.caption(f"{conditions_in_words(run.conditions)} · {at:%Y-%m-%d %H:%M}. {RUN_WHERE}")
    if not run.results:
        return
    other = _choose_other(run, saved, view)
    results = data.result_rows([run, other] if other else [run])
    st.plotly_chart(
        figures.what_went_wrong(results, colors()),
        config={"displayModeBar": False},
        alt="Duplicates and losses of each write strategy",
        key="what-went-wrong",
    )
    if other:
        st.caption(
            f"In color: {conditions_in_words(run.conditions)}. "
            f"In gray: {conditions_in_words(other.conditions)}."
        )
    _show_table(results, view, with_conditions=other is not None)


def show_saved(saved: Sequence[LabRun], view: View) -> None:
    """Show the runs that were saved; choosing one shows it."""
    if not saved:
        return
    st.subheader("Saved runs", anchor=False)
    generation = st.session_state.get("lab-generation", 0)
    chosen = show_rows(
        data.run_rows(saved),
        RUN_LABELS,
        "lab-runs",
        "Saved runs",
        view,
        select=True,
        export=False,
        generation=generation,
    )
    if chosen is not None:
        # A table that stayed ticked would open the same run again after Back.
        st.session_state["lab-generation"] = generation + 1
        st.query_params["run"] = str(saved[chosen].id)
        st.rerun()


def _choose_other(run: LabRun, saved: Sequence[LabRun], view: View) -> LabRun | None:
    """Let another saved run be chosen, to compare with; its id stands in the link."""
    others = {str(each.id): each for each in saved if each.id != run.id}
    if not others:
        return None
    linked = st.query_params.get("with", NO_OTHER_RUN)
    options = [NO_OTHER_RUN, *others]
    # Not bound to the URL: there it would stand as it is shown, not by its id.
    chosen = st.selectbox(
        "Compare with",
        options,
        index=options.index(linked) if linked in others else 0,
        format_func=lambda name: _run_words(others.get(name), view),
        key="with",
        width=560,
    )
    if chosen == NO_OTHER_RUN:
        st.query_params.pop("with", None)
    else:
        st.query_params["with"] = chosen
    return others.get(chosen)


def _run_words(run: LabRun | None, view: View) -> str:
    if run is None:
        return NO_OTHER_RUN
    at = to_local(run.created_at, view.filters.zone)
    return f"{at:%Y-%m-%d %H:%M} · {conditions_in_words(run.conditions)}"


def _show_table(results: pd.DataFrame, view: View, *, with_conditions: bool) -> None:
    columns = {**RESULT_LABELS}
    if with_conditions:
        columns = {"label": "Write strategy", "conditions": "Conditions", **RESULT_LABELS}
    show_rows(results, columns, "lab-results", "Results of each write strategy", view, export=False)
    st.download_button(
        "Download CSV",
        lambda: csv_text(results),
        "lab-results.csv",
        "text/csv",
        key="csv-lab-results",
        on_click="ignore",
        type="tertiary",
    )
