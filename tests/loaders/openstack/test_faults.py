"""Answers of the cloud that were spoiled on the way: nothing is lost in silence, nothing hangs."""

import json

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.real.openstack_watching import edited

pytestmark = [  # the SDK warns of itself
    pytest.mark.openstack, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]


def read(**options):
    return load("openstack", "admin", progress=silent, **options)


def covered(fleet, resource):
    return fleet.coverage.set_index("resource").loc[resource]


def only(path, spoil):
    """A fault of the answers whose address holds a path."""
    return lambda url, answer: spoil(answer) if path in url else answer


def test_a_page_that_points_to_itself_ends_the_read(cloud, proxy):
    link = {"rel": "next", "href": "http://inner/v2.1/servers/detail?limit=2&marker=m1"}
    proxy.fault = only("/servers/detail", lambda answer: edited(
        lambda document: document.update(servers_links=[link]))((200, FIRST)))
    fleet = read(page_size=2)
    assert covered(fleet, "servers")["status"] == "partial"
    assert "repeated_page" in set(fleet.problems["code"])
    assert len(proxy.calls("/servers/detail")) == 2


FIRST = json.dumps({"servers": [{"id": "s1", "name": "a", "status": "ACTIVE"}]}).encode()


def test_servers_that_come_on_two_pages_count_once_and_are_told(cloud, proxy):
    first = []

    def again(document):
        first.extend(document["servers"] if not first else [])
        document["servers"] = [*document["servers"], *first]

    proxy.fault = only("/servers/detail", edited(again))
    fleet = read(page_size=2)
    assert sorted(fleet.workloads.query("kind == 'vm'")["name"]) == sorted(cloud.servers)
    told = fleet.problems[fleet.problems["code"] == "duplicate_id"]
    assert told[["severity", "resource"]].to_numpy().tolist() == [["info", "servers"]]


def test_a_throttled_call_is_repeated_and_counted(cloud, proxy):
    refused = []

    def throttle(answer):
        refused.append(answer)
        return (429, b"{}") if len(refused) == 1 else answer

    proxy.fault = only("/volumes/detail", throttle)
    found = covered(read(), "volumes")
    assert (found["status"], found["retries"], found["rows"]) == ("ok", 1, 3)


def test_a_service_that_fails_costs_only_its_own_resource(cloud, proxy):
    proxy.fault = only("/v2/images", lambda answer: (500, b"broken"))
    fleet = read()
    assert covered(fleet, "images")["status"] == "failed"
    assert covered(fleet, "servers")["status"] == "ok"
    assert fleet.images["is_stub"].all()


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"volumes": 7}', b'{"volumes": [', b""])
def test_an_answer_that_is_no_list_fails_its_resource(cloud, proxy, content):
    proxy.fault = only("/volumes/detail", lambda answer: (200, content))
    fleet = read()
    assert covered(fleet, "volumes")["status"] == "failed"
    assert covered(fleet, "servers")["status"] == "ok"


def test_the_second_page_that_is_cut_short_leaves_the_first(cloud, proxy):
    proxy.fault = lambda url, answer: (
        (200, answer[1][:100]) if "/servers/detail" in url and "marker" in url else answer)
    fleet = read(page_size=2)
    found = covered(fleet, "servers")
    assert (found["status"], found["rows"]) == ("partial", 2)


def test_a_service_that_the_cloud_has_not_is_unsupported(cloud, proxy):
    def without_volumes(document):
        document["token"]["catalog"] = [
            one for one in document["token"]["catalog"] if one["type"] != "block-storage"]

    proxy.fault = only("/auth/tokens", edited(without_volumes))
    fleet = read()
    assert covered(fleet, "volumes")["status"] == "unsupported"
    assert covered(fleet, "servers")["status"] == "ok"
