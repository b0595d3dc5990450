"""Changelogs out of the archive of a folder, as an engine sends it: bounded, whatever comes."""

import gzip
import io
import tarfile
from types import SimpleNamespace

import pytest
from docker.errors import APIError, NotFound

from fleetkit.installed import Package
from fleetkit.loaders.docker import documents
from fleetkit.loaders.docker.documents import read_documents
from fleetkit.loaders.docker.images import changelogs
from fleetkit.plugins import Record

PACKAGES = [Package("curl", "7.88-1", "curl", "7.88-1", "amd64", "dpkg", "status"),
            Package("bash", "5.2-1", "bash", "5.2-1", "amd64", "dpkg", "status")]
TEXT = (b"curl (7.88-1) bookworm; urgency=high\n\n  * CVE-2026-0001: token=hunter2hunter2\n\n"
        b" -- Jane Doe <jane@shop.example>  Tue, 04 Aug 2026 10:00:00 +0000\n")
CURL = "doc/curl/changelog.Debian.gz"


def archive(members):
    """Chunks of the tar of a folder, as the archive call of an engine gives them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    content = buffer.getvalue()
    return [content[start : start + 700] for start in range(0, len(content), 700)]


def read(answer, packages=PACKAGES):
    """What is told of an engine that answers so: with chunks, or with an error."""
    def get_archive(container, path, chunk_size):
        assert (container, path) == ("c1", "/usr/share/doc")
        if isinstance(answer, Exception):
            raise answer
        return iter(answer), {}

    return read_documents(SimpleNamespace(api=SimpleNamespace(get_archive=get_archive)), "c1",
                          packages, {})


def flaws(told):
    return [mention[1] for build in told["Read"] for mention in build["Mentions"]]


def test_a_changelog_is_read_and_a_missing_one_named():
    told = read(archive({CURL: gzip.compress(TEXT), "doc/curl/copyright": b"x" * 9_000}))
    assert (flaws(told), told["Missing"], told["Faults"]) == (["CVE-2026-0001"], ["bash 5.2-1"], [])


def test_credentials_in_a_line_are_masked():
    assert "hunter2" not in str(read(archive({CURL: gzip.compress(TEXT)})))


def test_a_folder_that_is_not_there_leaves_all_missing():
    told = read(NotFound("no such path"))
    assert (told["Missing"], told["Faults"]) == (["curl 7.88-1", "bash 5.2-1"], [])


def test_an_engine_that_refuses_is_a_fault():
    ((path, said),) = read(APIError("too many links"))["Faults"]
    assert (path, said) == ("usr/share/doc", "too many links")


def test_an_answer_that_breaks_off_keeps_what_came_before():
    chunks = archive({CURL: gzip.compress(TEXT), "doc/z/changelog.gz": b"x" * 9_000})
    told = read(chunks[:-16])
    assert flaws(told) == ["CVE-2026-0001"]
    assert "breaks off" in told["Faults"][0][1]


def test_an_endless_answer_is_cut(monkeypatch):
    monkeypatch.setattr(documents, "_LARGEST", 50_000)
    manual = archive({CURL: gzip.compress(TEXT), "doc/texlive/manual.pdf": b"x" * 400_000})
    taken = []
    told = read(taken.append(chunk) or chunk for chunk in manual)
    assert flaws(told) == ["CVE-2026-0001"]
    assert "is larger than 50,000 bytes" in told["Faults"][0][1]
    assert len(taken) < len(manual) / 2


def test_too_many_files_are_cut(monkeypatch):
    monkeypatch.setattr(documents, "_MOST_FILES", 3)
    told = read(archive({f"doc/{number}": b"" for number in range(9)}))
    assert "holds more than 3 files" in told["Faults"][0][1]


def test_a_bomb_is_a_fault_and_its_build_has_no_changelog():
    told = read(archive({CURL: gzip.compress(bytes(33 << 20))}))
    assert "curl 7.88-1" in told["Missing"]
    assert "unfolds to more than" in told["Faults"][0][1]


def test_bombs_together_are_cut(monkeypatch):
    monkeypatch.setattr(documents, "MAX_CHANGELOGS_BYTES", 1_000)
    other = TEXT.replace(b"curl", b"bash") + b"\n" * 2_000
    told = read(archive({CURL: gzip.compress(TEXT + b"\n" * 2_000),
                         "doc/bash/changelog.Debian.gz": gzip.compress(other)}))
    assert (flaws(told), told["Missing"]) == (["CVE-2026-0001"], ["bash 5.2-1"])


@pytest.mark.parametrize("name", ["../curl/changelog.Debian.gz", "/etc/curl/changelog.Debian.gz",
                                  "doc/curl/deep/changelog.Debian.gz"])
def test_names_that_lead_elsewhere_are_no_changelogs(name):
    assert flaws(read(archive({name: gzip.compress(TEXT)}))) == []


def test_packages_of_other_systems_ask_for_nothing():
    rpm = [Package("bash", "5.2-1", "bash", "5.2-1", "x86_64", "rpm", "db", mentions=())]
    assert read(AssertionError("asked"), rpm) == {"Read": [], "Missing": [], "Faults": []}


def test_a_record_of_before_there_were_changelogs_has_no_rows():
    assert list(changelogs(Record("filesystem", {"ImageIds": ["sha256:1"], "Files": {}}))) == []
