"""What a visitor types as their website, as one URL per website. Nothing is ever fetched."""

import ipaddress
import re
import unicodedata
from urllib.parse import quote

import idna

from dashboard.settings import InputError

MOST_URL_CHARACTERS = 500
DEFAULT_PORTS = {"http": "80", "https": "443"}
WEBSITE_EXAMPLE = "write it like example.com"
# Marks that make text read in another order than it is stored in.
BIDI_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# `localhost:3000` is a host with its port; no scheme in use has a dot.
URL_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+-]*):(?!\d+(?:[/?#]|$))|//", re.ASCII)
URL_PARTS = re.compile(r"(?P<authority>[^/?#]*)(?P<rest>[^#]*)")
HOST_AND_PORT = re.compile(r"(?P<host>[^:]*)(?::(?P<port>[0-9]*))?", re.ASCII)
# The last label decides whether a browser takes the whole for a number: 127.1, 0x7f.1, 2130706433.
NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
# What stands in a path or query as it is; all else is percent-encoded.
IN_PATH = "/?:@!$&'()*+,;=-._~%[]"


class WebsiteError(InputError):
    """An address that is no website's; the text says why and what to write, not what it was."""


def normalized_website(given: str) -> str:
    """Return the one URL that stands for this website; again, it stays as it is.

    Raises WebsiteError.
    """
    _check_characters(given)
    text = given.strip()
    if not text:
        raise WebsiteError(f"No address was given; {WEBSITE_EXAMPLE}.")
    _check_length(text)
    if re.search(r"\s", text):
        raise WebsiteError("There is a space inside the address; write it without spaces.")
    if _is_ip_address(text):
        raise _ip_address()
    scheme, rest = _scheme(text)
    parts = URL_PARTS.match(rest)
    assert parts, "both parts may be empty"  # noqa: S101 - tells mypy
    url = f"{scheme}://{_place(parts['authority'], scheme)}{_path(parts['rest'])}"
    # Encoded, it may have grown.
    _check_length(url)
    return url


def _check_characters(text: str) -> None:
    kinds = {unicodedata.category(each) for each in text}
    if "Cc" in kinds:
        raise WebsiteError("The address holds a control character; type it anew, without it.")
    if "Cs" in kinds:
        raise WebsiteError("The address holds half a character; type it anew.")
    if BIDI_MARKS.search(text):
        raise WebsiteError("The address holds a mark that changes its direction; type it anew.")


def _check_length(text: str) -> None:
    if len(text) > MOST_URL_CHARACTERS:
        raise WebsiteError(
            f"The address has more than {MOST_URL_CHARACTERS} characters;"
            " leave out what follows the host."
        )


def _scheme(text: str) -> tuple[str, str]:
    """Split off the scheme, https where there is none; `example.com:8080` has none."""
    found = URL_SCHEME.match(text)
    if not found:
        return "https", text
    scheme, rest = (found[1] or "https").lower(), text[found.end() :]
    if scheme not in DEFAULT_PORTS:
        raise WebsiteError(f"Only http and https lead to a website; {WEBSITE_EXAMPLE}.")
    if found[1] and not rest.startswith("//"):
        raise WebsiteError(f"Two slashes are missing after {scheme}:; {WEBSITE_EXAMPLE}.")
    return scheme, rest.removeprefix("//") if found[1] else rest


def _place(authority: str, scheme: str) -> str:
    """Return host and port, the default port left out."""
    if "@" in authority:
        raise WebsiteError(
            f"A user name or password has no place in the address; {WEBSITE_EXAMPLE}."
        )
    if _is_ip_address(authority) or authority.startswith("["):
        raise _ip_address()
    parts = HOST_AND_PORT.fullmatch(authority)
    if not parts:
        raise WebsiteError("The port must be a number; write it like example.com:8080.")
    port = (parts["port"] or "").lstrip("0")
    if parts["port"] and not 0 < int(port or 0) < 65536:
        raise WebsiteError("A port lies between 1 and 65535; leave it out.")
    name = _host(parts["host"])
    return name if port in ("", DEFAULT_PORTS[scheme]) else f"{name}:{port}"


def _host(given: str) -> str:
    """Return the host's name in the form in which it travels: lower case, IDN as xn--…."""
    if not given:
        raise WebsiteError(f"The address has no host; {WEBSITE_EXAMPLE}.")
    try:
        name = idna.encode(given, uts46=True, std3_rules=True).decode().removesuffix(".")
    except UnicodeError:
        if NUMBER.fullmatch(given.lower()):
            raise _ip_address() from None
        raise WebsiteError(
            "The host’s name has a part that no name can have; use letters, digits and hyphens."
        ) from None
    if NUMBER.fullmatch(name):
        raise _ip_address()
    if "." not in name:
        raise WebsiteError(f"The host’s name has no dot; {WEBSITE_EXAMPLE}.")
    return name


def _path(rest: str) -> str:
    """Return path and query, percent-encoded where needed; without either, no slash."""
    path, _, query = rest.partition("?")
    if path in ("", "/") and not query:
        return ""
    return quote((path or "/") + (f"?{query}" if query else ""), safe=IN_PATH)


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _ip_address() -> WebsiteError:
    return WebsiteError(f"An IP address is no website’s name; {WEBSITE_EXAMPLE}.")
