"""A whole view as one spreadsheet: a sheet per table, and a first sheet about the view."""

from collections.abc import Mapping
from io import BytesIO

import pandas as pd

from dashboard.ui.export import inert_frame

# The longest sheet name and the most rows that a spreadsheet takes.
LONGEST_NAME, MOST_SHEET_ROWS = 31, 1_048_575


def workbook(about: Mapping[str, str], tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return an .xlsx file: `about` as the first sheet, then each table under its name.

    As in the CSV files, no text is a formula or a link.
    """
    content = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        first = pd.DataFrame([*about.items()], columns=["about", "this view"])
        for name, table in {"About": first, **tables}.items():
            rows = inert_frame(table.head(MOST_SHEET_ROWS))
            rows.to_excel(writer, sheet_name=name[:LONGEST_NAME], index=False)
            writer.sheets[name[:LONGEST_NAME]].autofit()
    return content.getvalue()
