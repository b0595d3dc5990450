"""A saved fleet comes back equal, whole, or not at all."""

import json

import pandas as pd
import pytest

from fleetkit.errors import SnapshotError
from fleetkit.fleet import Fleet
from fleetkit.history import restore, save


@pytest.fixture
def fleet():
    return Fleet(
        workloads=pd.DataFrame({"workload_id": ["a", "b"], "private_ips": [["10.0.0.1"], None],
                                "created_at": ["2024-01-01", None], "mine": [1.5, 2.5]}),
        labels=pd.DataFrame({"workload_id": ["a"], "label": ["pet"]}),
    )


def test_every_table_comes_back_equal(fleet, tmp_path):
    again = restore(save(fleet, tmp_path / "saved"))
    assert [name for name, _ in again] == [name for name, _ in fleet]
    for name, frame in fleet:
        pd.testing.assert_frame_equal(frame, again[name], check_dtype=name != "workloads")


def test_the_manifest_counts_rows(fleet, tmp_path):
    manifest = json.loads((save(fleet, tmp_path / "saved") / "fleet.json").read_text())
    assert manifest["tables"]["workloads"]["rows"] == 2


def test_saving_again_replaces_the_saved_fleet(fleet, tmp_path):
    save(fleet, tmp_path / "saved")
    save(Fleet(), tmp_path / "saved")
    assert len(restore(tmp_path / "saved").workloads) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


def test_a_folder_of_something_else_is_not_touched(fleet, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SnapshotError, match="no saved fleet; name a new folder"):
        save(fleet, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_save_that_fails_leaves_the_old_fleet(fleet, tmp_path, monkeypatch):
    save(fleet, tmp_path / "saved")
    broken = Fleet(workloads=pd.DataFrame({"workload_id": ["x"], "mine": [object()]}))
    with pytest.raises(Exception, match="object"):
        save(broken, tmp_path / "saved")
    assert restore(tmp_path / "saved").workloads["workload_id"].tolist() == ["a", "b"]
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


def test_a_damaged_table_is_named(fleet, tmp_path):
    place = save(fleet, tmp_path / "saved")
    (place / "workloads.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(SnapshotError, match=r"workloads\.parquet: was changed or damaged"):
        restore(place)


def test_a_missing_table_is_named(fleet, tmp_path):
    place = save(fleet, tmp_path / "saved")
    (place / "labels.parquet").unlink()
    with pytest.raises(SnapshotError, match=r"labels\.parquet: cannot be read"):
        restore(place)


def test_a_fleet_of_a_newer_fleetkit_says_to_upgrade(fleet, tmp_path):
    place = save(fleet, tmp_path / "saved")
    manifest = json.loads((place / "fleet.json").read_text())
    (place / "fleet.json").write_text(json.dumps({**manifest, "form": 99}))
    with pytest.raises(SnapshotError, match="upgrade fleetkit"):
        restore(place)


def test_a_folder_without_a_manifest_is_no_fleet(tmp_path):
    with pytest.raises(SnapshotError, match="holds no saved fleet"):
        restore(tmp_path)
