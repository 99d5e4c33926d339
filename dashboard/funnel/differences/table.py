"""Segments that differ in words: what was compared, and what was found."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.database.reading import TEXT
from dashboard.funnel.data import Funnel
from dashboard.funnel.differences.data import Differences, is_found
from dashboard.model.formats import count, counted, percent
from dashboard.model.limits import FEW, MOST_FALSE
from dashboard.model.properties import PROPERTIES
from dashboard.model.windows import length_words

MOST_TOLD = 5
ASSOCIATION = "This shows association, not cause."
PROPERTY_LABELS = {each.name: each.label for each in PROPERTIES}


def difference_table(funnel: Funnel, found: Differences) -> pd.DataFrame:
    """Return the rows compared with their words: `segment`, `way` and whether they differ."""
    required = funnel.prepared.required
    before = dict(zip(required[1:], required[:-1], strict=True))
    labels = funnel.prepared.laid_out.set_index("step")["label"]
    rows = found.rows
    return rows.assign(
        segment=(rows["property"].map(PROPERTY_LABELS) + " " + rows["value"]).astype(TEXT),
        label=rows["step"].map(labels).astype(TEXT),
        before=rows["step"].map(before).map(labels).astype(TEXT),
        differs=is_found(rows).map({True: "differs", False: ""}).astype(TEXT),
    )


def compared_sentence(found: Differences, unit: str) -> str:
    """Say how many comparisons differ, of what, and how sure that is."""
    if found.rows.empty:
        return f"Nothing can be compared: no value with {FEW} {unit}s has others beside it."
    made, differ = len(found.rows), len(found.found)
    of = f"{count(differ) if differ else 'None'} of {counted(made, 'comparison')}"
    verb = "differs" if differ < 2 else "differ"
    chance = (
        f"At most {MOST_FALSE * 100:.0f} % of those found may be chance. {ASSOCIATION}"
        if differ
        else "No difference is more than chance allows."
    )
    return (
        f"{of} of a value with all others {verb}, within {length_words(found.within)} of the step "
        f"before. {chance}"
    )


def difference_sentence(row: Mapping[Any, Any], unit: str) -> str:
    """Say of a row of difference_table() how the value differs, and how many units that makes."""
    word = "more" if row["units"] > 0 else "fewer"
    return (
        f"{row['segment']}: {percent(row['rate'])} of {counted(row['n'], unit)} on "
        f"“{row['before']}” reached “{row['label']}”, {percent(row['other_rate'])} of all "
        f"{count(row['other_n'])} others. About {count(round(abs(row['units'])))} {word}."
    )


def left_out_sentences(found: Differences) -> list[str]:
    """Say which properties have more values than were looked at."""
    return [
        f"{PROPERTY_LABELS[name]}: the ten most frequent values are compared, and not "
        f"{counted(more, 'other value')}."
        for name, more in found.left_out.items()
    ]
