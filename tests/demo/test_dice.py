from collections import Counter
from datetime import datetime, timedelta

from dashboard.demo.dice import Dice, Weighted


def test_the_same_seed_falls_the_same_way_on_every_python_version() -> None:
    dice = Dice("a seed")
    assert [dice.below(1000) for _ in range(4)] == [397, 37, 765, 400]
    assert str(dice.uuid()) == "df92e0b1-e7bd-4392-adb1-f16a04b2f44f"


def test_another_seed_falls_another_way() -> None:
    assert Dice("one").uuid() != Dice("two").uuid()


def test_uuids_are_of_version_four_and_distinct() -> None:
    dice = Dice("ids")
    drawn = {dice.uuid() for _ in range(10_000)}
    assert len(drawn) == 10_000
    assert {(value.version, value.variant) for value in drawn} == {(4, "specified in RFC 4122")}


def test_a_session_id_carries_the_millisecond_it_was_made() -> None:
    opened_at = datetime(2026, 1, 25, 21, 20, 31, 102_999)
    prefix, milliseconds, suffix = Dice("session").session_id(opened_at).split("_")
    assert (prefix, milliseconds) == ("session", "1769376031102")
    assert len(suffix) == 9
    assert int(suffix, 36) >= 0


def test_weights_decide_how_often() -> None:
    dice, table = Dice("weights"), Weighted({"often": 8, "seldom": 2, "never": 0})
    drawn = Counter(dice.weighted(table) for _ in range(5_000))
    assert 3_800 < drawn["often"] < 4_200
    assert drawn["often"] + drawn["seldom"] == 5_000


def test_below_and_pick_reach_every_item_and_nothing_else() -> None:
    dice = Dice("reach")
    assert {dice.below(3) for _ in range(200)} == {0, 1, 2}
    assert {dice.pick("abc") for _ in range(200)} == {"a", "b", "c"}


def test_shuffling_keeps_every_item() -> None:
    shuffled = Dice("shuffle").shuffled(range(100))
    assert shuffled != list(range(100))
    assert sorted(shuffled) == list(range(100))


def test_a_span_lies_between_its_bounds() -> None:
    dice = Dice("spans")
    spans = [dice.seconds(40, 170) for _ in range(1_000)]
    assert timedelta(seconds=40) <= min(spans) < timedelta(seconds=42)
    assert timedelta(seconds=168) < max(spans) <= timedelta(seconds=170)
