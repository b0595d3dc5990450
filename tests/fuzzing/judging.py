"""What must hold of every file, however damaged: a fleet or a LoadError, soon, and no secret."""

import resource
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import fleetkit as fk
from fleetkit.errors import LoadError, MissingExtraError
from fleetkit.progress import silent
from fleetkit.tables import LOADED
from tests.fuzzing.mutations import PLANTED

LONGEST = 20
MOST_MEMORY = 1 << 30
_UNFORESEEN = "in a way that nobody foresaw"


class Hang(BaseException):
    """A load took longer than anything real; nothing that is tested may catch this."""


def judge(source, name, content):
    """Loads a file of this content and checks what came of it; returns the fleet, if any."""
    before = _peak()
    with tempfile.TemporaryDirectory() as folder, _watched():
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            fleet = fk.load(source, path, progress=silent)
        except MissingExtraError:
            return None
        except LoadError as error:
            said = str(error)
        else:
            said = None
    if said is not None:
        assert said.strip(), "an error says nothing"
        assert PLANTED not in said, "a secret is in the error"
        assert _UNFORESEEN not in said, said.partition(_UNFORESEEN)[2]
        return None
    assert _peak() - before < MOST_MEMORY, "more memory than anything real"
    check(fleet)
    return fleet


def check(fleet):
    """What holds of every fleet: keys, honest coverage, no secret."""
    for table in LOADED:
        frame = fleet[table]
        if table.key and len(frame):
            assert not frame.duplicated(list(table.key)).any(), f"{table.name}: a key comes twice"
        if len(frame):
            assert PLANTED not in frame.to_csv(), f"{table.name}: holds a secret"
    for table in LOADED[:4]:
        assert fleet[table][table.key[0]].notna().all(), f"{table.name}: a row without a key"
    told = fleet.coverage
    met = told["error"].dropna()
    strange = met[met.str.contains(_UNFORESEEN, regex=False)].tolist()
    assert not strange, strange[0].partition(_UNFORESEEN)[2]
    whole = told["status"].isin(["ok", "empty"])
    assert told.loc[~whole, "error"].notna().all(), "coverage: not whole, and no reason"
    assert (told.loc[told["status"] == "empty", "rows"] == 0).all(), "coverage: empty, with rows"
    assert len(fleet.problems) or whole.all(), "a file was not read in full, and no problem says so"
    assert repr(fleet)


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


@contextmanager
def _watched():
    """Ends a load that does not end."""
    def over(*_):
        raise Hang(f"a load took longer than {LONGEST} s")

    earlier = signal.signal(signal.SIGALRM, over)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)
