"""A website's host: the one rule in Python, equal to queries/model/website_host.sql.

tests/model/test_hosts.py compares both on random and hostile addresses.
"""

import re

BLANKS = " \t\n\f\r\v"
SCHEME_OF_HOST = re.compile(rf"[{BLANKS}]*([A-Za-z][A-Za-z0-9+.-]*:)?//")
WWW = "www"


def host_of(address: str | None) -> str | None:
    """Return the host of an address: without scheme, user name, port, path, case and end dots.

    `www.` is left out where a dot remains: `www.com` is `www.com`. None where there is no host.
    """
    url = address or ""
    authority = url.split("/")[2 if SCHEME_OF_HOST.match(url) else 0]
    place = authority.partition("?")[0].partition("#")[0].rpartition("@")[2]
    name = _lowered(place.partition(":")[0]).strip(f".{BLANKS}")
    bare = name.removeprefix(f"{WWW}.")
    host = bare if "." in bare else name
    return None if host in ("", WWW) else host


def typed_host(typed: str | None) -> str | None:
    """Return the host of a typed address, without its unprintable characters."""
    return host_of("".join(filter(str.isprintable, typed or "")))


def _lowered(text: str) -> str:
    """Lower each character by itself, as PostgreSQL does; Python treats a final sigma specially."""
    return "".join(each.lower()[0] for each in text)
