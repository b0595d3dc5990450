import gzip
import json
import os
import ssl
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest

from fleetkit import audit
from fleetkit.errors import LoadError
from fleetkit.patching.feeds import read_feeds
from fleetkit.patching.mirrors import fetch, masked
from tests.patching.literal import INTRODUCED, NOW, fixed, fleet, package, record, shared


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "mirrors"


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        mirror = self.server.mirror
        mirror.asked.append(dict(self.headers))
        if mirror.redirect and self.path != mirror.redirect[0]:
            self.send_response(302)
            self.send_header("Location", mirror.redirect[1])
            self.end_headers()
        elif mirror.headers.get("ETag", "") == self.headers.get("If-None-Match"):
            self.send_response(304)
            self.end_headers()
        else:
            super().do_GET()

    def end_headers(self):
        for name, value in self.server.mirror.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def copyfile(self, source, outputfile):
        outputfile.write(source.read(self.server.mirror.cut))

    def log_request(self, code="-", size="-"):
        self.server.mirror.answered.append(int(code))

    def log_message(self, *arguments):
        pass


class Mirror:
    """A web server over a folder; it notes what it is asked and what it answers."""

    def __init__(self, folder, certificate=None):
        self.folder, self.asked, self.answered = folder, [], []
        self.headers, self.redirect, self.cut = {}, None, None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
        self.server.mirror = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "www").mkdir()
    write(tmp_path / "www", record("CVE-1", "a", INTRODUCED, fixed("1.2-1")))
    return tmp_path / "www"


@pytest.fixture
def mirror(folder):
    mirror = Mirror(folder)
    yield mirror
    mirror.stop()


def write(folder, *records):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for row in records:
            archive.writestr(f"{row['id']}.json", json.dumps(row))


def known(*addresses, now=NOW):
    return read_feeds(list(addresses), now).intervals["osv_id"].tolist()


def problems(*addresses):
    return [(problem.code, problem.subject_id) for problem in read_feeds(addresses, NOW).problems]


def test_a_fleet_is_audited_by_an_archive_of_a_mirror(mirror):
    found = audit(fleet(package("m", "a", "1.1-1")), f"http://{mirror.host}/all.zip", now=NOW)
    assert found.findings["advisory_id"].dropna().tolist() == ["CVE-1"]


def test_a_source_can_be_named_before_the_address(mirror, folder):
    (folder / "main.json").write_bytes(shared("osv/chainguard-secdb.json").read_bytes())
    assert len(known(f"secdb:http://{mirror.host}/main.json")) > 100


def test_an_unchanged_feed_is_not_sent_twice(mirror):
    for _ in range(2):
        assert known(f"http://{mirror.host}/all.zip") == ["CVE-1"]
    assert mirror.answered == [200, 304]


def test_a_tag_is_enough_to_see_that_nothing_changed(mirror, folder):
    mirror.headers = {"ETag": '"one"'}
    known(f"http://{mirror.host}/all.zip")
    os.utime(folder / "all.zip", (2e9, 2e9))
    known(f"http://{mirror.host}/all.zip")
    assert mirror.answered == [200, 304]


def test_a_changed_feed_is_fetched_again(mirror, folder):
    known(f"http://{mirror.host}/all.zip")
    write(folder, record("CVE-2", "a", INTRODUCED))
    later = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    os.utime(folder / "all.zip", (later, later))
    assert known(f"http://{mirror.host}/all.zip") == ["CVE-2"]


def test_a_copy_bears_the_date_that_the_mirror_states(mirror, folder):
    os.utime(folder / "all.zip", (1.7e9, 1.7e9))
    assert fetch(f"http://{mirror.host}/all.zip", print).stat().st_mtime == 1.7e9


def test_without_the_mirror_the_copy_is_used_and_its_date_is_told(mirror):
    address = f"http://{mirror.host}/all.zip"
    known(address)
    mirror.stop()
    (problem,) = read_feeds(address, NOW).problems
    assert (problem.code, problem.subject_id) == ("unreachable_mirror", address)
    assert f"copy of {datetime.now(UTC):%Y-%m-%d}" in problem.detail
    assert known(address) == ["CVE-1"]


def test_without_mirror_and_copy_an_error_says_what_to_do(mirror):
    mirror.stop()
    with pytest.raises(LoadError, match=r"cannot be reached, and no copy .* name a file"):
        known(f"http://{mirror.host}/all.zip")


def test_an_answer_that_is_no_feed_is_an_error(mirror):
    with pytest.raises(LoadError, match=r"the mirror answered 404 \(Not Found\)"):
        known(f"http://{mirror.host}/other.zip")


def test_a_feed_that_is_gone_leaves_the_copy_in_use(mirror, folder):
    known(f"http://{mirror.host}/all.zip")
    (folder / "all.zip").unlink()
    assert "404" in read_feeds(f"http://{mirror.host}/all.zip", NOW).problems[0].detail


def test_a_feed_that_breaks_off_does_not_replace_the_copy(mirror, folder):
    known(f"http://{mirror.host}/all.zip")
    write(folder, record("CVE-2", "a", INTRODUCED))
    os.utime(folder / "all.zip", (2e9, 2e9))
    mirror.cut = 50
    assert problems(f"http://{mirror.host}/all.zip")[0][0] == "unreachable_mirror"
    assert known(f"http://{mirror.host}/all.zip") == ["CVE-1"]


def test_a_feed_beyond_the_limit_is_refused(mirror, cache):
    with pytest.raises(LoadError, match="holds more than 100 bytes"):
        fetch(f"http://{mirror.host}/all.zip", print, largest=100)
    assert not [*cache.rglob("*.zip"), *cache.rglob(".new-*")]


def test_a_compressed_answer_counts_as_what_it_unfolds_to(mirror, folder):
    (folder / "feed.json").write_bytes(gzip.compress(b" " * 5_000_000))
    mirror.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(LoadError, match="holds more than 1,000,000 bytes"):
        fetch(f"http://{mirror.host}/feed.json", print, largest=1_000_000)


def test_a_redirection_is_followed(mirror):
    mirror.redirect = ("/all.zip", "/all.zip")
    assert known(f"http://{mirror.host}/latest.zip") == ["CVE-1"]


def test_endless_redirections_are_refused(mirror):
    mirror.redirect = ("/never", "/all.zip")
    with pytest.raises(LoadError, match="more than 5 times"):
        known(f"http://{mirror.host}/all.zip")


def test_a_redirection_to_a_file_is_refused(mirror):
    mirror.redirect = ("/never", "file:///etc/passwd")
    with pytest.raises(LoadError, match="not protected"):
        known(f"http://{mirror.host}/all.zip")


def test_a_damaged_copy_is_fetched_again(mirror, cache):
    known(f"http://{mirror.host}/all.zip")
    (copy,) = cache.rglob("all.zip")
    copy.write_bytes(b"")
    assert known(f"http://{mirror.host}/all.zip") == ["CVE-1"]
    assert mirror.answered == [200, 200]


def test_a_hostile_state_leads_to_no_other_file(mirror, cache):
    known(f"http://{mirror.host}/all.zip")
    (state,) = cache.rglob("state.json")
    said = json.loads(state.read_text())
    state.write_text(json.dumps({**said, "name": "../../../secret"}))
    assert fetch(f"http://{mirror.host}/all.zip", print).name == "all.zip"


def test_a_copy_is_for_its_user_alone(mirror, cache):
    known(f"http://{mirror.host}/all.zip")
    assert [entry.stat().st_mode & 0o077 for entry in (cache, *cache.iterdir())] == [0, 0]


def test_the_user_of_an_address_is_sent_but_never_told(mirror, cache):
    write(mirror.folder, record("CVE-1", "a", INTRODUCED), {"id": "broken"})
    address = f"http://max:geheim@{mirror.host}/all.zip?token=hush"
    found = read_feeds(address, NOW)
    mirror.stop()
    told = str([*found.problems, *read_feeds(address, NOW).problems, *found.intervals["where"]])
    assert mirror.asked[0]["Authorization"].startswith("Basic ")
    assert "broken_record" in told
    assert "unreachable_mirror" in told
    for secret in ("geheim", "hush", "max"):
        assert secret not in told
        assert not any(secret in str(file) or secret.encode() in file.read_bytes()
                       for file in cache.rglob("*") if file.is_file())


def test_an_error_keeps_the_user_of_an_address_secret(mirror):
    mirror.stop()
    with pytest.raises(LoadError) as caught:
        known(f"http://max:geheim@{mirror.host}/all.zip?token=hush")
    assert str(caught.value).startswith(f"http://[masked]@{mirror.host}/all.zip?[masked]: ")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_records_tell_the_address_that_they_come_from(mirror):
    where = read_feeds(f"http://{mirror.host}/all.zip", NOW).intervals["where"].tolist()
    assert where == [f"http://{mirror.host}/all.zip, entry CVE-1.json"]


def test_a_form_that_is_not_read_is_told_with_the_address(mirror, folder):
    (folder / "feed.txt").write_text("hello")
    with pytest.raises(LoadError, match=rf"^http://{mirror.host}/feed.txt: expected a file of OSV"):
        known(f"http://{mirror.host}/feed.txt")


def test_an_address_that_was_made_a_path_is_read(mirror):
    assert known(Path(f"http://{mirror.host}/all.zip")) == ["CVE-1"]


def test_an_address_of_another_kind_is_refused_without_its_user():
    with pytest.raises(LoadError) as caught:
        known("ftp://max:geheim@mirror.example/all.zip")
    assert str(caught.value) == ("ftp://[masked]@mirror.example/all.zip: expected an address of"
                                 " http or https, or a file")


@pytest.mark.parametrize("address", ["http://[::1", "https://:0/", "http://a b/c"])
def test_an_address_that_is_none_is_an_error(address):
    with pytest.raises(LoadError, match=r"address|reached"):
        known(address)


@pytest.mark.parametrize(("address", "shown"), [
    ("https://a.example/b.zip", "https://a.example/b.zip"),
    ("https://u@a.example/b", "https://[masked]@a.example/b"),
    ("https://u:p@ss@a.example:1/b?c#d", "https://[masked]@a.example:1/b?[masked]"),
    ("https://a.example?x=@", "https://a.example?[masked]"),
])
def test_an_address_is_shown_without_user_and_query(address, shown):
    assert masked(address) == shown


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mirror")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(),
                                now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                       critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mirror.pem"
    path.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def protected(folder, certificate):
    mirror = Mirror(folder, certificate)
    yield mirror
    mirror.stop()


def test_a_certificate_that_nobody_vouches_for_is_refused(protected):
    with pytest.raises(LoadError, match="certificate of the mirror is not trusted"):
        known(f"https://{protected.host}/all.zip")


def test_a_certificate_that_the_user_trusts_is_accepted(protected, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert known(f"https://{protected.host}/all.zip") == ["CVE-1"]


def test_no_redirection_leaves_the_protected_web(protected, certificate, monkeypatch, mirror):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    protected.redirect = ("/never", f"http://{mirror.host}/all.zip")
    with pytest.raises(LoadError, match="not protected"):
        known(f"https://{protected.host}/all.zip")
    assert mirror.asked == []
