"""Joins a log's lines into entries: an error with its details and its stack is one entry."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# The most characters to keep of an entry after its first line. Together they fit a csv field.
MOST_ENTRY_CHARACTERS = 30_000
CSV_START = re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [^,"]{1,20},')
# PostgreSQL's own labels end in a colon and two spaces; French ones have a space before it.
LABEL = re.compile(r"(?<!\w)([^\W\d_]{2,14}[1-5]?) ?:  (?=\S)")
LABEL_WITHIN = 400
# The lines that drivers and tracebacks print after an error, as parts of it.
FOLLOWING = re.compile(
    r"\s|[}\])]|(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|LINE \d+):|\[(?:SQL|parameters):"
    r"|\(Background on this error|The above exception was|During handling of the above"
)
CHAINED = ("The above exception was", "During handling of the above")
TRACEBACK = "Traceback (most recent call last)"
# PostgreSQL's labels of failures and of other messages, in its most frequent languages.
ERRORS = frozenset(
    [
        *("ERROR", "FATAL", "PANIC", "FEHLER", "PANIK", "ERREUR", "ERRORE", "FATALE", "PANICO"),
        *("ERRO", "PÂNICO", "ОШИБКА", "ВАЖНО", "ПАНИКА", "エラー", "错误", "致命错误", "오류"),
        *("HATA", "BŁĄD", "FEL", "CHYBA"),
    ]
)
QUIET = frozenset(
    [
        *("DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5", "LOG", "INFO", "NOTICE"),
        *("WARNING", "WARNUNG", "HINWEIS", "ATTENTION", "ADVERTENCIA", "ATTENZIONE", "AVISO"),
        *("СООБЩЕНИЕ", "ПРЕДУПРЕЖДЕНИЕ", "ЗАМЕЧАНИЕ", "ログ", "日志", "警告", "로그", "경고"),
    ]
)


@dataclass
class Entry:
    """One entry: its first line, its other lines, and its form (csv, json or text)."""

    form: str
    head: str
    rest: list[str] = field(default_factory=list)
    size: int = 0
    open_quote: bool = False
    awaits_exception: bool = False
    chained: bool = False
    gap: bool = False
    label: re.Match[str] | None = None

    def add(self, line: str) -> None:
        """Add a line, up to the size limit."""
        if self.size < MOST_ENTRY_CHARACTERS:
            self.rest.append(line[: MOST_ENTRY_CHARACTERS - self.size])
            self.size += len(line) + 1


def entries_of(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of a log; empty lines belong to none."""
    current: Entry | None = None
    for line in lines:
        if current and _belongs(line, current):
            continue
        if not line.strip():
            if current:
                current.gap = True
            continue
        if current:
            yield current
        current = _begun(line)
    if current:
        yield current


def label_of(line: str) -> re.Match[str] | None:
    """Find PostgreSQL's label (ERROR or DETAIL, in any language) after its prefix."""
    for match in LABEL.finditer(line, 0, LABEL_WITHIN):
        if match[1] == match[1].upper():
            return match
    return None


def _begun(line: str) -> Entry:
    if line.startswith("{") and line.rstrip().endswith("}"):
        return Entry("json", line)
    if CSV_START.match(line):
        return Entry("csv", line, open_quote=line.count('"') % 2 == 1)
    return Entry("text", line, awaits_exception=line.startswith(TRACEBACK), label=label_of(line))


def _belongs(line: str, entry: Entry) -> bool:
    """Add a line to the entry if it belongs there; tell whether it does."""
    if entry.form == "csv":
        return _within_quotes(line, entry)
    if entry.form == "json" or not line.strip() or CSV_START.match(line):
        return False
    if not _follows(line, entry):
        return False
    entry.add(line)
    return True


def _within_quotes(line: str, entry: Entry) -> bool:
    # A line that begins like a record always is one. An unclosed quote must not swallow the log.
    if not entry.open_quote or CSV_START.match(line):
        return False
    entry.add(line)
    if line.count('"') % 2 == 1:
        entry.open_quote = False
    return True


def _follows(line: str, entry: Entry) -> bool:
    if entry.label:
        label = label_of(line)
        if label:
            return label[1] not in ERRORS and label[1] not in QUIET
    if FOLLOWING.match(line):
        entry.chained = line.startswith(CHAINED)
        return True
    if line.startswith(TRACEBACK):
        # A traceback belongs to the logger's line right above it, or to the exception it names.
        above = not (entry.rest or entry.gap or entry.label or entry.awaits_exception)
        if not (entry.chained or above):
            return False
        entry.awaits_exception, entry.chained = True, False
        return True
    if entry.awaits_exception:
        entry.awaits_exception = False
        return True
    return False
