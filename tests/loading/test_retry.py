"""retry reads what failed, and only that, and the fleet is as if nothing had failed."""

import json
from collections import Counter

import pytest

from fleetkit import loading, plugins
from fleetkit.errors import LoadError, ReadError, UnknownNameError
from fleetkit.history import restore, save
from fleetkit.plugins import Call, Loader, Problem, Record, Target
from fleetkit.progress import silent
from fleetkit.tables import MOUNTS, WORKLOADS


class Estate:
    """Machines and disks in regions; what is `shut` is refused, and every question is counted."""

    def __init__(self, *shut):
        self.shut = set(shut)
        self.asked = Counter()

    def loader(self):
        return Loader(
            doc="an estate for this test", tries=1,
            resources={"machines": (), "disks": ("machines",), "notes": ()},
            targets=lambda *where: [Target(name) for name in where],
            split=self.split, connect=lambda target, seconds: target, read=self.read,
            rows={WORKLOADS: workloads, MOUNTS: mounts},
        )

    def split(self, target, seconds):
        if target.name in self.shut:
            raise ReadError(f"{target.name}: nothing answers", retryable=True)
        yield from (Target(target.name, "acc", region) for region in ("north", "south"))

    def read(self, target, resource):
        self.asked[target.region, resource] += 1
        if (target.region, resource) in self.shut:
            raise ReadError("not now", code="throttled", retryable=True)
        yield Call()
        yield Record(resource, {"id": f"{target.name}-{target.region}"})


def workloads(record):
    if record.kind == "machines":
        yield {"workload_id": record.content["id"], "cpu_cores": 2}
    if record.kind == "notes":
        yield {"workload_id": f"note-{record.content['id']}"}


def mounts(record):
    if record.kind == "disks":
        yield {"workload_id": record.content["id"], "volume_id": "v"}


@pytest.fixture
def estate(monkeypatch):
    """Puts an estate where its loader is found."""
    def built(*shut):
        found = Estate(*shut)
        monkeypatch.setattr(plugins, "find", lambda folder, name: found.loader())
        return found
    return built


def same(one, two):
    return all(
        one[name].drop(columns=["observed_at", "seconds"], errors="ignore").equals(
            two[name].drop(columns=["observed_at", "seconds"], errors="ignore"))
        for name in ("workloads", "mounts", "coverage", "problems"))


@pytest.mark.parametrize("shut", [
    [("north", "machines")], [("north", "disks")], [("south", "notes"), ("south", "machines")],
    ["a"],
])
def test_a_fleet_that_was_mended_equals_one_that_never_failed(estate, shut):
    world = estate(*shut)
    broken = loading.load("estate", "a", "b", progress=silent)
    world.shut.clear()
    whole = loading.load("estate", "a", "b", progress=silent)
    assert len(broken.unseen) > 0
    assert same(loading.retry(broken, progress=silent), whole)


def test_only_what_failed_and_its_kin_are_asked_again(estate):
    world = estate(("north", "disks"))
    broken = loading.load("estate", "a", progress=silent)
    world.shut.clear()
    world.asked.clear()
    loading.retry(broken, progress=silent)
    assert world.asked == {("north", "machines"): 1, ("north", "disks"): 1}


def test_what_still_fails_stays_a_row_of_coverage(estate):
    estate(("north", "disks"))
    broken = loading.load("estate", "a", progress=silent)
    again = loading.retry(broken, progress=silent)
    assert same(broken, again)


def test_a_whole_fleet_is_not_read_again(estate):
    world = estate()
    fleet = loading.load("estate", "a", progress=silent)
    world.asked.clear()
    loading.retry(fleet, progress=silent)
    assert not world.asked


def test_a_saved_fleet_can_be_mended_too(estate, tmp_path):
    world = estate(("south", "notes"))
    save(loading.load("estate", "a", progress=silent), tmp_path / "fleet")
    world.shut.clear()
    assert len(loading.retry(restore(tmp_path / "fleet"), progress=silent).unseen) == 0


def test_what_failed_in_files_cannot_be_asked_again(tmp_path):
    container = {"Id": "c" * 64, "Image": "i", "Config": {}, "State": {}}
    (tmp_path / "good.json").write_text(json.dumps([container]))
    (tmp_path / "bad.json").write_text("{")
    fleet = loading.load("docker", tmp_path)
    with pytest.raises(LoadError, match="read from files"):
        loading.retry(fleet)


def test_a_young_answer_is_taken_from_the_cache_and_says_so(estate, tmp_path, monkeypatch):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path))
    world = estate()
    first = loading.load("estate", "a", max_age=600, progress=silent)
    world.asked.clear()
    second = loading.load("estate", "a", max_age=600, progress=silent)
    assert not world.asked
    assert second.coverage["cached"].all()
    assert second.workloads.equals(first.workloads)


@pytest.mark.parametrize("asked", [{"max_age": 0}, {"max_age": 600, "refresh": True}, {}])
def test_an_old_answer_or_one_not_wanted_is_read_anew(estate, tmp_path, monkeypatch, asked):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path))
    world = estate()
    loading.load("estate", "a", max_age=600, progress=silent)
    world.asked.clear()
    fleet = loading.load("estate", "a", progress=silent, **asked)
    assert sum(world.asked.values()) == 6
    assert not fleet.coverage["cached"].any()


def test_what_was_not_whole_is_not_kept(estate, tmp_path, monkeypatch):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path))
    world = estate(("north", "disks"))
    loading.load("estate", "a", max_age=600, progress=silent)
    world.shut.clear()
    world.asked.clear()
    fleet = loading.load("estate", "a", max_age=600, progress=silent)
    assert (len(fleet.unseen), {region for region, _ in world.asked}) == (0, {"north"})


def test_nothing_is_kept_that_nobody_asked_to_keep(estate, tmp_path, monkeypatch):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path))
    estate()
    loading.load("estate", "a", progress=silent)
    assert not list(tmp_path.rglob("*"))


def test_problems_of_a_target_that_can_be_divided_do_not_hide_its_regions(estate):
    world = estate()
    inner = world.split

    def split(target, seconds):
        yield Problem("access_denied", "the list of regions is not complete")
        yield from inner(target, seconds)

    world.split = split
    fleet = loading.load("estate", "a", progress=silent)
    assert len(fleet.workloads) == 4
    assert fleet.problems["code"].tolist() == ["access_denied"]


def test_calls_are_counted(estate):
    estate()
    assert loading.load("estate", "a", progress=silent).coverage["calls"].tolist() == [1] * 6


def test_a_target_that_vanished_meanwhile_does_not_spoil_what_was_read(estate):
    world = estate(("north", "notes"))
    broken = loading.load("estate", "a", progress=silent)
    world.shut.add("a")
    again = loading.retry(broken, progress=silent)
    assert again.workloads.equals(broken.workloads)
    assert again.coverage["status"].eq("ok").sum() == broken.coverage["status"].eq("ok").sum()


def test_only_what_was_asked_for_is_read_with_what_it_needs(estate):
    world = estate()
    fleet = loading.load("estate", "a", only="disks", progress=silent)
    assert {resource for _, resource in world.asked} == {"machines", "disks"}
    assert sorted(fleet.coverage["resource"].unique()) == ["disks", "machines"]


def test_a_resource_that_is_none_is_named(estate):
    estate()
    with pytest.raises(UnknownNameError, match="no resource of estate named 'disk'; there are d"):
        loading.load("estate", "a", only=["disk"], progress=silent)


def test_what_was_left_out_is_not_read_by_retry(estate):
    world = estate("a")
    broken = loading.load("estate", "a", "b", only=["notes"], progress=silent)
    world.shut.clear()
    mended = loading.retry(broken, progress=silent)
    assert mended.coverage["resource"].unique().tolist() == ["notes"]
    assert len(mended.workloads) == 4


def test_nothing_is_shown_where_nothing_is_wanted(estate, capsys):
    estate(("north", "disks"))
    loading.load("estate", "a", progress=False)
    assert capsys.readouterr() == ("", "")


def test_credentials_in_a_place_are_not_written_down(estate):
    estate()
    fleet = loading.load("estate", "https://anna:hunter2@estate.example", progress=False)
    assert "hunter2" not in fleet.coverage["request"].iloc[0]
