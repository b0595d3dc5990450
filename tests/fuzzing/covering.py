"""The guided search: inputs that reach new code are kept and damaged further (Atheris, libFuzzer).

Runs in a process of its own, which `python -m tests.fuzzing` starts: libFuzzer ends by leaving it.
"""

import hashlib
import json
import random
import sys
import traceback
import warnings
from pathlib import Path

import atheris

_PACKAGE = f"{Path(__file__).parents[2]}/fleetkit/"


def run(source, folder, arguments):
    """Searches until libFuzzer ends; writes what it finds to the folder.

    Args:
        source: name of the loader.
        folder: where findings go, and the input that is being read.
        arguments: of libFuzzer.
    """
    with atheris.instrument_imports(include=[f"fleetkit.loaders.{source}", "fleetkit.spreadsheets",
                                             "fleetkit.source", "fleetkit.installed"]):
        from fleetkit import plugins
        plugins.find("loaders", source)
    from tests.fuzzing.judging import Hang, judge
    from tests.fuzzing.mutations import harmless, mutate
    from tests.fuzzing.seeds import seeds

    warnings.simplefilter("error")
    warnings.simplefilter("ignore", ResourceWarning)
    names = sorted({seed.name for seed in seeds(source)})
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds(source)):
        place = names.index(seed.name)
        (corpus / f"{number:03}").write_bytes(place.to_bytes(2, "big") + seed.content)
    met = set()

    def split(data):
        return names[int.from_bytes(data[:2], "big") % len(names)], data[2:]

    def test(data):
        name, content = split(data)
        (folder / "current").write_bytes(data)
        try:
            judge(source, name, content)
        except (Exception, Hang) as error:  # noqa: BLE001 - whatever it is, it is what we look for
            _keep(folder, met, name, content, error)

    def change(data, largest, seed):
        chance = random.Random(seed)
        if chance.random() < 0.1:
            return harmless(atheris.Mutate(data, largest))[:largest]
        name, content = split(data)
        return (data[:2].ljust(2, b"\0") + mutate(name, content, chance))[:largest]

    atheris.Setup([sys.argv[0], *arguments, "-max_len=400000", "-rss_limit_mb=4096",
                   "-close_fd_mask=1", str(corpus)], test, custom_mutator=change)
    atheris.Fuzz()


def _keep(folder, met, name, content, error):
    """Writes a finding down, once for each place that it is met in."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename.startswith(_PACKAGE)]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = str(error)[:300]
    key = (type(error).__name__, said[:60] if isinstance(error, AssertionError) else place)
    if key in met:
        return
    met.add(key)
    digest = hashlib.sha256(content).hexdigest()[:12]
    (folder / f"{digest}-{name}").write_bytes(content)
    (folder / f"{digest}.finding").write_text(json.dumps({
        "error": type(error).__name__, "said": said, "place": place, "input": f"{digest}-{name}"}))


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
