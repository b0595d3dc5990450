"""The walk through a tar, beside Python's own."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.loaders.oci.members import Tar, is_tar
from fleetkit.loaders.oci.streams import Damaged, Flow

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300)
KINDS = {
    tarfile.REGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink", tarfile.FIFOTYPE: "fifo", tarfile.CHRTYPE: "device",
}
MEMBERS = st.lists(st.tuples(NAMES, st.sampled_from(sorted(KINDS)), st.binary(max_size=1500),
                             NAMES), max_size=8)


def written(members, form):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, kind, content, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target if kind in (b"1", b"2") else ""
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content) if info.size else None)
    return buffer.getvalue()


def walked(content, size=700):
    portions = (content[at:at + size] for at in range(0, len(content), size))
    tar = Tar(Flow(portions), "a.tar")
    return [(member, b"".join(tar.content())) for member in tar]


def outcome(content):
    """How many members there are; none where it is damaged."""
    try:
        return len(walked(content))
    except Damaged:
        return 0


def peers(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for info in tar:
            stream = tar.extractfile(info) if info.isreg() else None
            yield info, stream.read() if stream else b""


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@given(members=MEMBERS)
def test_it_finds_what_tarfile_finds(members, form):
    content = written(members, form)
    ours = [(member.name.rstrip("/"), member.kind, member.target, inside)
            for member, inside in walked(content)]
    theirs = [(info.name.rstrip("/"), KINDS[info.type], info.linkname, inside)
              for info, inside in peers(content)]
    assert [one for one in ours if one[0]] == [one for one in theirs if one[0]]


@given(content=st.binary(max_size=4000))
def test_no_bytes_do_more_than_say_that_they_are_no_tar(content):
    assert outcome(content) <= len(content) // 512


@given(members=MEMBERS, at=st.integers(0, 4000), bits=st.integers(1, 255))
def test_one_changed_byte_does_no_more_than_damage(members, at, bits):
    content = bytearray(written(members, tarfile.PAX_FORMAT))
    content[at % len(content)] ^= bits
    assert outcome(bytes(content)) <= len(content) // 512


def test_a_tar_that_breaks_off_in_a_member_is_damaged():
    content = written([("a", tarfile.REGTYPE, b"x" * 2000, "")], tarfile.GNU_FORMAT)
    with pytest.raises(Damaged, match="breaks off"):
        walked(content[:1500])


def test_an_extended_header_that_claims_gigabytes_is_not_read():
    info = tarfile.TarInfo("long")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30
    with pytest.raises(Damaged, match="extended header claims"):
        walked(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))


def test_a_sparse_file_is_no_plain_file(tmp_path):
    import subprocess

    from tests.real.parts import require

    with (tmp_path / "hole").open("wb") as file:
        file.truncate(1 << 20)
        file.seek(1 << 19)
        file.write(b"data")
    (tmp_path / "behind").write_bytes(b"seen")
    subprocess.run([require("tar"), "--sparse", "-cf", tmp_path / "a.tar", "-C", tmp_path, "hole",
                    "behind"], check=True)
    found = {member.name: (member.kind, inside)
             for member, inside in walked((tmp_path / "a.tar").read_bytes())}
    assert (found["hole"][0], found["behind"]) == ("other", ("file", b"seen"))


def test_zeros_are_an_empty_tar():
    assert is_tar(bytes(1024))
    assert walked(bytes(1024)) == []
