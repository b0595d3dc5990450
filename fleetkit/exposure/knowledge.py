"""What all snapshots together know of flaws: since when there is a fix, and which builds have it.

A build that an earlier snapshot called vulnerable to a flaw and that a later one does not is no
fix: the judgement changed (a record was withdrawn, a vendor said "not affected", a feed was left
out), not the machine. Nothing here lets a later snapshot change what an earlier one closed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fleetkit.exposure.looks import Look
from fleetkit.exposure.vocabulary import ABSENT, distinct, without

UNKNOWN_TIME = np.iinfo(np.int64).min


@dataclass
class Claims:
    """What is known of each claim; times are microseconds, `UNKNOWN_TIME` where there is none.

    Attributes:
        published: when its record was published, as its first look says.
        severity: number of a text, as its first look says.
        fixed_at: since when there is a fix, at the latest.
        fixed_in: the look that says so; the number of looks where none does.
    """

    published: np.ndarray
    severity: np.ndarray
    fixed_at: np.ndarray
    fixed_in: np.ndarray


def know_claims(looks: list[Look], count: int) -> Claims:
    """What is known of each of the claims.

    A record that came with its fix was published with it; where an earlier look knew the flaw
    without a fix, the fix came between the two, and the later one counts.
    """
    published = np.full(count, UNKNOWN_TIME)
    severity = np.full(count, ABSENT)
    fixed_at, fixed_in = np.full(count, UNKNOWN_TIME), np.full(count, len(looks))
    met = np.zeros(count, dtype=bool)
    for number, look in enumerate(looks):
        claim = look.claims["claim"].to_numpy()
        when = _microseconds(look.claims["published"])
        fresh = ~met[claim]
        published[claim[fresh]] = when[fresh]
        severity[claim[fresh]] = look.claims["severity"].to_numpy()[fresh]
        fixed = look.claims["has_fix"].to_numpy(dtype=bool) & (fixed_in[claim] == len(looks))
        now = microseconds(look.moment)
        known = np.where(fresh & (when != UNKNOWN_TIME), np.minimum(when, now), now)
        fixed_at[claim[fixed]], fixed_in[claim[fixed]] = known[fixed], number
        met[claim] = True
    return Claims(published, severity, fixed_at, fixed_in)


@dataclass
class Kept:
    """Pairs of subject and flaw, sorted by subject.

    Attributes:
        doubted: neither vulnerable nor clean: versions that cannot be compared, and builds that
            an earlier look called vulnerable.
        excused: of these, the latter.
        foreknown: clean by this look, with a build that the next one calls vulnerable.
    """

    doubted: pd.DataFrame
    excused: pd.DataFrame
    foreknown: pd.DataFrame


def keep(looks: list[Look], flaws: int) -> list[Kept]:
    """Per look, what its own findings do not say of its subjects."""
    bad = [_pairs(look.flagged["build"], look.flagged["flaw"], flaws) for look in looks]
    ever = np.zeros(0, dtype=np.int64)
    kept = []
    for number, look in enumerate(looks):
        flagged = _pairs(look.flagged["subject"], look.flagged["flaw"], flaws)
        excused = without(_holders(look.held, ever, flaws), flagged)
        vague = _pairs(look.doubted["subject"], look.doubted["flaw"], flaws)
        doubted = without(distinct(np.append(vague, excused)), flagged)
        after = bad[number + 1] if number + 1 < len(looks) else ever[:0]
        soon = _holders(look.held, without(after, bad[number]), flaws)
        foreknown = without(without(soon, flagged), doubted)
        kept.append(Kept(*(_unpaired(pairs, flaws) for pairs in (doubted, excused, foreknown))))
        ever = distinct(np.append(ever, bad[number]))
    return kept


def microseconds(moment: pd.Timestamp) -> int:
    """Microseconds since 1970, UTC."""
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])


def _microseconds(times: pd.Series) -> np.ndarray:
    plain = pd.DatetimeIndex(times).as_unit("us").asi8
    return np.where(plain == pd.NaT.value, UNKNOWN_TIME, plain)


def _holders(held: pd.DataFrame, bad: np.ndarray, flaws: int) -> np.ndarray:
    """Subjects and the flaws of the bad builds that they have, as numbers of pairs, distinct."""
    if not len(bad):
        return bad
    builds = pd.DataFrame({"build": bad // flaws, "flaw": bad % flaws})
    some = held[held["build"].isin(builds["build"])]
    joined = some.merge(builds, on="build")
    return _pairs(joined["subject"], joined["flaw"], flaws)


def _pairs(left: pd.Series, flaw: pd.Series, flaws: int) -> np.ndarray:
    return distinct(left.to_numpy(dtype=np.int64) * max(flaws, 1) + flaw.to_numpy(dtype=np.int64))


def _unpaired(pairs: np.ndarray, flaws: int) -> pd.DataFrame:
    return pd.DataFrame({"subject": pairs // max(flaws, 1), "flaw": pairs % max(flaws, 1)})
