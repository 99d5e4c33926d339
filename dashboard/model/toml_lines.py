"""Checks a TOML file that a person wrote, entry by entry; an error names the wrong line."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from dashboard.settings import SettingsError

Content = dict[str, Any]
PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class Form:
    """The required form of a value, in words and as a check."""

    words: str
    fits: Callable[[Any], bool]


TEXT_FORM = Form(
    "a text in quotes, not empty and without spaces at its edges",
    lambda value: isinstance(value, str) and value != "" and value == value.strip(),
)
YES_NO_FORM = Form("true or false", lambda value: isinstance(value, bool))


@dataclass(frozen=True)
class TomlFile:
    """A file of valid TOML; `refused` is the error to raise for any other fault in it."""

    path: Path
    text: str = field(repr=False)
    content: Content = field(repr=False)
    refused: type[SettingsError]

    def entries(self, kind: str) -> list[Content]:
        """Return the tables written as [[kind]]; an empty list where the file has none."""
        entries = self.content.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            self.refuse(self.line(lambda read: kind in read), f"write each {kind} as [[{kind}]]")
        return entries

    def only(self, *kinds: str, **keys: Form) -> None:
        """Refuse everything except the tables of these kinds, and these keys before them."""
        for key, value in self.content.items():
            if key in kinds or (key in keys and keys[key].fits(value)):
                continue
            line = self.line(lambda read, key=key: key in read)  # type: ignore[misc]
            if key in keys:
                self.refuse(line, f"{key} must be {keys[key].words}, not {value!r}")
            allowed = ", ".join([*keys, *(f"[[{kind}]]" for kind in kinds)])
            self.refuse(line, f"{key!r} is not known here: write only {allowed}")

    def check(
        self, kind: str, position: int, required: Mapping[str, Form], optional: Mapping[str, Form]
    ) -> None:
        """Refuse an entry with an unknown key, a missing key, or a value of the wrong form."""
        entry = self.content[kind][position]
        forms = {**required, **optional}
        called = f"{kind} {position + 1}"
        for key, value in entry.items():
            if fault := _fault(forms, key, value):
                self.refuse(self.key_line(kind, position, key), f"{called}{fault}")
        for key in required:
            if key not in entry:
                line = self.entry_line(kind, position)
                self.refuse(line, f"{called} lacks {key}: add {key} = …, {forms[key].words}")

    def refuse(self, line: int | None, fault: str) -> NoReturn:
        """Raise the file's error with the line, if known, and what to do."""
        place = f"{self.path}: " if line is None else f"{self.path}, line {line}: "
        raise self.refused(place + fault)

    def entry_line(self, kind: str, position: int) -> int:
        """Return the line on which the entry of that position (from 0) begins."""
        return self.line(lambda read: len(_list(read, kind)) > position)

    def key_line(self, kind: str, position: int, key: str) -> int:
        """Return the line of an entry's key."""
        return self.line(
            lambda read: len(_list(read, kind)) > position and key in _list(read, kind)[position]
        )

    def line(self, holds: Callable[[Content], bool]) -> int:
        """Return the line of the statement that first makes `holds` true.

        A bisection over the file's beginnings finds it. A value over several lines belongs to the
        line on which its statement begins.
        """
        lines = self.text.split("\n")
        return 1 + bisect_left(range(len(lines)), 1, key=lambda last: holds(_read_to(lines, last)))


def read_toml(path: Path, what: str, refused: type[SettingsError]) -> TomlFile:
    """Read a file, `what` in words; raises `refused` where it is missing or not valid TOML."""
    try:
        # Lines are those of TOML. Some editors begin a file with a byte-order mark; drop it.
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise refused(f"{path}, line {line}: is not UTF-8; save the file as UTF-8") from None
    except FileNotFoundError:
        raise refused(f"{path}: there is no such file; the setting names it as {what}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise refused(f"{path}: can't be read as {what}: {reason}") from None
    try:
        return TomlFile(path, text, tomllib.loads(text), refused)
    except tomllib.TOMLDecodeError as error:
        place = PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else _left_open(text.split("\n"))
        fault = PLACE.sub("", str(error))
        raise refused(f"{path}, line {line}: is no valid TOML: {fault}; correct it") from None


def _fault(forms: Mapping[str, Form], key: str, value: object) -> str | None:
    if key not in forms:
        return f" has an unknown key {key!r}: use {', '.join(forms)}"
    if not forms[key].fits(value):
        return f": {key} must be {forms[key].words}, not {value!r}"
    return None


def _read_to(lines: list[str], last: int) -> Content:
    """Read the file up to that line (from 0), or to the end of the statement that it is in."""
    for end in range(last + 1, len(lines) + 1):
        try:
            return tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
    return {}


def _left_open(lines: list[str]) -> int:
    """Return the line of the statement that is still open at the file's end."""
    for end in range(len(lines) - 1, 0, -1):
        try:
            tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end + 1
    return 1


def _list(read: Content, kind: str) -> list[Any]:
    found = read.get(kind, [])
    return found if isinstance(found, list) else []
