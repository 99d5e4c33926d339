"""`python -m tests.coverage.false_alarms`: how often a silence or a fall is found where none is."""

import argparse

from dashboard.coverage.silences import FALSE_ALARMS
from tests.coverage.simulated import DAYS, STEPS, looks

LEADS_A_DAY = (10, 80, 800)


def main() -> None:
    """Judge histories without a silence, and print how many show one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000, help="of each size")
    number = parser.parse_args().histories
    print(f"{number} histories of {DAYS} days and {len(STEPS)} steps without any silence")
    print(f"stated: at most {FALSE_ALARMS:.1%} of looks show one, past or present")
    for a_day in LEADS_A_DAY:
        found = looks(number, a_day, seed=1)
        past = sum(each.past <= 1 for each in found)
        present = sum(each.present <= 1 for each in found)
        fell = sum(each.fell for each in found)
        refuted = sum(each.refutes for each in found)
        print(
            f"{a_day:>4} leads a day: past {past / number:.2%}, present {present / number:.2%}, "
            f"fall {fell / number:.2%}, present or fall {refuted / number:.2%}"
        )


if __name__ == "__main__":
    main()
