"""Every reader of files, on damaged payloads: no crash, no hang, no secret (Hypothesis)."""

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.fuzzing.judging import judge
from tests.fuzzing.mutations import mutate
from tests.fuzzing.seeds import seeds, sources

EXAMPLES = 20
# Chance shrinks slowly, and says little more when it is small.
PHASES = (Phase.reuse, Phase.generate)


@pytest.mark.parametrize("source", sources())
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=PHASES,
          suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_a_damaged_file_gives_a_fleet_or_an_error_in_words(source, chance):
    seed = chance.choice(seeds(source))
    content = mutate(seed.name, seed.content, chance)
    note(f"{seed.name}: {content[:4_000]!r}")
    judge(source, seed.name, content)


@pytest.mark.parametrize("source", sources())
def test_some_seeds_are_read_at_all(source):
    real = [seed for seed in seeds(source) if not seed.name.startswith("none")]
    if not real:
        pytest.skip(f"there is no payload of {source} beside the checkout")
    fleets = [judge(source, seed.name, seed.content) for seed in real]
    assert any(fleet is not None and len(fleet.coverage) for fleet in fleets)
