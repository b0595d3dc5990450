import os

import pytest

from tests.real.parts import require

ABSENT = "no-such-program-anywhere"


def test_present_program_is_returned_with_its_path() -> None:
    assert require("sh").endswith("/sh")


def test_absent_program_skips_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLEETKIT_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match=rf"{ABSENT}.*install it"):
        require(ABSENT)


def test_absent_program_fails_where_all_parts_are_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEETKIT_REAL", "1")
    with pytest.raises(pytest.fail.Exception, match=ABSENT):
        require(ABSENT)


def test_own_reason_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLEETKIT_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the reason of this test"):
        require(ABSENT, "the reason of this test")


def test_engine_is_absent_for_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLEETKIT_REAL", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(pytest.skip.Exception, match="as root"):
        require("docker-engine")
