"""python -m tests.fuzzing LOADER…: searches for files that break a reader, guided by coverage."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.fuzzing.seeds import sources

ROOT = Path(__file__).parents[2]
_GRACE = 90
_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_REACHED = re.compile(r"cov: (\d+) ft: (\d+)")


class Search(NamedTuple):
    """What came of a search.

    Attributes:
        runs: files that were read; 0 where the search broke off.
        reached: edges of the code that they reached.
        findings: what broke: error, said, place and input.
        ended: whether it ended as it should; else the last lines that it said.
    """

    runs: int
    reached: int
    findings: list
    ended: str | None


def search(source, seconds, folder):
    """Searches for so many seconds; findings are left in the folder."""
    command = [sys.executable, "-m", "tests.fuzzing.covering", source, str(folder),
               f"-max_total_time={seconds}"]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace",
                             timeout=seconds + _GRACE)
        said, ended = ran.stderr, ran.returncode == 0
    except subprocess.TimeoutExpired as error:
        said, ended = f"{(error.stderr or b'').decode(errors='replace')}\ndid not end", False
    done, reached = _DONE.search(said), _REACHED.findall(said)
    findings = [json.loads(file.read_text()) for file in sorted(folder.glob("*.finding"))]
    return Search(int(done[1]) if done else 0, int(reached[-1][0]) if reached else 0, findings,
                  None if ended and done else said[-2_000:])


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("loaders", nargs="*", default=[], metavar="LOADER")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--to", type=Path, help="folder for the inputs that break a reader")
    asked = parser.parse_args()
    if find_spec("atheris") is None:
        sys.exit("atheris is not installed: pip install 'fleetkit[test]', on Python 3.11 or 3.12")
    folder = asked.to or Path(tempfile.mkdtemp(prefix="fuzzing-"))
    broken = 0
    for source in asked.loaders or sources():
        (folder / source).mkdir(parents=True)
        found = search(source, asked.seconds, folder / source)
        print(f"{source}: {found.runs:,} files, {found.reached:,} edges,"
              f" {len(found.findings)} findings", flush=True)
        for finding in found.findings:
            print(f"  {finding['error']} at {finding['place']}: {finding['said']}\n"
                  f"    {folder / source / finding['input']}")
        if found.ended:
            print(f"  broke off; the input is {folder / source / 'current'}\n{found.ended}")
        broken += bool(found.findings or found.ended)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
