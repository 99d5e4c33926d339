"""What a visitor types: one URL per website, or the reason why it is none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.model.hosts import host_of
from dashboard.submit.address import WebsiteError, normalized_website


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("example.com", "https://example.com"),
        ("  example.com ", "https://example.com"),
        ("HTTP://Example.COM", "http://example.com"),
        ("//example.com", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:80/", "http://example.com"),
        ("http://example.com:443", "http://example.com:443"),
        ("example.com:8080", "https://example.com:8080"),
        ("example.com:08080/a", "https://example.com:8080/a"),
        ("example.com:", "https://example.com"),
        ("example.com.", "https://example.com"),
        ("example.com/Path/?Q=1#part", "https://example.com/Path/?Q=1"),
        ("example.com?q=http://a.b", "https://example.com/?q=http://a.b"),
        ("example.com#part", "https://example.com"),
        ("example.com/ü%20x", "https://example.com/%C3%BC%20x"),
        ("münchen.de", "https://xn--mnchen-3ya.de"),
        ("MÜNCHEN.de", "https://xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "https://xn--mnchen-3ya.de"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "https://example.com"),
        ("例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("מרכז.example", "https://xn--bebji4b.example"),
        ("1.2.3.4.example", "https://1.2.3.4.example"),
    ],
)
def test_one_website_has_one_url(typed: str, url: str) -> None:
    assert normalized_website(typed) == url
    assert normalized_website(url) == url


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "No address was given"),
        ("   ", "No address was given"),
        ("example.com/" + "a" * 489, "more than 500"),
        ("example.com/" + "ü" * 200, "more than 500"),
        ("javascript:alert(1)", "Only http and https"),
        ("JavaScript://example.com/%0aalert(1)", "Only http and https"),
        ("ftp://example.com", "Only http and https"),
        ("data:text/html,x", "Only http and https"),
        ("mailto:a@example.com", "Only http and https"),
        ("file:///etc/passwd", "Only http and https"),
        ("https:example.com", "Two slashes"),
        ("https://user:password@example.com", "user name or password"),
        ("user@example.com", "user name or password"),
        ("https://example.com@10.0.0.1", "user name or password"),
        ("127.0.0.1", "IP address"),
        ("http://127.0.0.1:80/x", "IP address"),
        ("127.1", "IP address"),
        ("2130706433", "IP address"),
        ("https://2130706433/", "IP address"),
        ("0x7f000001", "IP address"),
        ("0x7f.1", "IP address"),
        ("0177.0.0.1", "IP address"),
        ("127.0.0.1.", "IP address"),
        ("１２７.０.０.１", "IP address"),
        ("127。0。0。1", "IP address"),
        ("::1", "IP address"),
        ("[::1]", "IP address"),
        ("http://[::1]:80/", "IP address"),
        ("fe80::1%eth0", "IP address"),
        ("localhost", "no dot"),
        ("https://localhost:3000", "no dot"),
        ("example", "no dot"),
        ("https://", "no host"),
        ("https:///path", "no host"),
        ("exa\0mple.com", "control character"),
        ("example.com\n", "control character"),
        ("exam\x1bple.com", "control character"),
        ("example.com/\x7f", "control character"),
        ("exam\ud800ple.com", "half a character"),
        ("exam\u202eple.com", "direction"),
        ("example.com/\u200f", "direction"),
        ("\u2066example.com", "direction"),
        ("exam ple.com", "space inside"),
        ("example.com/a\u00a0b", "space inside"),
        ("example..com", "letters, digits and hyphens"),
        ("-example.com", "letters, digits and hyphens"),
        ("exa_mple.com", "letters, digits and hyphens"),
        ("exa%6dple.com", "letters, digits and hyphens"),
        ("example\\.com", "letters, digits and hyphens"),
        ("a" * 64 + ".com", "letters, digits and hyphens"),
        ("xn--a.com", "letters, digits and hyphens"),
        ("example.com:x", "port must be a number"),
        ("example.com:99999", "between 1 and 65535"),
        ("example.com:0", "between 1 and 65535"),
    ],
)
def test_what_is_no_website_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(WebsiteError, match=reason) as refused:
        normalized_website(typed)
    assert str(refused.value).isprintable()
    assert "password@" not in str(refused.value)


ADDRESS = r"(https?://)?[a-zA-Zß-ž0-9.-]{1,30}(:[0-9]{0,6})?(/[ -~ü]{0,20})?"


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet=".:/@[]%?#x01a-_ü\\", max_size=30),
        st.from_regex(ADDRESS, fullmatch=True),
    )
)
@example("a.b/?")
@example("https://A.b:00443//?#")
def test_any_text_is_one_url_or_refused(typed: str) -> None:
    try:
        url = normalized_website(typed)
    except WebsiteError:
        return
    assert normalized_website(url) == url
    assert url.isascii()
    assert len(url) <= 500
    assert "." in (host_of(url) or "")
