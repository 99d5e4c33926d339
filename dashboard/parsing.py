"""How the command line reads what was typed: the questions' options, and their types."""

import argparse
from typing import NoReturn
from uuid import UUID

from dashboard.database.address import is_address
from dashboard.funnel.question import CORRECTIONS, PROPERTIES, UNITS
from dashboard.status.website import host_of
from dashboard.ui.answers import FORMATS


class Parser(argparse.ArgumentParser):
    """A parser whose errors say where to look."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and how to find what is right."""
        # It may repeat what was typed, and that must not control the terminal.
        message = "".join(each if each.isprintable() else "�" for each in message)
        self.exit(2, f"dashboard: {message}\nSee: python -m dashboard --help\n")


def add_shared(parser: argparse.ArgumentParser, more_formats: tuple[str, ...]) -> None:
    """Add what every question about a period can be asked."""
    add = parser.add_argument
    add("--from", dest="start", metavar="TIME", help="first day or time, included")
    add("--to", dest="end", metavar="TIME", help="last day, included, or a time, excluded")
    add_source(parser)
    add_format(parser, more_formats)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add where the rows come from and until when."""
    add = parser.add_argument
    add(
        "--source",
        type=source,
        metavar="URL|demo|sandbox",
        help="what to read; left out: DATABASE_URL, or the demo",
    )
    add("--as-of", metavar="TIME", help="drop every row written at or after this time")


def add_format(parser: argparse.ArgumentParser, more: tuple[str, ...] = ()) -> None:
    """Add the form of the answer."""
    parser.add_argument(
        "--format",
        choices=[*FORMATS, *more],
        default="table",
        help="form of the answer (%(default)s)",
    )


def add_funnel_options(parser: argparse.ArgumentParser) -> None:
    """Add what only the funnel can be asked."""
    add = parser.add_argument
    add(
        "--correction",
        choices=CORRECTIONS,
        help="how much repair the numbers have; left out: recorded, or repaired with another unit",
    )
    add(
        "--unit",
        choices=UNITS,
        default="submission",
        help="what is counted (%(default)s); the last two only in corrected",
    )
    add("--steps", metavar="A,B,…", help="at most 12 step names in order; left out: the whole plan")
    add("--optional", metavar="A,B,…", help="steps that may be missing")
    add(
        "--window",
        default="30d",
        metavar="LENGTH",
        help="longest time from the first step: 36h, unlimited (%(default)s)",
    )
    add("--breakdown", choices=PROPERTIES, help="the same figures per value of a property")
    add(
        "--filter",
        action="append",
        default=[],
        metavar="PROPERTY=VALUE",
        dest="filters",
        help=f"only units with this value ({', '.join(PROPERTIES)}); may be repeated",
    )


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add whose rows have to be complete."""
    parser.add_argument(
        "--website",
        type=website,
        metavar="URL",
        help="whose rows have to be complete; the report’s in the demo",
    )


def add_leads_options(parser: argparse.ArgumentParser) -> None:
    """Add which leads, and how many."""
    parser.add_argument("--search", default="", metavar="TEXT", help="part of website or business")
    parser.add_argument("--limit", type=number, metavar="N", help="at most so many rows")


def add_timeline_options(parser: argparse.ArgumentParser) -> None:
    """Add the lead that is followed."""
    parser.add_argument("lead_id", type=lead_id, metavar="LEAD_ID", help="the lead's id")


def add_limit_options(parser: argparse.ArgumentParser) -> None:
    """Add the limits that are checked."""
    add = parser.add_argument
    add(
        "--max-session-gap",
        dest="session_gap",
        metavar="SHARE",
        help="most rows of a table that lack the session id they should carry: 5%% or 0.05",
    )
    add(
        "--max-silence",
        dest="silence",
        metavar="LENGTH",
        help="longest time since a usual step's last event: 6h, 90m",
    )
    add("--max-lost", dest="lost", metavar="N", help="most submissions that provably lost data")


def source(given: str) -> str:
    """Read a source; raises ArgumentTypeError."""
    if given in ("demo", "sandbox") or is_address(given):
        return given
    # The text is not repeated: a mistyped address may hold a password.
    raise argparse.ArgumentTypeError("must be demo, sandbox or postgresql://…")


def number(given: str) -> int:
    """Read a count; raises ArgumentTypeError."""
    if not given.isdecimal() or int(given) >= 2**31:
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(given)


def website(given: str) -> str:
    """Read a website to look for; raises ArgumentTypeError."""
    if not host_of(given):
        raise argparse.ArgumentTypeError("names no website: write example.com")
    return given


def lead_id(given: str) -> UUID:
    """Read the id of a lead; raises ArgumentTypeError."""
    try:
        return UUID(given)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "must be a lead's id, as the leads question gives it"
        ) from None


def port(given: str) -> int:
    """Read a port to listen on; raises ArgumentTypeError."""
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise argparse.ArgumentTypeError(f"{given!r} is no port between 1 and 65535")
    return int(given)
