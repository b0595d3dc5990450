"""Tokens, redirects, refusals and lies: a front before the real registry brings them about."""

import base64
import gzip
import json

import pytest

import fleetkit as fk
from fleetkit.errors import LoadError
from tests.loaders.oci.front import front_of
from tests.loaders.oci.making import DEBIAN, RELEASE, STATUS, codes, digest, layer, packages
from tests.real.registry import INDEX, MANIFEST, STATEMENT

BASE = layer({RELEASE: DEBIAN, STATUS: packages(curl="7.88")})
TOKEN = "planted-token-5f0be1"
PASSWORD = "planted-password-0c8812"
PLACE = "wire/web"


@pytest.fixture(scope="module")
def image(registry):
    """An image with one tag."""
    child = registry.image(PLACE, [BASE])
    registry.put(PLACE, "1", manifest_of(registry, child))
    return child


def manifest_of(registry, child):
    answer = registry.session().get(
        f"http://{registry.host}/v2/{PLACE}/manifests/{child['digest']}",
        headers={"Accept": MANIFEST}, timeout=10)
    return answer.json()


@pytest.fixture
def front(registry, image):
    with front_of(registry.host) as running:
        yield running


def ask_for_tokens(front, realm=None, password=None):
    """Makes the front want tokens, which a service gives for a password, or to everybody."""
    place = realm or f"http://{front.host}/token"
    challenge = f'Bearer realm="{place}",service="shop",scope="repository:{PLACE}:pull"'
    expected = base64.b64encode(f"ann:{password}".encode()).decode() if password else None

    def guarded(headers):
        if headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return 401, {"WWW-Authenticate": challenge}, b"{}"

    def given(headers):
        if expected and headers.get("Authorization") != f"Basic {expected}":
            return 401, {}, b"{}"
        return 200, {}, json.dumps({"token": TOKEN}).encode()

    front.rules |= {r"\w+ /v2/.*": guarded, r"GET /token\?.*": given}


def test_a_token_is_fetched_once_for_a_repository(front, loaded):
    ask_for_tokens(front)
    assert loaded(f"{front.host}/{PLACE}").packages["name"].tolist() == ["curl"]
    assert len(front.asked(r"GET /token\?.*pull.*")) <= 2


def test_a_token_is_fetched_with_the_stored_login(front, loaded, login):
    ask_for_tokens(front, password=PASSWORD)
    login(front.host, "ann", PASSWORD)
    assert loaded(f"{front.host}/{PLACE}").packages["name"].tolist() == ["curl"]
    bearing = [headers.get("Authorization", "") for headers in front.asked(r"\w+ /v2/.*")]
    assert not any(one.startswith("Basic") for one in bearing)


def test_without_a_login_the_token_service_refuses(front, loaded):
    ask_for_tokens(front, password=PASSWORD)
    with pytest.raises(LoadError, match="its token service refuses with 401; log in"):
        loaded(f"{front.host}/{PLACE}")


def test_a_login_does_not_go_in_plain_to_another_host(registry, image, loaded, login):
    with front_of(registry.host) as front, front_of(registry.host) as other:
        ask_for_tokens(other)
        ask_for_tokens(front, realm=f"http://localhost:{other.port}/token")
        login(front.host, "ann", PASSWORD)
        loaded(f"{front.host}/{PLACE}")
        asked = other.asked(r"GET /token\?.*")
        assert asked
        assert not any("Authorization" in headers for headers in asked)


def test_tokens_and_passwords_are_nowhere(front, loaded, login, tmp_path, caplog):
    caplog.set_level("DEBUG")
    ask_for_tokens(front, password=PASSWORD)
    login(front.host, "ann", PASSWORD)
    folder = fk.capture("oci", f"{front.host}/{PLACE}", to=tmp_path / "dump", progress=False)
    files = [*folder.glob("*.gz"), *(tmp_path / "cache").rglob("*.gz")]
    text = b"".join(gzip.decompress(path.read_bytes()) for path in files).decode() + caplog.text
    assert TOKEN not in text
    assert PASSWORD not in text


@pytest.mark.parametrize("realm", ["file:///etc/passwd", "", "gopher://x"])
def test_a_strange_token_service_is_not_asked(front, loaded, realm):
    challenge = {"WWW-Authenticate": f'Bearer realm="{realm}"'}
    front.rules[r"\w+ /v2/.*"] = lambda headers: (401, challenge, b"{}")
    with pytest.raises(LoadError, match="no place where its tokens are had"):
        loaded(f"{front.host}/{PLACE}")


def test_a_redirect_to_a_store_of_blobs_bears_no_token(registry, image, loaded):
    with front_of(registry.host) as front, front_of(registry.host) as store:
        ask_for_tokens(front)
        guarded = front.rules[r"\w+ /v2/.*"]
        path = f"/v2/{PLACE}/blobs/{digest(BASE)}"
        front.rules = {f"GET {path}": lambda headers: guarded(headers) or (
            307, {"Location": f"http://{store.host}{path}"}, b""), **front.rules}
        assert loaded(f"{front.host}/{PLACE}").packages["name"].tolist() == ["curl"]
        assert [headers.get("Authorization") for headers in store.asked(f"GET {path}")] == [None]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://x/y"])
def test_a_redirect_to_something_else_is_not_followed(front, loaded, place):
    front.rules[rf"GET /v2/{PLACE}/blobs/{digest(BASE)}"] = lambda headers: (
        307, {"Location": place}, b"")
    fleet = loaded(f"{front.host}/{PLACE}")
    assert codes(fleet) == ["redirected"]


def test_redirects_in_a_circle_end(front, loaded):
    front.rules[r"GET /v2/.*/blobs/.*"] = lambda headers: (307, {"Location": "."}, b"")
    fleet = loaded(f"{front.host}/{PLACE}")
    assert "without end" in fleet.problems["detail"][0]


def test_a_blob_that_lies_is_not_believed(front, loaded):
    evil = layer({STATUS: packages(evil="1")})
    front.rules[rf"GET /v2/{PLACE}/blobs/{digest(BASE)}"] = lambda headers: (200, {}, evil)
    fleet = loaded(f"{front.host}/{PLACE}")
    assert (len(fleet.packages), codes(fleet)) == (0, ["digest_mismatch"])
    front.rules.clear()
    assert loaded(f"{front.host}/{PLACE}").packages["name"].tolist() == ["curl"]


def test_a_manifest_that_lies_is_not_believed(front, image, loaded):
    front.rules[r"GET /v2/.*/manifests/sha256.*"] = lambda headers: (
        200, {"Docker-Content-Digest": image["digest"]}, b'{"schemaVersion": 2}')
    fleet = loaded(f"{front.host}/{PLACE}")
    assert (len(fleet.images), codes(fleet)) == (0, ["digest_mismatch"])


def test_a_blob_that_breaks_off_is_asked_for_again(front, loaded):
    left = [1]

    def cut(headers):
        if left.pop() if left else 0:
            return 200, {"Content-Length": str(len(BASE))}, BASE[:700]
        return None

    front.rules[rf"GET /v2/{PLACE}/blobs/{digest(BASE)}"] = cut
    assert loaded(f"{front.host}/{PLACE}").packages["name"].tolist() == ["curl"]


def test_throttling_is_waited_for(front, loaded):
    left = [1, 1]
    front.rules[r"HEAD .*"] = lambda headers: (
        (429, {"Retry-After": "0"}, b"") if left and left.pop() else None)
    fleet = loaded(f"{front.host}/{PLACE}")
    assert fleet.packages["name"].tolist() == ["curl"]
    assert fleet.coverage["retries"].sum() == 2


@pytest.mark.parametrize(("status", "code", "covered"), [
    (403, "access_denied", "denied"), (429, "throttled", "failed"), (500, "unavailable", "failed"),
    (404, "not_found", "failed")])
def test_a_refusal_is_told_by_its_meaning(front, loaded, status, code, covered):
    front.rules[r"GET /v2/.*/tags/.*"] = lambda headers: (status, {"Retry-After": "0"}, b"no")
    both = fk.load("oci", f"{front.host}/{PLACE}", f"{front.behind}/{PLACE}", progress=False)
    unseen = both.unseen
    assert set(unseen["status"]) == {covered}
    assert code in set(both.problems["code"])
    assert both.packages["name"].tolist() == ["curl"]


def test_a_registry_that_lists_to_nobody_says_what_to_do(front, loaded):
    front.rules[r"GET /v2/_catalog.*"] = lambda headers: (403, {}, b"")
    with pytest.raises(LoadError, match="name them, as 127"):
        loaded(front.host)


def test_a_tag_that_is_refused_leaves_the_others(front, registry, loaded):
    registry.put("wire/many", "a", manifest_for(registry, "wire/many", "a"))
    registry.put("wire/many", "b", manifest_for(registry, "wire/many", "b"))
    front.rules[r"HEAD /v2/wire/many/manifests/a"] = lambda headers: (403, {}, b"")
    fleet = loaded(f"{front.host}/wire/many")
    assert (len(fleet.images), codes(fleet)) == (1, ["access_denied"])


def manifest_for(registry, repository, note):
    child = registry.image(repository, [layer({note: b""})])
    return registry.session().get(
        f"http://{registry.host}/v2/{repository}/manifests/{child['digest']}",
        headers={"Accept": MANIFEST}, timeout=10).json()


def test_pages_of_tags_are_followed(front, loaded):
    pages = iter([(f'</v2/{PLACE}/tags/list?last=1&n=1>; rel="next"', ["1"]), ("", ["gone"])])

    def page(headers):
        link, tags = next(pages)
        return 200, {"Link": link}, json.dumps({"tags": tags}).encode()

    front.rules[r"GET /v2/.*/tags/list.*"] = page
    fleet = loaded(f"{front.host}/{PLACE}")
    assert (len(fleet.images), codes(fleet)) == (1, ["missing_content"])


def test_pages_without_end_end(front, loaded):
    link = f'</v2/{PLACE}/tags/list?n=1>; rel="next"'
    front.rules[r"GET /v2/.*/tags/list.*"] = lambda headers: (
        200, {"Link": link}, b'{"tags": ["1"]}')
    with pytest.raises(LoadError, match="pages do not end"):
        loaded(f"{front.host}/{PLACE}")


def test_the_next_page_is_on_the_registry_whatever_it_says(front, loaded):
    seen = []

    def page(headers):
        seen.append(1)
        link = '<https://elsewhere.example/v2/steal?n=1>; rel="next"' if len(seen) == 1 else ""
        return 200, {"Link": link}, b'{"tags": ["1"]}'

    front.rules[r"GET /v2/.*/tags/list.*"] = page
    front.rules[r"GET /v2/steal.*"] = page
    assert len(loaded(f"{front.host}/{PLACE}").images) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"tags": 7}', b'{"tags": [1, null]}', b""])
def test_a_strange_list_of_tags_does_no_harm(front, loaded, body):
    front.rules[r"GET /v2/.*/tags/list.*"] = lambda headers: (200, {}, body)
    try:
        fleet = loaded(f"{front.host}/{PLACE}")
    except LoadError as error:
        fleet = None
        assert "tags/list" in str(error)  # noqa: PT017 - one of two good ends
    assert fleet is None or len(fleet.images) == 0


@pytest.mark.parametrize("name", ["../../admin", "x?y=1", "//elsewhere.example/x", "a b", "#"])
def test_a_name_that_is_another_address_is_not_asked_for(front, loaded, name):
    listed = json.dumps({"repositories": [name, PLACE]}).encode()
    front.rules[r"GET /v2/_catalog.*"] = lambda headers: (200, {}, listed)
    loaded(front.host)
    assert all(path.startswith(("/v2/_catalog", f"/v2/{PLACE}", "/v2/"))
               for _, path, _ in front.calls)
    assert not any("elsewhere" in path or "admin" in path for _, path, _ in front.calls)


def test_a_server_that_is_no_registry_says_so(front, loaded):
    front.rules[r"GET /v2/"] = lambda headers: (404, {}, b"<html>")
    with pytest.raises(LoadError, match="does not speak the distribution API"):
        loaded(f"{front.host}/{PLACE}")


def test_a_manifest_of_gigabytes_is_not_read(front, loaded):
    front.rules[r"GET /v2/.*/manifests/sha256.*"] = lambda headers: (200, {}, b" " * (9 << 20))
    fleet = loaded(f"{front.host}/{PLACE}")
    assert "is larger than" in fleet.problems["detail"][0]


def test_a_registry_that_lists_referrers_is_asked(front, registry, image, loaded):
    statement = {"predicateType": "https://slsa.dev/provenance/v1", "predicate": {
        "runDetails": {"metadata": {"invocationId": "run-9"}}}}
    blob = registry.push(PLACE, json.dumps(statement).encode(), STATEMENT)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": [blob],
                "config": registry.push(PLACE, b"{}", "application/vnd.oci.empty.v1+json")}
    said = registry.put(PLACE, digest(json.dumps(manifest).encode()), manifest)
    listed = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": said, "size": 1, "artifactType": STATEMENT},
        {"mediaType": MANIFEST, "digest": "sha256:" + "0" * 64, "size": 1,
         "artifactType": "application/vnd.dev.cosign.artifact.sig.v1+json"}]}
    front.rules[rf"GET /v2/{PLACE}/referrers/{image['digest']}"] = lambda headers: (
        200, {}, json.dumps(listed).encode())
    fleet = loaded(f"{front.host}/{PLACE}:1")
    assert (fleet.builds["build_id"].tolist(), fleet.builds["image_id"].tolist(),
            codes(fleet)) == (["run-9"], [image["config"]], [])
