"""Masks secrets, e-mail addresses and network addresses in log lines.

Websites and session ids stay, because people need them to look up lost rows. Every pattern takes
time in proportion to the text: its repetitions are bounded or possessive.
"""

import re
from ipaddress import AddressValueError, IPv6Address

MASK = "***"
LONGEST_WORD = 160
MOST_MASKED_CHARACTERS = 1000
NEVER_MASKED = re.compile(
    r"session_\d{12,14}_[0-9a-z]{9}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
WORD = re.compile(r"\S++")
AUTHORIZATION = re.compile(r"\b(bearer|basic)\s{1,5}\S++", re.I)
NAMED = re.compile(
    r"((?:pass(?:word|wd|phrase|code)|pwd|secret|token|api.?key|access.?key|private.?key"
    r"|authorization|credential|cookie|signature)\w{0,40}+[\\\"']{0,4}\s{0,3}(?::=|=>|[=:])\s{0,3})"
    r"""(\\{1,3}["'](?:(?!\\{1,3}["']).)*+|"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|\S++)""",
    re.I | re.S,
)
QUOTED = re.compile(r"""(pass(?:word|wd|phrase)\s{1,3}|identified by\s{1,3})('[^']*+'?)""", re.I)
KNOWN = re.compile(
    r"\b(?:sk|pk|rk)[-_][\w-]{12,200}|\bgh[pousr]_\w{16,200}|\bAKIA[0-9A-Z]{12,40}"
    r"|\bxox[a-z]-[\w-]{8,200}|\beyJ[\w-]{6,2000}(?:\.[\w-]{0,2000}){0,2}"
)
LONG = re.compile(r"[\w+/-]{24,}+")
LONG_PART = re.compile(r"[\w+-]{24,}+")
PATH = re.compile(r"(?:/[a-z0-9_-]{1,20}){1,12}/?")
EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w.-]{1,255}")
IPV4 = re.compile(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}")
IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f:.]{3,45}")


def masked(text: str) -> str:
    """Return a text with all secrets masked, safe to show and export."""
    text = WORD.sub(_word, text)
    text = AUTHORIZATION.sub(rf"\1 {MASK}", text)
    text = QUOTED.sub(rf"\1{MASK}", NAMED.sub(rf"\1{MASK}", text))
    text = LONG.sub(_long, KNOWN.sub(MASK, text))
    text = IPV4.sub(MASK, EMAIL.sub(MASK, text))
    return IPV6.sub(_ipv6, text)


def shown(text: str, length: int) -> str:
    """Return the beginning of a masked text on one line, fit for a terminal.

    Masking comes before the cut, because half a secret would not be recognized.
    """
    if len(text) > MOST_MASKED_CHARACTERS:
        text = text[:MOST_MASKED_CHARACTERS].rsplit(None, 1)[0]
    line = " ".join(masked(text).split())
    line = "".join(each if each.isprintable() else "�" for each in line)
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _word(match: re.Match[str]) -> str:
    """Mask the user and password of an address, and any text too long for a word."""
    word = match[0]
    if len(word) > LONGEST_WORD:
        return MASK
    begin, end = word.find("://"), word.rfind("@")
    return f"{word[: begin + 3]}{MASK}{word[end:]}" if 0 <= begin < end else word


def _long(match: re.Match[str]) -> str:
    """Mask text that looks like a key: long, with letters and digits, and no id to keep."""
    run = match[0]
    before = match.string[max(0, match.start() - LONGEST_WORD) : match.start()]
    if "://" in re.split(r"\s", before)[-1]:
        # In the path of an address, each part is short, however long the whole path is.
        return LONG_PART.sub(lambda part: MASK if _is_key(part[0]) else part[0], run)
    return run if PATH.fullmatch(run) or not _is_key(run) else MASK


def _is_key(run: str) -> bool:
    plain = not any(map(str.isdigit, run)) or run.isdigit()
    return not (plain or NEVER_MASKED.fullmatch(run))


def _ipv6(match: re.Match[str]) -> str:
    run = match[0].rstrip(".")
    try:
        IPv6Address(run.removesuffix(":") if run.count("::") == 0 else run)
    except AddressValueError:
        return match[0]
    return MASK + match[0][len(run) :]
