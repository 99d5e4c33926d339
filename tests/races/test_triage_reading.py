"""What a log's lines say: encodings, entries, times, SQLSTATEs, and what is masked of them."""

import codecs
import json
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.constraint_form import ConstraintForm
from dashboard.races.triage.data import ERROR_CLASSES, Facts, triage
from dashboard.races.triage.log import MOST_ERRORS, MOST_SIGNATURES, read_log
from dashboard.races.triage.masking import masked
from dashboard.races.triage.matching import RecordedSpan, Stored
from dashboard.races.triage.moments import moment_of
from dashboard.races.triage.notes import notes_of
from dashboard.races.triage.text import MOST_BYTES, LogError, read_text
from dashboard.ui.export import csv_text
from tests.examples import examples
from tests.races.worst_cases import WORST

UTC = ZoneInfo("UTC")
RULE = "chk_organizations_user_or_session"
CHECK = f'new row for relation "organizations" violates check constraint "{RULE}"'
SLUG = 'duplicate key value violates unique constraint "organizations_slug_key"'
SESSION = "session_1769376031102_1i34cuwqi"
NODE = f"""error: {CHECK}
    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:283:98)
    at async createOrUpdateOrganization (services/organizations.js:88:20) {{
  length: 385,
  severity: 'ERROR',
  code: '23514',
  detail: 'Failing row contains (8b6f6f0e-1111-4111-8111-111111111111, Gloop, gloop, null, null, http://gloop.com).',
  constraint: '{RULE}',
}}
"""
SQLALCHEMY = f"""Traceback (most recent call last):
  File "base.py", line 1967, in _exec_single_context
psycopg.errors.UniqueViolation: {SLUG}
DETAIL:  Key (slug)=(gloop) already exists.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "leads.py", line 12, in capture_lead
sqlalchemy.exc.IntegrityError: (psycopg.errors.UniqueViolation) {SLUG}
DETAIL:  Key (slug)=(gloop) already exists.
[SQL: insert into organizations (name) values (%(name)s)]
[parameters: {{'website_url': 'https://www.gloop.com/a', 'session_id': '{SESSION}'}}]
(Background on this error at: https://sqlalche.me/e/20/gkpj)
"""


def groups(text: str | bytes, form: ConstraintForm | None = "inclusive", owned: int = 0) -> Any:
    raw = text if isinstance(text, bytes) else text.encode()
    found = triage(read_log(raw, UTC), Facts(form, owned))
    assert found.groups["count"].sum() == found.read
    return found.groups


def one(text: str, form: ConstraintForm | None = "inclusive", owned: int = 0) -> dict[str, Any]:
    (row,) = groups(text, form, owned).to_dict("records")
    return dict(row)


def whose(text: str) -> list[tuple[str | None, str | None]]:
    log = read_log(text.encode(), UTC)
    return [(each.session_id, each.host) for tally in log.tallies.values() for each in tally.whose]


@pytest.mark.parametrize(
    ("line", "sqlstate", "kind"),
    [
        (f"Error: API Error: {CHECK}", "23514", "race"),
        (f"error: {CHECK}", "23514", "race"),
        (f"ERROR:  23514: {CHECK}", "23514", "race"),
        (f"leads.js:214 Failed to track conversion: Error: {SLUG}", "23505", "race"),
        ('error: invalid input syntax for type inet: "unknown"', "22P02", "bad value"),
        ('error: invalid input syntax for type date: "x"', None, "unrelated"),
        ("error: deadlock detected", "40P01", "race"),
        ("could not serialize access due to concurrent update", "40001", "race"),
        ("psycopg.errors.SerializationFailure: whatever", "40001", "race"),
        ("Unhandled rejection { code: '40P01' }", "40P01", "race"),
        (
            "ERROR:  new multixact has more than one updating member: 0 2[7 (keysh), 9 (nokeyupd)]",
            "XX000",
            "race",
        ),
        ("ERROR:  XX000: cache lookup failed for type 7", "XX000", "unrelated"),
        ("failed with SQLSTATE 23505", "23505", "race"),
        ('ERROR:  relation "nowhere" does not exist', None, "unrelated"),
        ('error: null value violates check constraint "chk_price"', "23514", "unrelated"),
        (
            f'ERROR:  constraint "{RULE}" of relation "organizations" already exists',
            None,
            "unrelated",
        ),
        (
            "2026-01-26 02:20:31 UTC [7] LOG:  duplicate key value violates unique constraint",
            None,
            "unrelated",
        ),
        ("error 23514 went by without its constraint: SQLSTATE 23514", "23514", "unknown"),
        (
            "POST https://app.example.com/api/leads/track-conversion 500 (Internal Server Error)",
            None,
            "unrelated",
        ),
        ("✅ Session ID created", None, "unrelated"),
        ("2026-01-26 02:20:31 [7] FEHLER:  Verklemmung entdeckt", None, "unknown"),
        ("2026-01-26 02:20:31 [7] 40P01 FEHLER:  Verklemmung entdeckt", "40P01", "race"),
        ("2026-01-26 02:20:31 [40001] FEHLER:  Verklemmung entdeckt", None, "unknown"),
        (
            "2026-01-26 02:20:31 [40001] [40P01] ОШИБКА:  обнаружена взаимоблокировка",
            "40P01",
            "race",
        ),
        ("ERROR:  llave duplicada viola restricción de unicidad «x_key»", None, "unknown"),
        (f"FEHLER:  neue Zeile verletzt Check-Constraint »{RULE}«", "23514", "race"),
        (
            "ERREUR:  la valeur d'une clé dupliquée rompt « organizations_slug_key »",
            "23505",
            "race",
        ),
    ],
)
def test_a_line_is_told_by_sqlstate_constraint_or_words(
    line: str, sqlstate: str | None, kind: str
) -> None:
    found = one(line)
    assert (found["sqlstate"] if pd.notna(found["sqlstate"]) else None) == sqlstate
    assert found["class"] == kind


@pytest.mark.parametrize(
    ("form", "owned", "line", "kind", "why"),
    [
        ("inclusive", 9, CHECK, "race", "caused by the missing session"),
        ("exclusive", 9, CHECK, "certain", "most likely"),
        ("exclusive", 0, CHECK, "race", "no website here is owned"),
        ("exclusive", 0, f"{CHECK}\n  Failing row contains ({SESSION}, null)", "certain", "owns"),
        ("exclusive", 9, f"{CHECK}\n  Failing row contains (a, null)", "race", "missing session"),
        ("exclusive", 0, f"{CHECK}\n  [SQL: UPDATE organizations SET x]", "certain", "owns"),
        ("exclusive", 9, f"{CHECK}\n  [SQL: insert into public.organizations]", "race", "missing"),
        ("absent", 9, CHECK, "unknown", "lacks the constraint"),
        ("other", 9, CHECK, "unknown", "form that is not known"),
        (None, 9, CHECK, "unknown", "could not be read"),
    ],
)
def test_the_constraints_form_decides_between_race_and_certain(
    form: ConstraintForm | None, owned: int, line: str, kind: str, why: str
) -> None:
    found = one(f"error: {line}", form, owned)
    assert found["class"] == kind
    assert why in found["why"]


def test_an_error_of_node_with_its_stack_is_one_entry_that_names_its_website() -> None:
    found = one(NODE)
    assert (found["sqlstate"], found["constraint"], found["count"]) == ("23514", RULE, 1)
    assert whose(NODE) == [(None, "gloop.com")]


def test_a_chained_traceback_is_one_error_with_session_and_website() -> None:
    assert one(SQLALCHEMY)["count"] == 1
    assert whose(SQLALCHEMY) == [(SESSION, "gloop.com")]


def test_two_tracebacks_are_two_errors_and_a_loggers_line_belongs_to_its_own() -> None:
    twice = SQLALCHEMY + "\n" + SQLALCHEMY
    assert one(twice)["count"] == 2
    logged = "2026-01-26 02:20:31 +0000 ERROR app: request went wrong\n" + SQLALCHEMY
    found = one(logged)
    assert found["count"] == 1
    assert found["first"] == datetime(2026, 1, 26, 2, 20, 31)


def test_programs_json_is_read_as_a_line() -> None:
    said = {
        "level": 50,
        "time": "2026-01-26T02:20:31.5Z",
        "code": "23514",
        "msg": CHECK,
        "constraint": RULE,
        "website_url": "https://a.example",
    }
    line = json.dumps(said)
    found = one(line)
    assert (found["sqlstate"], found["constraint"]) == ("23514", RULE)
    assert found["first"] == datetime(2026, 1, 26, 2, 20, 31, 500000)
    assert whose(line) == [(None, "a.example")]


def test_the_reports_lines_are_read(tmp_path: Path) -> None:
    lines = [
        f"Error: API Error: {CHECK}",
        "API call: POST /api/v1/leads/track-conversion (analysis_started)",
        "T=42.1 sec:    Backend tries to create organization again",
    ]
    found = groups("\n".join(lines)).set_index("class")["count"]
    assert found.to_dict() == {"race": 1, "unrelated": 2}


CSV = (
    '2026-01-26 02:20:31.123 UTC,"app","leads",123,"[local]",6976cf5f.7b,1,"INSERT",'
    '2026-01-26 02:20:00 UTC,3/7,0,ERROR,23505,"duplicate key value violates unique constraint '
    '""organizations_slug_key""","Key (slug)=(a) already exists.",,,,,"insert\ninto ""o""",,,"app"'
)


@pytest.mark.parametrize("more", ["", ',"client backend"', ',"client backend",,0'])
def test_csv_of_every_version_is_read_over_lines(more: str) -> None:
    text = CSV + more + "\n" + CSV + more + "\n"
    found = triage(read_log(text.encode(), UTC), Facts("inclusive"))
    assert (found.lines, found.read) == (4, 2)
    assert found.groups["constraint"].tolist() == ["organizations_slug_key"]


def test_a_quote_that_never_closes_takes_no_other_record() -> None:
    found = groups(CSV[:220] + "\n" + CSV)
    assert found.set_index("sqlstate").loc["23505", "count"] >= 1


@pytest.mark.parametrize(
    ("stamp", "at", "assumed"),
    [
        ("2026-01-26 02:20:31.123 UTC", "02:20:31.123", False),
        ("2026-01-25 21:20:31 EST", "02:20:31", False),
        ("2026-01-26 03:20:31,5 CET", "02:20:31.5", False),
        ("2026-01-26 07:50:31 +0530", "02:20:31", False),
        ("2026-01-26T02:20:31.123456Z", "02:20:31.123456", False),
        ("2026-01-25T21:20:31-05:00", "02:20:31", False),
        ("2026-01-25 23:20:31 -03", "02:20:31", False),
        ("[2026/01/26 02:20:31] app", "02:20:31", True),
        ("2026-01-26 02:20:31 XYZ", "02:20:31", True),
        ("2026-01-26 02:20:31 ERROR x", "02:20:31", True),
        ("2026-01-26 02:20:31 UTC:10.0.0.1(5432)", "02:20:31", False),
        ("1769394031.123 x", "02:20:31.123", False),
    ],
)
def test_times_carry_zones_or_the_workspaces_is_assumed(stamp: str, at: str, assumed: bool) -> None:
    found = moment_of(stamp, UTC)
    assert found
    assert found.at == datetime.fromisoformat(
        f"2026-01-26 {at:0<15}" if "." in at else f"2026-01-26 {at}"
    )
    assert found.assumed is assumed


def test_an_abbreviation_means_what_it_means_in_the_workspaces_zone() -> None:
    found = moment_of("2026-01-26 10:20:31 CST", ZoneInfo("Asia/Shanghai"))
    assert found
    assert (found.at, found.assumed) == (datetime(2026, 1, 26, 2, 20, 31), False)
    assumed = moment_of("2026-01-26 10:20:31", ZoneInfo("Asia/Shanghai"))
    assert assumed
    assert (assumed.at, assumed.assumed) == (datetime(2026, 1, 26, 2, 20, 31), True)


@pytest.mark.parametrize(
    "odd", ["0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -12", "2026-13-45 99:99:99", "", "2"]
)
def test_a_time_that_is_none_is_none(odd: str) -> None:
    assert moment_of(odd, ZoneInfo("Pacific/Auckland")) is None


def test_what_limits_a_triage_is_said() -> None:
    def said(text: str, found: Facts) -> str:
        return " ".join(notes_of(read_log(text.encode("latin-1"), UTC), found))

    noon = datetime(2026, 1, 26, 12)
    early = Facts("inclusive", 0, Stored(RecordedSpan(noon - timedelta(days=9), noon)))
    late = Facts("inclusive", 0, Stored(RecordedSpan(*(noon + timedelta(days=n) for n in (9, 10)))))
    assert "empty" in said("", early)
    assert "1 error has no time stamp" in said("error: deadlock detected", early)
    assert "name no zone that is known, taken as UTC: 1 of 1" in said(
        "2026-01-26 11:00:00 error: deadlock detected", early
    )
    assert "Latin-1" in said("Größe: error", early)
    assert "language that is not read" in said("FEHLER:  Verklemmung", early)
    assert "could not be asked" in said("x", Facts())
    outside = "2026-01-26 13:00:00Z error: deadlock detected"
    assert "rows end at 2026-01-26 12:00" in said(outside, early)
    assert "rows begin at 2026-02-04 12:00" in said(outside, late)
    assert "holds no rows" in said(outside, Facts("inclusive", 0, Stored(RecordedSpan())))
    many = "error: deadlock detected\n" * (MOST_ERRORS + 1)
    assert "first 5,000 errors" in said(many, early)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("latin-1", b""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end_is_read(encoding: str, mark: bytes, end: str) -> None:
    text = end.join([f"error: {CHECK}", "", "Grüße", f"error: {SLUG}"]) + end
    log = read_log(mark + text.encode(encoding), UTC)
    assert (log.lines, log.entries) == (4, 3)
    assert log.encoding.lower() == encoding
    assert len(groups(mark + text.encode(encoding))) == 3


def test_zeros_and_a_few_broken_bytes_do_not_hide_an_error() -> None:
    assert groups(f"err\0or: {SLUG}\0\0".encode())["sqlstate"].tolist() == ["23505"]
    broken = ("Grüße und Äpfel, " * 9).encode() + b"\xff\n" + SLUG.encode()
    assert read_text(broken).encoding == "UTF-8"
    assert "23505" in set(groups(broken)["sqlstate"].dropna())
    assert "23505" in set(groups(f"ошибка\n{SLUG}".encode("koi8-r"))["sqlstate"].dropna())


def test_too_large_and_packed_are_refused_with_what_to_do() -> None:
    with pytest.raises(LogError, match="10 MB"):
        read_text(b"x" * (MOST_BYTES + 1))
    with pytest.raises(LogError, match="gunzip"):
        read_text(b"\x1f\x8b\x08rest")
    assert read_log(b"x" * MOST_BYTES, UTC).lines == 1


def test_one_line_of_ten_megabytes_and_a_million_lines_keep_little() -> None:
    long = read_log((f"error: {SLUG} " + "x" * MOST_BYTES)[: MOST_BYTES - 1].encode(), UTC)
    assert [each.report.sqlstate for each in long.tallies.values()] == ["23505"]
    assert sum(len(each.example) for each in long.tallies.values()) < 1000
    many = read_log(b"line 1\n" * 1_000_000, UTC)
    assert (many.lines, many.entries, len(many.tallies)) == (1_000_000, 1_000_000, 1)


def test_distinct_errors_are_counted_in_a_bounded_number_of_groups() -> None:
    names = ["".join(letters) for letters in product("abcdefghij", repeat=3)]
    text = "\n".join(f'error: {each} violates check constraint "{each}"' for each in names)
    found = groups(f"{text}\nerror: {CHECK}")
    assert len(found) <= MOST_SIGNATURES + 2
    assert found.loc[found["constraint"] == RULE, "class"].tolist() == ["race"]


@pytest.mark.parametrize("piece", WORST)
def test_the_worst_lines_take_time_in_proportion(piece: str) -> None:
    """A pattern that backtracks would not come back from these before the run's own end."""
    text = "\n".join(["error " + (piece * 90_000)[:90_000]] * 8)
    assert read_log(text.encode(), UTC).lines >= 8
    masked((piece * 20_000)[:20_000])


SECRETS = {
    "url": "postgres://app:{}@db.example:5432/x",
    "url with at": "postgresql://app:x@{}@h/d",
    "dsn": "host=h password={} dbname=d",
    "json": '{{"password":"{} and more"}}',
    "env": "PGPASSWORD={}",
    "yaml": "db_password: '{}'",
    "bearer": "Authorization: Bearer {}",
    "key": "x-api-key: {}",
    "token": "access_token={}&a=b",
    "sql": "alter role a password '{}'",
    "colon equals": "secret := {}",
    "escaped": '\\"token\\": \\"{}\\"',
    "mail": "from {}@example.com",
}
WRAPPINGS = (
    "{}",
    "error: {}",
    f"error: {SLUG} {{}}",
    "2026-01-26 02:20:31 UTC [1] ERROR:  {}",
    "2026-01-26 02:20:31 UTC [1] FEHLER:  {}",
    'violates check constraint "{}"',
    "SQLSTATE 23505 {}",
    "Traceback (most recent call last):\n  File\nError: {}",
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@given(
    value=st.text("abcdefXYZ0123456789!%^*-_~", min_size=8, max_size=40),
    before=st.text(max_size=300),
    wrapping=st.sampled_from(WRAPPINGS),
)
@examples(25)
def test_a_planted_secret_never_leaves(secret: str, value: str, before: str, wrapping: str) -> None:
    value = f"q{value}q"
    text = wrapping.replace("{}", f"{before} {secret.format(value)}")
    found = groups(text.encode("utf-8", "replace"))
    assert value not in csv_text(found)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "192.168.1.20",
        "2001:db8::1",
        "::1",
        "fe80::1",
        "1:2:3:4:5:6:7:8",
        "::ffff:10.0.0.1",
        "jane.doe+x@mail.example.org",
        "AKIAIOSFODNN7EXAMPLE",
        "sk-proj-abcdefghijkl123",
        "ghp_abcdefghijklmnop1234",
    ],
)
def test_addresses_and_keys_are_masked(address: str) -> None:
    for text in (f"from {address}", f"client={address}(5432)", f"[{address}]", f"“{address}”."):
        assert address not in masked(text), text


def test_all_of_a_password_in_an_address_is_masked_and_the_host_stays() -> None:
    assert masked("at postgres://app:a!b@c/d!e@h.example/x") == "at postgres://***@h.example/x"
    assert masked(f"a {'!x' * 200} b") == "a *** b"


def test_what_is_needed_to_look_up_a_loss_stays() -> None:
    text = (
        f"02:20:31 {SESSION} session_id={SESSION} https://www.gloop.com/a gloop.com "
        f"8b6f6f0e-1111-4111-8111-111111111111 {RULE} /api/v1/leads/track-conversion"
    )
    assert masked(text) == text


LINES = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            [
                *NODE.splitlines(),
                *SQLALCHEMY.splitlines(),
                *CSV.splitlines(),
                CSV,
                "ERROR:  x",
                "\tcontinued",
                "DETAIL:  y",
                "{}",
                '{"error_severity": 1}',
                '{"error_severity":"ERROR","message":null,"state_code":23505}',
                "[" * 2000,
                "{" + '"a":' * 2000 + "}",
                "FEHLER:  ä",
                CHECK,
                SLUG,
            ]
        ),
    ),
    max_size=30,
)


@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\0\n"]))
@examples(150)
def test_whatever_is_read_the_counts_add_up(lines: list[str], end: str) -> None:
    raw = end.join(lines).encode("utf-8", "replace")
    log = read_log(raw, UTC)
    found = triage(log, Facts("exclusive", 1, Stored(RecordedSpan())))
    assert found.groups["count"].sum() == found.read <= found.lines
    fates = found.groups[["harmless", "lost", "inconclusive"]].sum(axis=1)
    related = found.groups["class"] != "unrelated"
    assert (fates[related] == found.groups["count"][related]).all()
    assert not fates[~related].any()
    assert set(found.groups["class"]) <= set(ERROR_CLASSES)


@given(raw=st.binary(max_size=2000))
@examples(150)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        log = read_log(raw, UTC)
    except LogError:
        return
    assert sum(each.count for each in log.tallies.values()) == log.entries
    json.dumps(triage(log, Facts("inclusive")).as_json())


def test_the_path_of_an_address_stays_but_for_a_key_in_it() -> None:
    call = "POST https://api.example.com/api/v1/leads/track-conversion 500"
    assert masked(call) == call
    assert masked("https://a.example/reset/0f1e2d3c4b5a69788796a5b4c3d2e1f0/now") == (
        "https://a.example/reset/***/now"
    )


ROWS_ID = "c76b0000-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("values", "host"),
    [
        ("Gloop, gloop, null, https://www.gloop.com/a", "gloop.com"),
        ("Amazon.com, amazon-com, null, https://amazon.com", "amazon.com"),
        ("Ok, ok, https://cdn.example.net/logo.png, null, https://ok.example", None),
        ("Booking.com, booking-com, null, ok.example, x", None),
        ("Ok & Co. https://evil.example, ok, null, https://ok.example", None),
        ("Ok, ok, null, ok.example, x", "ok.example"),
    ],
)
def test_a_row_names_its_website_where_it_shows_one_alone(values: str, host: str | None) -> None:
    line = f"2026-01-26 02:20:31 UTC ERROR:  {CHECK}"
    detail = f"2026-01-26 02:20:31 UTC DETAIL:  Failing row contains ({ROWS_ID}, {values})."
    assert whose(f"{line}\n{detail}") == [(None, host)]


def test_a_row_of_one_more_id_and_no_session_does_not_tell_its_class() -> None:
    line = f"2026-01-26 02:20:31 UTC ERROR:  {CHECK}"
    row = f"{ROWS_ID}, N, n, null, {ROWS_ID.replace('c', 'd')}, https://n.example"
    found = one(
        f"{line}\n2026-01-26 02:20:31 UTC DETAIL:  Failing row contains ({row}).", "exclusive"
    )
    assert found["class"] == "unknown"
    assert "either alone violates nothing" in found["why"]


def test_the_step_that_a_statement_writes_is_kept() -> None:
    line = "2026-01-26 02:20:31 UTC ERROR:  could not serialize access"
    statement = (
        "2026-01-26 02:20:31 UTC STATEMENT:  insert into conversion_tracking "
        f"(session_id, conversion_step) values ('{SESSION}', 'previews_viewed')"
    )
    for written, step in (
        (statement, "previews_viewed"),
        (
            statement.replace("conversion_tracking", '"public"."conversion_tracking"').replace(
                "previews_viewed", "registration"
            ),
            "registration",
        ),
    ):
        log = read_log(f"{line}\n{written}".encode(), UTC)
        (only,) = (each for tally in log.tallies.values() for each in tally.whose)
        assert only.tracks
        assert step in only.names


def test_a_programs_own_code_is_no_sqlstate_and_its_milliseconds_are_a_time() -> None:
    line = json.dumps(
        {
            "level": 50,
            "time": 1769394031102,
            "code": "P2002",
            "msg": "Unique constraint failed on the fields",
        }
    )
    found = one(line)
    assert pd.isna(found["sqlstate"])
    assert found["first"] == pd.Timestamp("2026-01-26 02:20:31.102")


def test_a_line_of_many_words_keeps_few_of_them() -> None:
    words = " ".join(f"'word_{number}'" for number in range(100_000))
    log = read_log(f"2026-01-26 02:20:31 UTC ERROR:  deadlock detected {words}".encode(), UTC)
    (only,) = (each for tally in log.tallies.values() for each in tally.whose)
    assert 0 < len(only.names) <= 50
