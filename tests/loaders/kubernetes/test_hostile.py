"""What is broken, foreign or meant ill costs itself, and is told."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.kubernetes.payloads import (
    SECRET,
    as_list,
    container,
    node,
    owned_by,
    pod,
    running,
    workload,
    write,
)

NAMES = ("<script>alert(1)</script>", "'; DROP TABLE box; --", "a/b|c", "ü\u202e\u0000x",
         "n" * 5000,
         "", " ")


def codes(fleet):
    return fleet.problems["code"].tolist()


def test_owners_in_a_ring_end_and_are_told(loaded):
    first = workload("ReplicaSet", "a", "r-1")
    second = workload("ReplicaSet", "b", "r-2", owner=owned_by(first))
    first["metadata"]["ownerReferences"] = [owned_by(second)]
    fleet = loaded(first, second, pod(owner=owned_by(first)), pod("free", "u-2"))
    assert fleet.workloads["controller_kind"].tolist() == ["unknown", "none"]
    assert codes(fleet) == ["owners_in_a_ring"]
    assert fleet.problems["subject_id"].tolist() == ["shop/a"]


def test_a_pod_that_owns_itself_is_read(loaded):
    made = pod()
    made["metadata"]["ownerReferences"] = [owned_by(made)]
    assert loaded(made).workloads["controller_kind"].tolist() == ["unknown"]


def test_an_unknown_version_is_a_problem_and_the_rest_is_loaded(loaded):
    fleet = loaded({**pod("new", "u-2"), "apiVersion": "v9"}, pod())
    assert fleet.workloads["name"].tolist() == ["web-1/app"]
    assert codes(fleet) == ["unknown_version"]
    assert fleet.problems["subject_id"].tolist() == ["Pod/shop/new"]


def test_another_groups_kind_of_the_same_name_is_not_taken_for_ours(loaded):
    fleet = loaded({"apiVersion": "serving.knative.dev/v1", "kind": "Service",
                    "metadata": {"name": "web", "uid": "k-1"}, "spec": {"ports": "none"}}, pod())
    assert len(fleet.services) == 0
    assert fleet.problems["detail"].tolist() == ["1 Service (serving.knative.dev/v1)"]


def test_half_a_list_is_an_error_that_names_the_place(tmp_path):
    path = write(tmp_path / "pods.json", as_list(pod()))
    path.write_text(path.read_text()[:700])
    with pytest.raises(LoadError, match=r"pods.json: expected JSON.*line \d+.*complete"):
        load("kubernetes", path, progress=False)


def test_half_a_list_in_a_folder_costs_itself(tmp_path):
    write(tmp_path / "good.json", as_list(pod()))
    path = write(tmp_path / "half.json", as_list(pod("b", "u-2")))
    path.write_text(path.read_text()[:700])
    fleet = load("kubernetes", tmp_path, progress=False)
    assert len(fleet.workloads) == 1
    assert sorted(fleet.coverage["status"]) == ["failed", "ok"]


def test_lines_before_a_broken_one_are_read(tmp_path):
    path = tmp_path / "pods.jsonl"
    path.write_text(json.dumps(pod()) + '\n{"kind": "Po')
    fleet = load("kubernetes", path, progress=False)
    assert len(fleet.workloads) == 1
    assert fleet.coverage["status"].tolist() == ["partial"]


def test_aliases_without_end_are_an_error(tmp_path):
    path = tmp_path / "bomb.yaml"
    lines = ["kind: List", "a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]"
              for n in range(9)]
    path.write_text("\n".join(lines))
    with pytest.raises(LoadError, match="bomb.yaml"):
        load("kubernetes", path, progress=False)


def test_an_alias_to_itself_is_an_error(tmp_path):
    path = tmp_path / "ring.yaml"
    path.write_text(
        "kind: Pod\nmetadata: &m {name: a, uid: u, labels: {x: y}}\nspec: &s\n  it: *s\n")
    fleet_or_error = pytest.raises(LoadError, match="ring.yaml")
    with fleet_or_error:
        load("kubernetes", path, progress=False)


def test_documents_before_a_broken_one_are_read(tmp_path):
    path = tmp_path / "chart.yaml"
    path.write_text(json.dumps(pod()) + "\n---\nkind: {{ .Values.kind }}: [\n")
    fleet = load("kubernetes", path, progress=False)
    assert (len(fleet.workloads), codes(fleet)) == (1, ["unreadable_file"])


@pytest.mark.parametrize("text", ["[]", "{}", "3", '"Pod"', "[1, 2]", '{"services": {"web": {}}}',
                                  '{"kind": 7}', "null"])
def test_what_is_nothing_of_kubernetes_is_an_error_or_nothing(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    if text == "[]":
        assert load("kubernetes", path, progress=False).coverage["status"].tolist() == ["empty"]
        return
    with pytest.raises(LoadError, match=r"other.json: expected objects of Kubernetes.*kubectl get"):
        load("kubernetes", path, progress=False)


@pytest.mark.parametrize("broken", [
    {"spec": "none"}, {"spec": {"containers": "none"}}, {"metadata": {"uid": "u", "labels": [1]}},
    {"spec": {"containers": [{"name": "a", "ports": [{"containerPort": "many"}]}]}},
    {"status": {"containerStatuses": [{"restartCount": 1 << 70}]}},
    {"spec": {"containers": [["a"]]}}, {"metadata": {"uid": "u", "labels": {"a": {"b": "c"}}}},
])
def test_a_record_of_the_wrong_form_costs_itself(loaded, broken):
    fleet = loaded(pod("a", "u-1"), {**pod("b", "u-2"), **broken}, pod("c", "u-3"))
    assert fleet.workloads["name"].tolist() == ["a/app", "c/app"]
    assert codes(fleet) == ["unreadable_record"]
    assert fleet.coverage["rows"].tolist() == [2]


@pytest.mark.parametrize("entry", [None, 3, "Pod", [], {"kind": ["Pod"]}])
def test_an_entry_that_is_no_object_is_a_problem(loaded, entry):
    fleet = loaded(pod(), entry)
    assert len(fleet.workloads) == 1
    assert len(fleet.problems) == 1


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_kept_as_they_are(loaded, one_by_one, name):
    entry = pod(containers=[container(name)], status={"containerStatuses": [running(name)]},
                labels={name or "k": name})
    for fleet in (loaded(entry), one_by_one(entry)):
        assert fleet.workloads["native_id"].str.startswith(f"u-1/{name[:100]}").all()
        assert len(fleet.workloads) == 1


def test_more_labels_than_anything_real_are_a_problem_of_their_pod(one_by_one):
    many = pod("many", "u-2", labels={f"k{number}": "v" for number in range(2000)})
    fleet = one_by_one(pod(), many)
    assert fleet.workloads["name"].tolist() == ["web-1/app"]
    assert codes(fleet) == ["unreadable_record"]


def test_labels_that_differ_from_pod_to_pod_are_read_all_the_same(loaded):
    pods = [pod(f"p{number}", f"u-{number}", labels={f"k{number}-{n}": "v" for n in range(10)})
            for number in range(100)]
    fleet = loaded(*pods)
    assert len(fleet.workloads) == 100
    assert all(len(json.loads(tags)) == 10 for tags in fleet.workloads["tags"])


def test_items_of_a_volume_are_no_list_of_objects(tmp_path):
    path = tmp_path / "pod.json"
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Pod", "items": [{"kind": "Pod", "metadata": {"uid": "x"}}],
        **{name: part for name, part in pod().items() if name not in ("apiVersion", "kind")}}))
    fleet = load("kubernetes", path, progress=False)
    assert fleet.workloads["native_id"].tolist() == ["u-1/app"]


def test_nesting_without_end_is_a_problem_or_error(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text('{"kind": "Pod", "spec": ' + "[" * 5000 + "]" * 5000 + "}")
    with pytest.raises(LoadError, match="deep.json"):
        load("kubernetes", path, progress=False)


def test_secrets_in_what_is_broken_are_not_shown(loaded):
    fleet = loaded(pod(), {**pod("b", "u-2"), "spec": {"containers": {"token": SECRET}}},
                   {"kind": "Odd", "data": SECRET}, {"password": SECRET})
    assert SECRET not in fleet.problems.to_csv()


def test_a_mount_that_comes_twice_is_one(loaded):
    mount = {"name": "v", "mountPath": "/v"}
    fleet = loaded(node(), pod(containers=[container(volumeMounts=[mount, mount])],
                               spec={"volumes": [{"name": "v", "emptyDir": {}},
                                                 {"name": "v", "hostPath": {"path": "/"}}]}))
    assert len(fleet.mounts) == 1
