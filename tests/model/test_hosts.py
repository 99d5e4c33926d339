"""A website's host is the same in Python and in PostgreSQL, whatever the address."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.embedded.server import Server
from dashboard.model.hosts import host_of, typed_host
from queries import load
from tests.conftest import source_of

# Letters that this Python does not know yet have no case here, and may have one in PostgreSQL.
ANY = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")
PLAIN = ["www.", "WWW.", "www", ".", "/", "//", ":", "@", "?", "#", " ", "\t", "com", "8080"]
NAMES = ["http://", "HTTPS://", "ftp:", "a.example", "A.Example", "İ", "ΟΔΟΣ", "ſ", "münchen.de"]
PARTS = st.sampled_from([*PLAIN, *NAMES])
ADDRESSES = st.one_of(
    st.lists(PARTS, max_size=8).map("".join),
    st.text(alphabet="wW.:/@?# \t\n\f\r\v\u00a0htps", max_size=20),
    st.text(alphabet=ANY, max_size=30),
    st.lists(st.one_of(PARTS, st.text(ANY, max_size=3)), max_size=6).map("".join),
)


@given(addresses=st.lists(ADDRESSES, min_size=1, max_size=50))
@example(["www.com", "https://www.com/x", "www..", "www.a", "www.www.a.b", "//www./", "a@b@c.d:1"])
@example(["http:///a", " HTTP://a.b", "http ://a.b", "1http://a.b", "a:b@c", "x://y@z@?@#@"])
def test_the_host_is_the_one_of_the_sql_files(server: Server, addresses: list[str]) -> None:
    question = load("model/website_host")
    with source_of(server.parameters("postgres")).engine.connect() as connection:
        stored = [connection.execute(question.bind({"url": each})).one().host for each in addresses]
    assert [*map(host_of, addresses)] == stored


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Example.com:8080/a?b#c", "example.com"),
        ("https://www.com", "www.com"),
        ("www.com/x", "www.com"),
        ("www.www.example", "www.example"),
        ("//user:password@example.com.", "example.com"),
        (" EXAMPLE.com ", "example.com"),
        ("https://www.", None),
        ("", None),
        (None, None),
    ],
)
def test_a_host_has_neither_scheme_nor_path_nor_www(address: str | None, host: str | None) -> None:
    assert host_of(address) == host


def test_what_a_person_typed_may_hold_what_can_not_be_printed() -> None:
    assert typed_host("exa\0mple\x1b.com") == "example.com"
    assert typed_host("\0\x1b") is None
