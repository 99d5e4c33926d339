"""Decodes the bytes of a log into lines, within limits of size."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from dashboard.settings import InputError

MOST_BYTES = 10 * 1024 * 1024
# The part of a line that is read.
LINE_LENGTH = 100_000
SAMPLE = 4096
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")


class LogError(InputError):
    """A log can't be read; the text says why and what to do."""


@dataclass(frozen=True)
class LogText:
    """A log as text, and the encoding by which it was decoded; `doubtful` where it is a guess."""

    content: str = field(repr=False)
    encoding: str
    doubtful: bool = False

    def lines(self) -> Iterator[str]:
        """Yield each line without its line break, cut to LINE_LENGTH."""
        for line in io.StringIO(self.content, newline=None):
            yield line[:LINE_LENGTH].rstrip("\n")


def read_text(raw: bytes) -> LogText:
    """Decode a log by its byte-order mark, its zeros, or the first encoding that fits; drop NULs.

    Raises LogError for more than MOST_BYTES and for packed files.
    """
    if len(raw) > MOST_BYTES:
        raise LogError(
            "The log is larger than 10 MB. Cut out the time in question, "
            "for example its last lines: tail -c 10M FILE"
        )
    if raw.startswith(PACKED):
        raise LogError("The file is packed. Unpack it first, for example: gunzip FILE")
    text = _decoded(raw)
    return LogText(text.content.replace("\0", ""), text.encoding, text.doubtful)


def _decoded(raw: bytes) -> LogText:
    for mark, encoding in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return LogText(raw[len(mark) :].decode(encoding, "replace"), encoding.upper())
    if wide := _without_mark(raw[:SAMPLE]):
        return LogText(raw.decode(wide, "replace"), wide.upper())
    try:
        return LogText(raw.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _damaged(raw)


def _without_mark(sample: bytes) -> str | None:
    """Recognize UTF-16 by its zeros: in Latin text, every other byte is zero."""
    for encoding, zeros, others in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if 2 * zeros.count(0) > len(zeros) and 10 * others.count(0) < len(others):
            return encoding
    return None


def _damaged(raw: bytes) -> LogText:
    """Decode UTF-8 with a few broken characters as UTF-8, and other bytes one by one."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("�")
    if 2 * broken < sum(len(part) for part in text.split("�") if not part.isascii()) // 10:
        return LogText(text, "UTF-8", doubtful=True)
    return LogText(raw.decode("latin-1"), "Latin-1", doubtful=True)
