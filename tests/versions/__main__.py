"""Millions of pairs before the ecosystems' own tools: `python -m tests.versions 1000000 [SCHEME…]`.

Prints a line per scheme: the pairs, those that have keys and are ordered by the tool, those that
it orders without keys (on purpose for Maven's circles, branches, no version at all), and the pairs
on which the two disagree, of which there must be none.
"""

import sys

from packaging.version import InvalidVersion, Version

from tests.real.parts import find
from tests.versions.chains import sign
from tests.versions.judges import Composer, Rpm, RubyGems, maven_signs
from tests.versions.stems import mutants

CHUNK = 2_000


class _Maven:
    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass

    def signs(self, pairs):
        kept = [pair for pair in pairs if all(map(str.strip, pair))]
        answers = dict(zip(kept, maven_signs(find("maven-artifact")[0], kept), strict=True))
        return [answers.get(pair) for pair in pairs]


class _Packaging(_Maven):
    def signs(self, pairs):
        return [self._sign(*pair) for pair in pairs]

    @staticmethod
    def _sign(left, right):
        try:
            return (Version(left) > Version(right)) - (Version(left) < Version(right))
        except InvalidVersion:
            return None


JUDGES = {
    "rpm": Rpm, "pep440": _Packaging, "maven": _Maven, "rubygems": RubyGems, "composer": Composer,
}  # fmt: skip


def main(count: int, names: list[str]) -> bool:
    """Whether every tool agrees with the keys on all of the pairs."""
    verdicts = [_duel(name, count) for name in names or JUDGES]
    return all(verdicts)


def _duel(name: str, count: int) -> bool:
    both = keyless = 0
    wrong = []
    with JUDGES[name]() as judge:
        for seed in range(count // CHUNK):
            drawn = mutants(name, CHUNK, seed)
            for pair, given in zip(drawn, judge.signs(drawn), strict=True):
                ours = sign(name, *pair)
                both += given is not None and ours is not None
                keyless += given is not None and ours is None
                if ours is not None and given != ours:
                    wrong.append((*pair, given, ours))
    print(f"{name:9} {count:,} pairs: {both:,} ordered by both, {keyless:,} only by the tool,"
          f" {len(wrong):,} differ {wrong[:3]}")
    return not wrong


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]), sys.argv[2:]))
