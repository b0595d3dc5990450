"""The command line as a user meets it: real processes, one sentence per error, no traceback."""

import json
import os
import subprocess
import sys

import pytest

CONTAINER = {
    "Id": "c" * 64, "Name": "/web", "Image": "sha256:" + "1" * 64,
    "State": {"Status": "running"}, "Config": {"Image": "shop/web:1", "Labels": {}},
    "HostConfig": {},
}


def run(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "fleetkit.cli", *map(str, words)], capture_output=True, text=True,
        env={**os.environ, **environment},
    )


@pytest.fixture
def inspected(tmp_path):
    path = tmp_path / "inspect.json"
    path.write_text(json.dumps([CONTAINER]))
    return path


def test_demo_writes_a_report_and_says_what_it_found(tmp_path):
    ran = run("demo", "-o", tmp_path / "fleet-report.html")
    assert ran.returncode == 0, ran.stderr
    assert "OpenSSL" in ran.stdout
    assert (tmp_path / "fleet-report.html").stat().st_size < 4 << 20


def test_report_of_a_saved_payload(tmp_path, inspected):
    ran = run("report", f"docker:{inspected}", "-o", tmp_path / "r.html", "--title", "Mine")
    assert ran.returncode == 0, ran.stderr
    assert "– Mine</title>" in (tmp_path / "r.html").read_text()


def test_two_sources_become_one_fleet(tmp_path, inspected):
    ran = run("load", f"docker:{inspected}", "sample", "-o", tmp_path / "saved")
    assert ran.returncode == 0, ran.stderr
    from fleetkit import restore

    assert "web" in restore(tmp_path / "saved").workloads["name"].tolist()


def test_sources_lists_permissions():
    assert "never started" in run("sources").stdout


def test_describe_gives_units_and_meaning():
    ran = run("describe", "workloads")
    assert "memory_bytes" in ran.stdout
    assert "[bytes]" in ran.stdout


@pytest.mark.parametrize(("words", "said"), [
    (("report", "dcker", "-o", "x.html"), "no loader named 'dcker'; there are "),
    (("describe", "hosts"), "no table named 'hosts'; there are advisories"),
    (("report", "docker:nowhere.json", "-o", "x.html"), "there is no such file or folder"),
    (("report", "docker:unix:///nowhere.sock", "-o", "x.html"), "no container engine answers here"),
])
def test_an_error_is_one_sentence(words, said, tmp_path):
    ran = run(*words)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


def test_no_engine_at_all_says_what_to_try(tmp_path):
    ran = run("report", "docker", "-o", tmp_path / "r.html",
              DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert ran.returncode == 1
    assert "start Docker or podman, set DOCKER_HOST, name a context, or give a file" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_debug_shows_where():
    ran = run("--debug", "report", "docker:nowhere.json", "-o", "x.html")
    assert "Traceback" in ran.stderr


def test_terminal_codes_of_a_fleet_are_not_sent_to_the_terminal(tmp_path):
    path = tmp_path / "inspect.json"
    path.write_text(json.dumps([{"Id": "\x1b[2J", "Names": ["\x1b]0;owned\x07"]}]))
    ran = run("report", f"docker:{path}", "-o", tmp_path / "r.html")
    assert "\x1b" not in ran.stdout + ran.stderr
