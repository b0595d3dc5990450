"""What the words around a flaw say of it: lines as Debian's changelogs have them."""

import pytest

from fleetkit.installed.mentions import MAX_LINE, flaws_in
from fleetkit.redaction import MASK


def said(item, heading=""):
    return {flaw.removeprefix("CVE-"): says for flaw, says, _ in flaws_in(item, heading)}


@pytest.mark.parametrize("line", [
    "CVE-2026-0001 (Timing oracle in RSA decryption)",
    "Fix CVE-2026-0001.",
    "debian/patches/CVE-2026-0001.patch: check the length before reading",
    "net: remove the lock in the error path (CVE-2026-0001)",
    "crypto: algif - Revert to operating out-of-place (CVE-2026-0001)",
    "Revert the commit that let everyone in, to fix CVE-2026-0001",
    "Fixed a regression (CVE-2026-0001) that made it read too far",
    "mount: doesn't drop privileges properly when calling helpers CVE-2026-0001",
    "CVE-2026-0001: Incomplete cleanup in the store. Reported by nobody.",
    "patches/any/CVE-2026-0001.diff: New patch from upstream to remove a check",
    "55-remove-dead-code.patch 55-document-CVE-2026-0001-fix.patch: update",
    "Revert incorrect upstream patch for CVE-2026-0001 and use the correct one",
    "New release. Drop old patches. Fixes CVE-2026-0001",
])
def test_a_fix(line):
    assert said(line) == {"2026-0001": "fixed"}


@pytest.mark.parametrize("line", [
    "Drop CVE-2026-0001.patch, applied upstream.",
    "Remove patches CVE-2026-0001 and variables-affix.",
    "d/p/CVE-2026-0001.diff: drop, merged upstream.",
    "debian/patches/300_CVE-2026-0001: Removed, applied upstream.",
    "Not affected by CVE-2026-0001 because SSLv2 is disabled.",
    "Fix CVE-2026-0001 (not affected, SSLv2 disabled)",
    "While 1.8 is not vulnerable to CVE-2026-0001 (the code was removed)",
    "CVE-2026-0001 does not affect this version",
    "This update does not fix CVE-2026-0001",
    "CVE-2026-0001 is not yet fixed",
    "Amend the changelog entry of 1.2-1 with CVE-2026-0001",
])
def test_no_fix(line):
    assert said(line) == {"2026-0001": "aside"}


@pytest.mark.parametrize("line", [
    "Revert the fix for CVE-2026-0001, it breaks logins",
    "Revert d/p/CVE-2026-0001.patch",
    "The fix for CVE-2026-0001 was reverted, as it breaks logins",
])
def test_a_fix_taken_back(line):
    assert said(line) == {"2026-0001": "undone"}


@pytest.mark.parametrize("line", [
    "The fix for CVE-2026-0001 was incomplete", "Complete the fix for CVE-2026-0001",
    "Follow-up of the incomplete patch for CVE-2026-0001"])
def test_a_fix_made_whole(line):
    assert said(line) == {"2026-0001": "completed"}


def test_each_flaw_has_words_of_its_own():
    assert said("Fix CVE-2026-0002: incomplete fix for CVE-2026-0001 (closes: #1)") == {
        "2026-0002": "fixed", "2026-0001": "completed"}


@pytest.mark.parametrize(("text", "flaws"), [
    ("CVE-2026-0215, CVE-2026-0286", ["0215", "0286"]),
    ("CVE-2026-4304 / CVE-2026-4450", ["4304", "4450"]),
    ("CVE-2026-4304/4450/123456", ["4304", "4450", "123456"]),
    ("CVE-2026-{4304,4450}", ["4304", "4450"]),
    ("cve-2026-4304.patch", ["4304"]),
    ("CVE 2026-4304", ["4304"]),
    ("CVE-2026-430 CVE-2026-XXXX CVE-2026-12345678", []),
])
def test_the_ways_to_write_flaws(text, flaws):
    assert list(said(text)) == [f"2026-{flaw}" for flaw in flaws]


def test_a_short_form_may_have_a_year_of_its_own():
    assert list(said("CVE-2025-4304/2026-4450")) == ["2025-4304", "2026-4450"]


def test_a_long_item_is_cut_around_its_flaw():
    (found,) = flaws_in("x " * 2_000 + "CVE-2026-0001" + " y" * 2_000)
    assert len(found.line) <= MAX_LINE
    assert "CVE-2026-0001" in found.line


@pytest.mark.parametrize("before", ["", "x " * 150, "x " * 2_000])
def test_credentials_are_masked_wherever_the_line_is_cut(before):
    secret = "hunter2hunter2"
    (found,) = flaws_in(f"{before}CVE-2026-0001: api_key={secret} " + "y " * 200)
    assert secret not in found.line
    assert MASK in found.line
