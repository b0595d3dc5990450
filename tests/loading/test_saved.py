"""Saved payloads: what docker inspect printed, and captures; broken ones are named."""

import gzip
import json
from dataclasses import replace

import pytest

from fleetkit import loading, plugins
from fleetkit.errors import LoadError
from fleetkit.loading.captures import read_capture, write_capture
from fleetkit.loading.harvest import Harvest, Part, as_line, now
from fleetkit.loading.saved import read_files
from fleetkit.plugins import Problem, Record, Target

CONTAINER = {
    "Id": "c" * 64, "Name": "/web", "Image": "sha256:" + "1" * 64, "State": {"Status": "running"},
    "Config": {"Image": "shop/web:1", "Env": ["DB_PASSWORD=hunter2"], "Cmd": ["run", "hunter2"]},
    "HostConfig": {}, "Args": ["--token", "hunter2"], "Path": "run",
}
IMAGE = {"Id": "sha256:" + "1" * 64, "RepoTags": ["shop/web:1"],
         "RootFS": {"Layers": ["sha256:" + "a" * 64]}}


def written(path, document):
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_containers_and_images_may_be_mixed_as_inspect_prints_them(tmp_path):
    fleet = loading.load("docker", written(tmp_path / "inspect.json", [CONTAINER, IMAGE]))
    assert (len(fleet.workloads), len(fleet.images), len(fleet.layers)) == (1, 1, 1)


def test_a_single_object_is_read_like_a_list(tmp_path):
    fleet = loading.load("docker", written(tmp_path / "inspect.json", CONTAINER))
    assert fleet.workloads["name"].tolist() == ["web"]


def test_one_object_per_line_is_read_too(tmp_path):
    lines = "\n".join(json.dumps(item) for item in (CONTAINER, IMAGE))
    fleet = loading.load("docker", written(tmp_path / "inspect.jsonl", lines))
    assert (len(fleet.workloads), len(fleet.images)) == (1, 1)


def test_a_gzipped_file_is_read_too(tmp_path):
    path = tmp_path / "inspect.json.gz"
    path.write_bytes(gzip.compress(json.dumps([CONTAINER]).encode()))
    assert len(loading.load("docker", path).workloads) == 1


def test_the_same_container_has_the_same_id_from_file_and_engine(tmp_path):
    fleet = loading.load("docker", written(tmp_path / "inspect.json", CONTAINER))
    assert fleet.workloads["workload_id"].tolist() == [f"docker||container|{'c' * 64}"]


def test_values_of_variables_do_not_pass_the_door(tmp_path):
    fleet = loading.load("docker", written(tmp_path / "inspect.json", CONTAINER))
    assert list(fleet.workloads["env_names"].iloc[0]) == ["DB_PASSWORD"]
    assert not any("hunter2" in frame.to_csv() for _, frame in fleet)


@pytest.mark.parametrize(("text", "said"), [
    ('[{"Id": "c', "expected JSON, found something else at line 1"),
    ("not json", "expected JSON, found something else at line 1"),
    ('[{"Names": ["/web"], "Image": "x"}]', "expected what `docker inspect` prints"),
    ('"text"', "expected what `docker inspect` prints.*found 'str'"),
    ("[" * 100_000, "expected JSON"),
])
def test_a_file_that_is_no_inspect_output_is_an_error_that_says_so(tmp_path, text, said):
    with pytest.raises(LoadError, match=said):
        loading.load("docker", written(tmp_path / "inspect.json", text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LoadError, match=r"inspect\.json: there is no such file or folder"):
        loading.load("docker", tmp_path / "inspect.json")


def test_a_truncated_gzip_is_named(tmp_path):
    path = tmp_path / "inspect.json.gz"
    path.write_bytes(gzip.compress(json.dumps([CONTAINER]).encode())[:-9])
    with pytest.raises(LoadError, match="cannot be read"):
        loading.load("docker", path)


def test_a_strange_entry_is_a_problem_and_the_rest_is_loaded(tmp_path):
    fleet = loading.load("docker", written(tmp_path / "i.json", [CONTAINER, {"Id": 1}, 7]))
    assert len(fleet.workloads) == 1
    assert fleet.problems["code"].tolist() == ["unknown_record", "unknown_record"]


@pytest.mark.parametrize("broken", [
    {"State": {"Status": 7}, "Config": [], "HostConfig": "none"},
    {"NetworkSettings": {"Networks": {"a": 1}, "Ports": {"x": [{"HostPort": "many"}]}}},
    {"Mounts": [None, "x", {"Type": 5}]},
    {"RestartCount": "often"},
    {"Created": "yesterday"},
])
def test_fields_of_the_wrong_kind_cost_one_row_and_no_other(tmp_path, broken):
    whole = {**CONTAINER, "Id": "d" * 64}
    path = written(tmp_path / "i.json", [{**CONTAINER, **broken}, whole])
    fleet = loading.load("docker", path)
    assert whole["Id"] in fleet.workloads["native_id"].tolist()
    assert len(fleet.workloads) == 2 or "unreadable_record" in fleet.problems["code"].tolist()


@pytest.mark.parametrize("broken", [{**IMAGE, "Id": None}, {**CONTAINER, "Id": None}])
def test_a_record_without_an_id_is_a_problem_and_no_row(tmp_path, broken):
    fleet = loading.load("docker", written(tmp_path / "inspect.json", [broken, IMAGE]))
    assert fleet.images["image_id"].notna().all()
    assert fleet.workloads["workload_id"].notna().all()
    assert fleet.problems["code"].tolist() == ["unknown_record"]


class Broken:
    """A reader that meets what it does not expect, after a record."""

    def parse(self, document, where):
        yield Record("container", {**CONTAINER, "Config": {}})
        raise TypeError(f"hunter2 {document}")


def test_what_no_reader_foresaw_costs_what_comes_behind_it(tmp_path):
    loader = replace(plugins.find("loaders", "docker"), parse=Broken().parse)
    harvest, = read_files("docker", loader, written(tmp_path / "inspect.json", ["hunter2"]))
    part = harvest.parts["file"]
    assert (part.status, part.rows) == ("partial", 1)
    assert "nobody foresaw (TypeError in test_saved.py" in part.error
    assert "hunter2" not in f"{part.error}{part.problems}"


def test_mounts_of_another_form_cost_no_other_container(tmp_path):
    other = {**CONTAINER, "Id": "d" * 64, "Mounts": 3.5}
    fleet = loading.load("docker", written(tmp_path / "inspect.json", [other, CONTAINER]))
    assert len(fleet.workloads) == 2


@pytest.mark.parametrize("created", [10**400, 2**62, -(2**62)])
def test_a_time_beyond_all_costs_no_other_image(tmp_path, created):
    other = {**IMAGE, "Id": "sha256:" + "2" * 64, "Created": created}
    fleet = loading.load("docker", written(tmp_path / "inspect.json", [other, IMAGE]))
    assert fleet.images["image_id"].tolist() == [IMAGE["Id"]]


@pytest.mark.parametrize("source", [  # the columns of a table, which frame names, are no secret
    name for name in plugins.names("loaders") if name != "frame" and (
        plugins.find("loaders", name).parse or plugins.find("loaders", name).scan)])
@pytest.mark.parametrize("document", ["hunter2", [["hunter2"]], [{"db_password": "hunter2"}, "a"]])
def test_an_error_quotes_nothing_of_a_document(tmp_path, source, document):
    for name in ("odd.json", "odd.jsonl", "odd.yaml"):
        try:
            fleet = loading.load(source, written(tmp_path / name, document))
        except LoadError as error:
            said = str(error)
        else:
            said = "".join(frame.to_csv() for _, frame in fleet)
        assert "hunter2" not in said


@pytest.mark.parametrize("source", ["sbom", "frame"])
def test_an_empty_file_is_named(tmp_path, source):
    with pytest.raises(LoadError, match="empty.jsonl"):
        loading.load(source, written(tmp_path / "empty.jsonl", ""))


def test_a_bad_file_in_a_folder_is_a_problem_and_the_others_are_loaded(tmp_path):
    written(tmp_path / "good.json", CONTAINER)
    written(tmp_path / "bad.json", "{")
    fleet = loading.load("docker", tmp_path)
    assert fleet.coverage[["target", "status"]].to_numpy().tolist() == [
        ["bad.json", "failed"], ["good.json", "ok"]]
    assert fleet.problems["code"].tolist() == ["unreadable_file"]


def harvested():
    harvest = Harvest("docker", Target("engine", account="e1"), "live", now())
    lines = [("engine", as_line({"ID": "e1", "Name": "host"}))]
    gone = Problem("vanished", "gone", subject_id="x")
    harvest.parts = {
        "engine": Part("engine", lines, status="ok", seconds=0.1, calls=3, retries=1),
        "containers": Part("containers", problems=[gone], status="partial", error="broke"),
    }
    return harvest


def test_a_capture_reads_back_as_it_was(tmp_path):
    before = harvested()
    source, (after,) = read_capture(write_capture("docker", [before], tmp_path / "dump"))
    assert source == "docker"
    assert (after.parts, after.problems, after.target, after.observed_at) == (
        before.parts, before.problems, before.target, before.observed_at)


def test_a_capture_is_the_same_bytes_each_time(tmp_path):
    harvest = harvested()
    one = write_capture("docker", [harvest], tmp_path / "one")
    two = write_capture("docker", [harvest], tmp_path / "two")
    assert [path.read_bytes() for path in sorted(one.iterdir())] == [
        path.read_bytes() for path in sorted(two.iterdir())]


def test_a_capture_does_not_overwrite_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LoadError, match="is not empty and no capture"):
        write_capture("docker", [harvested()], tmp_path)


def test_a_damaged_manifest_is_named(tmp_path):
    folder = write_capture("docker", [harvested()], tmp_path / "dump")
    (folder / "capture.json").write_text('{"form": 2}')
    with pytest.raises(LoadError, match=r"capture\.json: is damaged"):
        loading.load("docker", folder)


def test_a_capture_of_another_source_says_which(tmp_path):
    folder = write_capture("docker", [harvested()], tmp_path / "dump")
    with pytest.raises(LoadError, match="was captured from 'docker'; load it with 'docker'"):
        loading.load("aws", folder)


def test_every_source_says_what_it_reads():
    listed = loading.sources().set_index("source")
    assert "docker inspect JSON" in listed.loc["docker", "files"]


def test_a_volume_that_no_table_takes_is_a_problem_and_not_lost(tmp_path):
    volume = {"Name": "data", "Driver": "local", "Mountpoint": "/var/lib/docker/volumes/data"}
    fleet = loading.load("docker", written(tmp_path / "i.json", [CONTAINER, volume]))
    assert fleet.problems["code"].tolist() == ["unknown_record"]


def test_declared_data_that_nobody_mounted_lies_in_the_writable_layer(tmp_path):
    bare = {**CONTAINER, "Mounts": [], "Config": {"Volumes": {"/data": {}}}}
    mount = loading.load("docker", written(tmp_path / "i.json", bare)).mounts.iloc[0]
    assert (mount["target_path"], mount["persistence"], bool(mount["declared_by_image"])) == (
        "/data", "writable_layer", True)


def test_declared_data_in_memory_is_no_writable_layer(tmp_path):
    bare = {**CONTAINER, "Config": {"Volumes": {"/data": {}}},
            "HostConfig": {"Tmpfs": {"/data": "rw"}}}
    mounts = loading.load("docker", written(tmp_path / "i.json", bare)).mounts
    assert mounts["kind"].tolist() == ["tmpfs"]


def test_files_of_one_name_in_two_folders_are_two_targets(tmp_path):
    for name in ("east", "west"):
        (tmp_path / name).mkdir()
        written(tmp_path / name / "inspect.json", {**CONTAINER, "Id": name[0] * 64})
    fleet = loading.load("docker", tmp_path)
    assert fleet.coverage["target"].tolist() == ["east/inspect.json", "west/inspect.json"]
    assert fleet.problems.empty


def test_a_capture_that_breaks_off_gives_the_records_before_it(tmp_path):
    lines = [("engine", as_line({"ID": f"e{number}", "Note": str(number) * 50}))
             for number in range(5_000)]
    harvest = Harvest("docker", Target("engine"), "live", now(),
                      {"engine": Part("engine", lines, status="ok")})
    folder = write_capture("docker", [harvest], tmp_path / "dump")
    (file,) = folder.glob("*.jsonl.gz")
    file.write_bytes(file.read_bytes()[:-2_000])
    fleet = loading.load("docker", folder)
    assert 0 < len(fleet.workloads) < 5_000
    assert fleet.coverage["status"].tolist() == ["partial"]
    assert fleet.problems["code"].tolist() == ["unreadable_file"]
