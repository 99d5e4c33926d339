"""The options that several commands share, and the types of their values."""

import argparse
from typing import NoReturn

from dashboard.command_line.answers import ANSWER_FORMATS
from dashboard.database.address import is_address


class Parser(argparse.ArgumentParser):
    """A parser whose errors name the help to read."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and which help shows the right form."""
        # The message may repeat typed text, which must not control the terminal.
        message = "".join(each if each.isprintable() else "�" for each in message)
        self.exit(2, f"dashboard: {message}\nSee: python -m dashboard --help\n")


def add_period(parser: argparse.ArgumentParser, *more_formats: str) -> None:
    """Add the options that all questions about a period share."""
    add = parser.add_argument
    add("--from", dest="start", metavar="TIME", help="first day or time, included")
    add("--to", dest="end", metavar="TIME", help="last day, included, or a time, excluded")
    add_source(parser)
    add_format(parser, *more_formats)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the options for the source and for the as-of time."""
    add = parser.add_argument
    shown = "URL|demo|sandbox"
    help_text = "what to read; left out: DATABASE_URL, or the demo"
    add("--source", type=typed_source, metavar=shown, help=help_text)
    add("--as-of", metavar="TIME", help="drop every row written at or after this time")


def add_format(parser: argparse.ArgumentParser, *more: str) -> None:
    """Add the option for the format of the answer."""
    formats = [*ANSWER_FORMATS, *more]
    help_text = "format of the answer (%(default)s)"
    parser.add_argument("--format", choices=formats, default="table", help=help_text)


def typed_source(given: str) -> str:
    """Read a source; raises ArgumentTypeError."""
    if given in ("demo", "sandbox") or is_address(given):
        return given
    # The message omits the text, because a mistyped address may hold a password.
    raise argparse.ArgumentTypeError("must be demo, sandbox or postgresql://…")


def typed_count(given: str) -> int:
    """Read a count; raises ArgumentTypeError."""
    if not given.isdecimal() or int(given) >= 2**31:
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(given)
