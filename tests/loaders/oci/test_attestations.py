"""What builders say about images: put by hand as BuildKit documents it, for it is not here."""

import base64
import json

import pytest

from tests.loaders.oci.making import DEBIAN, RELEASE, STATUS, codes, layer, packages
from tests.real import registry as real

BASE = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88")})
PARENT = "a" * 64
STARTED, FINISHED = "2026-09-01T10:00:00Z", "2026-09-01T10:02:00Z"
MATERIALS = [
    {"uri": "pkg:docker/golden/debian@bookworm?platform=linux%2Famd64",
     "digest": {"sha256": PARENT}},
    {"uri": "pkg:docker/docker/dockerfile@1", "digest": {"sha256": "b" * 64}},
    {"uri": "https://git.shop.example/web.git#main", "digest": {"sha1": "c" * 40}},
]
SOURCE = {"uri": "https://ann:planted-git-99@git.shop.example/web.git",
          "digest": {"sha1": "c" * 40}}
OLDER = {
    "_type": "https://in-toto.io/Statement/v0.1",
    "predicateType": "https://slsa.dev/provenance/v0.2",
    "predicate": {
        "builder": {"id": "https://ci.shop.example/runs/7"},
        "buildType": "https://mobyproject.org/buildkit@v1",
        "materials": MATERIALS,
        "invocation": {"configSource": {**SOURCE, "entryPoint": "Dockerfile"},
                       "parameters": {"args": {"build-arg:PLAIN": "planted-argument-17"}}},
        "metadata": {"buildInvocationID": "run-7", "buildStartedOn": STARTED,
                     "buildFinishedOn": FINISHED},
    },
}
NEWER = {
    "_type": "https://in-toto.io/Statement/v1",
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": {
        "buildDefinition": {
            "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/"
                         "slsa-definitions.md",
            "externalParameters": {"configSource": {**SOURCE, "path": "Dockerfile"}},
            "resolvedDependencies": MATERIALS,
        },
        "runDetails": {
            "builder": {"id": "https://ci.shop.example/runs/7"},
            "metadata": {"invocationId": "run-7", "startedOn": STARTED, "finishedOn": FINISHED},
        },
    },
}
BILL = {
    "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document",
    "predicate": {"packages": [
        {"name": "flask", "externalRefs": [{"referenceLocator": "pkg:pypi/flask@3.0.0"}]},
        {"name": "curl", "externalRefs": [{"referenceLocator": "pkg:deb/debian/curl@7.88"}]},
    ]},
}


@pytest.fixture
def built(registry, loaded, request):
    """A function that loads an image with these statements beside it."""
    def read(*statements):
        name = f"built/{abs(hash(request.node.name))}"
        child = registry.image(name, [BASE])
        said = registry.attestation(name, child["digest"], statements)
        registry.index(name, "1", [child, said])
        return loaded(f"{registry.host}/{name}"), child["config"]

    return read


@pytest.mark.parametrize("statement", [OLDER, NEWER], ids=["v0.2", "v1"])
def test_provenance_is_a_build(built, statement):
    fleet, image_id = built(statement)
    build = fleet.builds.iloc[0]
    assert build[["build_id", "image_id", "builder", "source_image", "revision"]].tolist() == [
        "run-7", image_id, "buildkit", "golden/debian:bookworm", "c" * 40]
    assert (build["finished_at"] - build["started_at"]).total_seconds() == 120
    assert build["template"].endswith("web.git Dockerfile")


@pytest.mark.parametrize("statement", [OLDER, NEWER], ids=["v0.2", "v1"])
def test_materials_are_what_an_image_is_derived_from(built, statement):
    fleet, image_id = built(statement)
    links = fleet.links.set_index("relation")
    assert links.loc["derived_from", ["from_id", "to_id", "evidence"]].tolist() == [
        image_id, f"sha256:{PARENT}", "provenance material"]
    assert links.loc["built_by", ["from_id", "to_id"]].tolist() == [image_id, "run-7"]


def test_an_image_known_by_provenance_is_a_stub_with_its_name(built):
    images = built(OLDER)[0].images.set_index("image_id")
    parent = images.loc[f"sha256:{PARENT}"]
    assert (parent["name"], parent["is_stub"]) == ("golden/debian:bookworm", True)


def test_the_built_image_is_no_stub_and_names_its_build(built):
    fleet, image_id = built(OLDER)
    image = fleet.images.set_index("image_id").loc[image_id]
    assert image[["is_stub", "build_id", "builder"]].tolist() == [False, "run-7", "buildkit"]


def test_an_attestation_is_no_image(built):
    fleet, _ = built(OLDER)
    assert (~fleet.images["is_stub"]).sum() == 1
    assert codes(fleet) == []


def test_arguments_and_credentials_of_a_build_stay_out(built, tmp_path):
    import gzip

    fleet, _ = built(OLDER, NEWER)
    kept = b"".join(gzip.decompress(path.read_bytes())
                    for path in (tmp_path / "cache").rglob("*.gz"))
    text = kept.decode() + "".join(frame.to_csv() for _, frame in fleet)
    assert "planted-argument-17" not in text
    assert "planted-git-99" not in text


def test_a_bill_of_materials_gives_packages_of_languages(built):
    fleet, image_id = built(BILL)
    found = fleet.packages[["subject_id", "ecosystem", "name", "version"]].values.tolist()
    assert sorted(found) == [[image_id, "Debian", "curl", "7.88"],
                             [image_id, "PyPI", "flask", "3.0.0"]]


def test_a_second_load_knows_the_build_without_asking(registry, built, loaded):
    fleet, _ = built(OLDER)
    place = fleet.coverage["target"][0]
    registry.calls()
    assert len(loaded(place).builds) == 1
    assert not any("/blobs/" in path for _, path, _ in registry.calls())


@pytest.mark.parametrize("predicate", [
    {}, [], "text", None, {"materials": 7, "metadata": [], "invocation": "x", "builder": "y"},
    {"materials": [7, {"uri": 5}, {"uri": "pkg:docker/x@1", "digest": "no"}]},
])
def test_a_strange_statement_costs_the_image_nothing(built, predicate):
    fleet, _ = built({"predicateType": "https://slsa.dev/provenance/v0.2", "predicate": predicate})
    assert (fleet.packages["name"].tolist(), codes(fleet)) == (["curl"], [])


def refer(registry, name, statement):
    """An image, and a manifest that refers to it with a signed statement."""
    child = registry.image(name, [BASE])
    registry.index(name, "1", [child])
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    blob = registry.push(name, json.dumps({
        "payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [],
    }).encode(), "application/vnd.dsse.envelope.v1+json")
    manifest = {
        "schemaVersion": 2, "mediaType": real.MANIFEST,
        "config": registry.push(name, b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [blob], "subject": {"digest": child["digest"]},
    }
    return child, manifest


def test_a_statement_under_the_tag_of_referrers_is_read(registry, loaded):
    child, manifest = refer(registry, "referred/tag", NEWER)
    digest = registry.put("referred/tag", "statement", manifest)
    listed = {"mediaType": real.MANIFEST, "digest": digest, "size": 1,
              "artifactType": "application/vnd.in-toto+json"}
    registry.index("referred/tag", child["digest"].replace(":", "-"), [listed])
    fleet = loaded(f"{registry.host}/referred/tag", tags=["1"])
    assert fleet.builds["image_id"].tolist() == [child["config"]]


def test_a_statement_of_cosign_is_read(registry, loaded):
    child, manifest = refer(registry, "referred/cosign", OLDER)
    registry.put("referred/cosign", child["digest"].replace(":", "-") + ".att", manifest)
    fleet = loaded(f"{registry.host}/referred/cosign")
    assert fleet.builds["image_id"].tolist() == [child["config"]]
    assert len(fleet.images.query("not is_stub")) == 1
