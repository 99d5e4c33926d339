"""How the command line reads what was typed: options that questions share, and their types."""

import argparse
from typing import NoReturn
from uuid import UUID

from dashboard.database.address import is_address
from dashboard.shared.answers import FORMATS
from dashboard.status.website import host_of


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
    add("--source", type=source, metavar="URL|demo|sandbox",
        help="what to read; left out: DATABASE_URL, or the demo")  # fmt: skip
    add("--as-of", metavar="TIME", help="drop every row written at or after this time")


def add_format(parser: argparse.ArgumentParser, more: tuple[str, ...] = ()) -> None:
    """Add the form of the answer."""
    parser.add_argument(
        "--format", choices=[*FORMATS, *more], default="table",
        help="form of the answer (%(default)s)",
    )  # fmt: skip


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
