"""A funnel made ready for more properties than its own question names."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from dashboard.database.reading import Reader
from dashboard.funnel.prepared import NOTHING_PAIRED, Prepared
from dashboard.matching.data import matching_binds, measure_pairing, websites_of_period
from dashboard.model.properties import PROPERTY_NAMES


def knowing(reader: Reader, prepared: Prepared, properties: Collection[str]) -> Prepared:
    """Return the funnel ready to be asked for these properties of its units, beside its own.

    A unit's properties are known where all leads of the period are matched. Raises DatabaseProblem.
    """
    known = {*properties, *prepared.question.properties}
    binds = {**prepared.binds, "properties": [each for each in PROPERTY_NAMES if each in known]}
    pairing = prepared.pairing
    if pairing is not None and prepared.question.unit == "submission":
        if pairing is NOTHING_PAIRED:
            pairing = measure_pairing(reader, prepared.filters)
        lead_ids: Any = prepared.binds["lead_ids"]
        binds |= matching_binds(pairing, lead_ids) | websites_of_period(prepared.filters)
    return replace(prepared, binds=binds, pairing=pairing)
