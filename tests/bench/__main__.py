"""`make bench`: how long matching and each data correction take, beside what other tools ask.

Everything runs on the embedded PostgreSQL, best of three, at each work_mem: more of it gives the
planner other plans to choose from. Ratios are to (c), counting the rows of the two tables that a
funnel reads, at the same work_mem.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from dashboard.database.reading import Reader, Source
from dashboard.embedded.server import embedded_server
from dashboard.funnel.comparison.data import ask_both, compare
from dashboard.funnel.comparison.periods import previous_period
from dashboard.funnel.curve.data import conversion_curve
from dashboard.funnel.data import ask
from dashboard.funnel.differences.data import differences
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import CORRECTIONS, FunnelQuestion
from dashboard.matching.data import measure_pairing, submissions_of
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.tracking_plan import load_plan
from queries import load
from tests.conftest import Parameters, connect, execute, source_of
from tests.once import data_home

RANGES = {
    "30 days": Filters(datetime(2026, 6, 1), datetime(2026, 7, 1)),
    "full range": Filters(as_of=datetime(2026, 12, 31)),
}
PLAN = load_plan()
WORK_MEMS = ("4MB", "64MB", "256MB")
# So many leads of one website within an hour, most of them ambiguous.
SIZES = (2_000, 8_000, 16_000)
Timed = Callable[[], object]


def main() -> None:
    """Make the rows, ask every question, print one table per work_mem and range."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--submissions", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=3_000, help="of each step, by one visitor")
    options = parser.parse_args()
    with data_home() as home, embedded_server(home, say=print) as server:
        parameters = server.parameters("postgres")
        fill(parameters, options.submissions)
        for work_mem in WORK_MEMS:
            set_work_mem(parameters, work_mem)
            with opened(parameters) as (source, other):
                many_websites(source, other, work_mem)
        for work_mem in WORK_MEMS:
            set_work_mem(parameters, work_mem)
            one_website(parameters, work_mem)
        set_work_mem(parameters, WORK_MEMS[0])
        one_visitor(parameters, options.repeats)


def set_work_mem(parameters: Parameters, work_mem: str) -> None:
    """Give the connections that are opened from now on so much memory."""
    execute(parameters, f"alter database {parameters['dbname']} set work_mem = '{work_mem}'")


def many_websites(source: Source, other: Callable[..., Any], work_mem: str) -> None:
    """Print how long each question takes."""
    counting = count_rows(other)
    for name, filters in RANGES.items():
        print(f"\n| {name}, work_mem {work_mem} | seconds | × (c) |\n|---|---:|---:|")
        for question, seconds in answers(source, other, filters):
            print(f"| {question} | {seconds:.2f} | {seconds / counting:.1f} |", flush=True)


def one_website(parameters: Parameters, work_mem: str) -> None:
    """Print how the time to match the leads of one website within an hour grows with their number.

    Twice as many leads should take little more than twice as long.
    """
    print(f"\n| leads of one website, work_mem {work_mem} | seconds | ratio |\n|---:|---:|---:|")
    fewest = None
    for size in SIZES:
        fill_one_website(parameters, size)
        with opened(parameters) as (source, _), source.read() as reader:
            seconds = measured(lambda: match_all(reader))
        fewest = fewest or seconds
        print(f"| {size:,} | {seconds:.2f} | {seconds / fewest:.1f} |", flush=True)


def fill_one_website(parameters: Parameters, size: int) -> None:
    """Replace all rows by so many leads of one website, every other one with a session."""
    execute(parameters, "truncate conversion_tracking, website_leads, organizations")
    execute(
        parameters,
        "insert into website_leads (session_id, website_url, created_at)"
        " select case when n %% 2 = 0 then 's' || n end, 'https://one.example',"
        " timestamp '2026-06-01' + random() * interval '1 hour'"
        " from generate_series(1, %s) as n",
        size,
    )
    execute(parameters, "analyze website_leads")


def match_all(reader: Reader) -> object:
    """Match all leads, the median lag measured anew."""
    return submissions_of(reader, Filters(), measure_pairing(reader, Filters()))


def fill(parameters: Parameters, submissions: int) -> None:
    """Write the rows of so many submissions, with the indexes an application has."""
    execute(parameters, load("schema/tables").sql)
    script = (Path(__file__).parent / "rows.sql").read_text(encoding="utf-8")
    execute(parameters, script.replace("%(submissions)s", str(submissions)))
    execute(parameters, load("schema/indexes").sql)
    execute(parameters, "vacuum analyze")
    with connect(parameters) as connection:
        for table in ("website_leads", "conversion_tracking"):
            count = connection.execute(f"select count(*) from {table}".encode()).fetchone()
            print(f"{table}: {count and count[0]:,}")


def count_rows(other: Callable[..., Any]) -> float:
    """Return the seconds that counting the rows takes.

    An index that is all visible can be counted in place of its table; the rows are not read then.
    """
    sql = "select (select count(*) from website_leads), (select count(*) from conversion_tracking)"
    from_indexes = measured(lambda: other(sql))
    for plan in ("indexonlyscan", "indexscan", "bitmapscan"):
        other(f"select set_config('enable_{plan}', 'off', false)")
    rows = measured(lambda: other(sql))
    for plan in ("indexonlyscan", "indexscan", "bitmapscan"):
        other(f"select set_config('enable_{plan}', 'on', false)")
    print(f"(c) counting the rows: {rows * 1000:.0f} ms; in indexes: {from_indexes * 1000:.0f} ms")
    return rows


@contextmanager
def opened(parameters: Parameters) -> Iterator[tuple[Source, Callable[..., Any]]]:
    """Give the source as the product opens it, and a way to ask what other tools ask."""
    source = source_of(parameters)
    with psycopg.connect(**parameters) as connection:

        def other(sql: str, *values: object) -> list[Any]:
            return connection.execute(sql.encode(), values).fetchall()

        yield source, other
    source.engine.dispose()


def answers(
    source: Source, other: Callable[..., Any], filters: Filters
) -> Iterator[tuple[str, float]]:
    """Time every question over one range."""
    with source.read() as reader:
        pairing = measure_pairing(reader, filters)
        yield "median lag (once per source)", measured(lambda: measure_pairing(reader, filters))
        if filters.start_at is None:
            matching = measured(lambda: submissions_of(reader, filters, pairing))
            yield "matching all leads, rows read", matching
        for correction in CORRECTIONS:
            yield correction, measured(asking(reader, filters, FunnelQuestion(correction)))
        by_source = FunnelQuestion(breakdown="lead_source")
        yield "corrected, by lead source", measured(asking(reader, filters, by_source))
        yield "segments", measured(lambda: segments(reader, filters))
        yield "conversion curve", measured(lambda: curve(reader, filters))
        if before := previous_period(filters):
            yield "comparison at equal age", measured(lambda: comparison(reader, filters, before))
    bounds = [filters.start_at or datetime.min, filters.end_at or datetime.max]
    yield "(a) a join per step", measured(lambda: other(join_per_step(), *bounds))
    yield "(b) count(distinct) per step", measured(lambda: other(count_distinct(), *bounds))


def asking(reader: Reader, filters: Filters, question: FunnelQuestion) -> Timed:
    """Ask as the page and the command line ask."""
    return lambda: ask(reader, filters, PLAN, question)


def segments(reader: Reader, filters: Filters) -> object:
    """Compare every value at every step, as the page does below its headline."""
    prepared = prepare_funnel(reader, filters, PLAN, FunnelQuestion())
    return differences(reader, filters, prepared, DEFAULT_WINDOW)


def curve(reader: Reader, filters: Filters) -> object:
    """Draw the curve to the last step, as the page does below the funnel."""
    prepared = prepare_funnel(reader, filters, PLAN, FunnelQuestion())
    return conversion_curve(reader, filters, prepared)


def comparison(reader: Reader, filters: Filters, before: Filters) -> object:
    """Compare every step of two periods within the largest age of both."""
    here, there = (
        prepare_funnel(reader, each, PLAN, FunnelQuestion()) for each in (filters, before)
    )
    return compare(ask_both(reader, filters, here, there))


def measured(question: Timed, times: int = 3) -> float:
    """Return the shortest of some times in seconds."""
    return min(_once(question) for _ in range(times))


def _once(question: Timed) -> float:
    begun = perf_counter()
    question()
    return perf_counter() - begun


def join_per_step() -> str:
    """Each step joins its events to the step before it, as common tools do."""
    levels = [
        "level1 as (select distinct website_lead_id as id, step_completed_at as at"
        " from conversion_tracking where conversion_step = 'analysis_started'"
        " and step_completed_at >= %s and step_completed_at < %s)"
    ]
    for number, name in enumerate(PLAN.names[1:], 2):
        levels.append(
            f"level{number} as (select distinct l.id, e.step_completed_at as at"
            f" from level{number - 1} as l inner join conversion_tracking as e"
            f" on e.website_lead_id = l.id where e.conversion_step = '{name}'"
            f" and e.step_completed_at between l.at and l.at + interval '30 days')"
        )
    counts = [f"(select count(distinct id) from level{n})" for n in range(1, len(PLAN.names) + 1)]
    return f"with {', '.join(levels)} select {', '.join(counts)}"


def count_distinct() -> str:
    """Count who has each step at all."""
    counts = [
        f"count(distinct website_lead_id) filter (where conversion_step = '{name}')"
        for name in PLAN.names
    ]
    return (
        f"select {', '.join(counts)} from conversion_tracking"
        " where step_completed_at >= %s and step_completed_at < %s"
    )


def one_visitor(parameters: Parameters, repeats: int) -> None:
    """One visitor who took every step very often, each time all of them."""
    execute(parameters, "truncate conversion_tracking, website_leads, organizations")
    execute(
        parameters, "insert into website_leads (session_id, created_at) values ('s', '2026-06-01')"
    )
    execute(
        parameters,
        "insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)"
        " select l.id, p.step, timestamp '2026-06-01' + n * interval '1 minute'"
        " from website_leads as l cross join generate_series(1, %s) as n"
        " cross join unnest(%s::text[]) as p (step)",
        repeats,
        PLAN.names,
    )
    # Never finished in order, so every chain has to be tried.
    execute(
        parameters,
        "update conversion_tracking set step_completed_at = '2026-05-01'"
        " where conversion_step = 'first_payment'",
    )
    execute(parameters, "analyze")
    print(f"\n| one visitor with {repeats:,} repeats of each step | seconds |\n|---|---:|")
    with opened(parameters) as (source, other):
        with source.read() as reader:
            for correction in CORRECTIONS:
                asked = asking(reader, Filters(), FunnelQuestion(correction))
                print(f"| {correction} | {measured(asked):.2f} |")
        bounds = [datetime.min, datetime.max]
        seconds = measured(lambda: other(join_per_step(), *bounds), 1)
        print(f"| (a) a join per step | {seconds:.2f} |")


if __name__ == "__main__":
    main()
