"""What an SBOM is of: tied to its image by digest, else by name; doubts about digests are told."""

import base64
import hashlib
import json

import pandas as pd
import pytest

from fleetkit.fleet import Fleet
from fleetkit.loaders.sbom import scan
from fleetkit.loading import load
from tests.loaders.sbom.payloads import (
    IMAGE_ID,
    LAYER,
    MANIFEST,
    RECORDED,
    SECRET,
    bom,
    component,
    container,
    deb,
    dsse,
    package,
    recorded,
    report,
    spdx,
    trivy,
)

LOWER = "sha256:" + "f0" * 32
CONFIG = {
    "architecture": "arm64", "variant": "v8", "os": "linux", "created": "2024-05-06T07:08:09.123Z",
    "config": {"Env": [f"DB_PASSWORD={SECRET}"], "Entrypoint": ["/web"],
               "Cmd": ["--password", SECRET], "ExposedPorts": {"80/tcp": {}},
               "Volumes": {"/data": {}}, "Labels": {"team": "shop", "api-token": SECRET}},
    "rootfs": {"type": "layers", "diff_ids": [LOWER, LAYER]},
    "history": [
        {"created": "2024-01-01T00:00:00.5Z", "created_by": "ADD file:1 in /"},
        {"created": "2024-01-01T00:00:00Z", "created_by": f"ENV TOKEN={SECRET}",
         "empty_layer": True},
        {"created": "2024-01-02T00:00:00Z", "created_by": f"RUN curl https://me:{SECRET}@x"},
    ],
}


def only(fleet):
    assert len(fleet.images) == 1
    return fleet.images.iloc[0]


def codes(fleet):
    return sorted(fleet.problems["code"])


def syft(**about):
    content = json.dumps(CONFIG).encode()
    source = {
        "userInput": "shop/web:1.0", "imageID": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "manifestDigest": MANIFEST, "tags": ["shop/web:1.0"], "imageSize": 300,
        "repoDigests": [f"shop/web@{MANIFEST}"], "config": base64.b64encode(content).decode(),
        "layers": [{"digest": LOWER, "size": 100}, {"digest": LAYER, "size": 200}], **about}
    return {"artifacts": [], "descriptor": {"name": "syft"},
            "source": {"type": "image", "metadata": source}}


@pytest.mark.parametrize(("about", "image_id"), [
    (container(properties=trivy(("ImageID", IMAGE_ID), ("RepoDigest", f"web@{MANIFEST}"))),
     IMAGE_ID),
    (container(name="postgres:11", version=MANIFEST), MANIFEST),
    (container(name="web", purl=f"pkg:oci/web@{MANIFEST}?repository_url=r.example/web&tag=1"),
     MANIFEST),
    (container(name=f"r.example/web@{MANIFEST}"), MANIFEST),
    (container(name="web", hashes=[{"alg": "SHA-256", "content": MANIFEST[7:]}]), MANIFEST),
    (container(name="nginx:1.25"), "name|docker.io/library/nginx:1.25"),
    (container(name="docker.io/library/demo", version="0.0.1"),
     "name|docker.io/library/demo:0.0.1"),
    (container(name="nginx", purl="pkg:docker/library/nginx@1.25"),
     "name|docker.io/library/nginx:1.25"),
    (container(properties=[{"name": "oci:image:Id", "value": IMAGE_ID}]), IMAGE_ID),
    (container(name="out/web.tar.gz", version="2"), "sbom||container|out/web.tar.gz@2"),
    ({"type": "application", "name": "web", "purl": f"pkg:oci/web@{MANIFEST}"}, MANIFEST),
])
def test_an_image_is_known_by_its_digest_else_by_its_name(read, about, image_id):
    fleet = read(bom(deb(), about=about))
    assert only(fleet)["image_id"] == image_id
    assert fleet.packages["subject_id"].tolist() == [image_id]


def test_names_and_digests_are_gathered(read):
    said = trivy(("ImageID", IMAGE_ID), ("RepoDigest", f"r.example/web@{MANIFEST}"),
                 ("RepoTag", "r.example/web:1.0"), ("Size", "42"), ("Labels:team", "shop"))
    row = only(read(bom(deb(), about=container(name="r.example/web:1.0", properties=said))))
    assert (row["name"], list(row["tags"]), list(row["digests"]), row["size_bytes"],
            row["labels"]) == ("r.example/web:1.0", ["r.example/web:1.0"],
                               [f"r.example/web@{MANIFEST}"], 42, '{"team":"shop"}')


def test_an_image_by_name_only_is_a_stub(read):
    assert only(read(bom(deb())))["is_stub"]


def test_the_configuration_in_a_document_of_syft_tells_of_the_image(read):
    row = only(read(syft()))
    assert (row["arch"], row["is_stub"], str(row["created_at"]), list(row["exposed_ports"]),
            list(row["declared_volumes"])) == (
        "arm64/v8", False, "2024-05-06 07:08:09.123000+00:00", ["80/tcp"], ["/data"])


def test_layers_bear_the_steps_that_made_them(read):
    layers = read(syft()).layers
    assert layers[["position", "diff_id", "command", "size_bytes"]].to_numpy().tolist() == [
        [0, LOWER, "ADD file:1 in /", 100],
        [1, LAYER, "RUN curl https://[masked]@x", 200]]
    assert layers["chain_id"].tolist() == [LOWER, "sha256:" + hashlib.sha256(
        f"{LOWER} {LAYER}".encode()).hexdigest()]


@pytest.mark.parametrize("form", [syft(), report(ImageConfig=CONFIG, DiffIDs=[LOWER, LAYER])])
def test_secrets_of_an_image_do_not_enter(form, read, tmp_path):
    fleet = read(form)
    records = [item for _, items in scan(tmp_path / "a.json") for item in items]
    shown = " ".join(frame.to_csv() for _, frame in fleet) + repr(records)
    assert "api-token" in shown
    assert SECRET not in shown


@recorded
@pytest.mark.parametrize("name", ["syft-alpine-example.syft.json", "syft-alpine-small.syft.json"])
def test_recorded_configurations_bear_out_their_digests(name):
    fleet = load("sbom", RECORDED / name)
    assert (codes(fleet), only(fleet)["observable"], len(fleet.layers)) == ([], True, 1)


@recorded
def test_a_report_gives_the_layers_in_their_order():
    path = RECORDED / "trivy-report-spring4shell-jre8.json"
    told = json.loads(path.read_text())["Metadata"]["DiffIDs"]
    fleet = load("sbom", path)
    assert fleet.layers["diff_id"].tolist() == told
    assert fleet.layers["command"].notna().all()


@recorded
def test_sorted_layers_are_not_taken_for_their_order():
    fleet = load("sbom", RECORDED / "trivy-fluentd.cdx.json")
    assert fleet.layers.empty
    assert "unordered_layers" in codes(fleet)


@pytest.mark.parametrize(("document", "code"), [
    (syft(imageID=IMAGE_ID), "contradicting_digest"),
    (syft(manifest=base64.b64encode(b"{}").decode()), "contradicting_digest"),
    (syft(manifestDigest=None, repoDigests=["shop/web@sha256:beef"]), "bad_digest"),
    (syft(layers=[{"digest": LOWER, "size": 1}]), "contradicting_digest"),
    (syft(config="not base64"), "unreadable_field"),
    (report(RepoDigests=[f"shop/web@{IMAGE_ID}"]), "contradicting_digest"),
    (report(ImageID="sha256:1234"), "bad_digest"),
    (report(DiffIDs=[LAYER], ImageConfig=CONFIG), "contradicting_digest"),
    (bom(about=container(properties=trivy(("ImageID", IMAGE_ID), ("ImageID", MANIFEST)))),
     "contradicting_digest"),
    (report({"Class": "os-pkgs", "Type": "debian", "Packages": [
        {"Name": "a", "Version": "1", "Layer": {"DiffID": "sha256:" + "0" * 64}}]},
        DiffIDs=[LAYER]), "unknown_layer"),
    (dsse(bom(about=container(name=f"web@{LOWER}"))), "contradicting_digest"),
])
def test_digests_that_lie_are_told(read, document, code):
    assert code in codes(read(document))


def test_a_configuration_of_another_digest_is_not_used(read):
    row = only(read(syft(imageID=IMAGE_ID)))
    assert row[["image_id", "arch", "labels", "command"]].isna().tolist() == [
        False, True, True, True]


def test_an_image_in_spdx_is_what_the_document_describes(read):
    root = package("web", MANIFEST, f"pkg:oci/web@{MANIFEST}?repository_url=r.example/web&tag=1",
                   primaryPackagePurpose="CONTAINER", annotations=[
                       {"comment": f"ImageID: {IMAGE_ID}"}, {"comment": "RepoTag: r.example/web:1"},
                       {"comment": f"DiffID: {LAYER}"}])
    system = {"name": "debian", "SPDXID": "SPDXRef-OperatingSystem-1", "versionInfo": "12.5",
              "primaryPackagePurpose": "OPERATING-SYSTEM"}
    curl = package("curl", "1", "pkg:deb/debian/curl@1?arch=amd64&distro=debian-12.5",
                   sourceInfo="built package from: curl-src 1.1")
    fleet = read(spdx(root, system, curl, describes=["SPDXRef-web"]))
    row = only(fleet)
    assert (row["image_id"], list(row["tags"]), row["os_version"], row["release"]) == (
        IMAGE_ID, ["r.example/web:1"], "12", "12")
    assert fleet.packages[["name", "source_name", "source_version"]].to_numpy().tolist() == [
        ["curl", "curl-src", "1.1"]]
    assert fleet.layers["diff_id"].tolist() == [LAYER]


def test_an_image_of_a_cloud_keeps_its_id(read):
    fleet = read({**report({"Class": "os-pkgs", "Type": "debian", "Packages": []}),
                  "ArtifactType": "vm", "ArtifactName": "ami:ami-0abc"})
    assert only(fleet)[["image_id", "kind"]].tolist() == ["ami-0abc", "ami"]


def test_a_machine_with_a_name_is_a_workload(read):
    about = {"type": "device", "name": "x", "properties": [
        {"name": "inventory:hostname", "value": "web-1"}]}
    fleet = read(bom(deb(), {"type": "operating-system", "name": "debian", "version": "12"},
                     about=about))
    row = fleet.workloads.iloc[0]
    assert (row["workload_id"], row["kind"], row["hostname"], row["os_version"]) == (
        "sbom||vm|web-1", "vm", "web-1", "12")
    assert fleet.packages["subject_id"].tolist() == ["sbom||vm|web-1"]


@pytest.mark.parametrize(("document", "subject"), [
    (bom(component(), about={"type": "library", "group": "g", "name": "lib", "version": "1"}),
     "sbom||library|g/lib@1"),
    (bom(component(), about={"type": "application", "name": "lib"}),
     "sbom||application|urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"),
    (spdx(package("a"), package("b"), describes=["SPDXRef-a", "SPDXRef-b"]),
     "sbom||document|https://example.org/shop"),
    ({**syft(), "source": {"id": "77", "type": "directory", "target": "/srv"},
      "artifacts": [{"name": "a", "version": "1", "type": "npm"}]}, "sbom||directory|77"),
])
def test_other_subjects_have_an_id_of_their_own_and_are_told(read, document, subject):
    fleet = read(document)
    assert set(fleet.packages["subject_id"]) == {subject}
    assert fleet.images.empty
    assert codes(fleet) == ["other_subject"]


def test_a_scan_by_trivy_completes_an_image_that_docker_knows(read, tmp_path):
    inspected = [{"Id": IMAGE_ID, "RepoTags": ["shop/web:1.0"], "RepoDigests": [], "Os": "linux",
                  "Architecture": "arm64", "Variant": "v8", "Created": CONFIG["created"],
                  "Config": CONFIG["config"], "RootFS": {"Layers": [LOWER, LAYER]}}]
    (tmp_path / "inspect.json").write_text(json.dumps(inspected))
    scanned = read(report(
        {"Class": "os-pkgs", "Type": "debian", "Packages": [{"Name": "a", "Version": "1"}]},
        ImageConfig=CONFIG, DiffIDs=[LOWER, LAYER], RepoTags=["shop/web:1.0"],
        OS={"Family": "debian", "Name": "12.5"}), "trivy.json")
    fleet = load("docker", tmp_path / "inspect.json") + scanned
    row = only(fleet)
    assert (row["release"], row["observable"], len(fleet.layers)) == ("12", True, 2)
    assert "conflict" not in codes(fleet)


def test_scanners_word_a_system_in_their_own_way_without_a_conflict(read):
    known = Fleet(images=pd.DataFrame({
        "image_id": [IMAGE_ID], "kind": ["container"], "os_version": ["12"], "release": ["12"],
        "os_name": ["Debian GNU/Linux 12 (bookworm)"], "ecosystem": ["Debian"]}))
    fleet = known + read(report(OS={"Family": "debian", "Name": "12.5"}))
    assert (len(fleet.images), "conflict" in codes(fleet)) == (1, False)
