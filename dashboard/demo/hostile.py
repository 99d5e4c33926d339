"""Text that visitors can send and that must not break any page."""

from dashboard.demo.dice import Dice
from dashboard.demo.people import Visit

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"

HOSTILE_NAMES = (
    SCRIPT,
    FORMULA,
    "+1+1",
    "@SUM(1+1)*cmd",
    "مخبز الوردة",
    "\u202eelpmaxe.exe\u202c Ltd.",
    "🍰🚀 Crème & Söhne 株式会社",
    "L" + "o" * 247 + "ng Ltd.",
    "'; drop table website_leads; --",
    '"Quoted", semi;colon\tand\nnew line',
    '<b onmouseover="alert(1)">Bold</b>',
    "100 % {0} %s :name",
)
CAMPAIGNS = (SCRIPT, FORMULA, "مرحبا", "🚀" * 50, "c" * 100)
HOSTILE_PATHS = (
    f"/{SCRIPT}",
    f"/{FORMULA}",
    "/%00%ff",
    "/🍰?q=<i>",
    "/" + "p" * 255,
    "/javascript:alert(1)",
)


def hostile(dice: Dice, visit: Visit) -> tuple[Visit, str]:
    """Put such a text into one field of a visit; returns the visit and the text's column."""
    place = dice.below(3)
    if place == 0:
        business = visit.business._replace(name=dice.pick(HOSTILE_NAMES))
        return visit._replace(business=business), "business_name"
    if place == 1:
        attribution = visit.attribution._replace(utm_campaign=dice.pick(CAMPAIGNS))
        return visit._replace(attribution=attribution), "utm_campaign"
    return visit._replace(path=dice.pick(HOSTILE_PATHS)), "website_url"
