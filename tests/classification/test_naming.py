"""Software of a machine by the services and packages that it is known by."""

import pytest

from tests.classification.fleets import container, judged, label, reason


def machine(workload_id="a", **known):
    return {"workload_id": workload_id, "kind": "vm", "name": f"{workload_id}-01",
            "state": "running", "source": "aws"} | known


def serving(name, workload_id="a", **known):
    return {"service_id": f"{workload_id} as {name}", "service_name": name,
            "workload_id": workload_id, "source": "consul"} | known


def package(name, subject="a"):
    return {"subject_id": subject, "ecosystem": "Debian", "name": name, "version": "1"}


def test_a_machine_is_what_its_service_says():
    made = judged(machine(), services=[serving("mysql"), serving("api")])
    assert label(made, "a")["software"] == "mysql"
    assert "(service mysql)" in reason(made, "a", "identity_stateful")


def test_a_proxy_beside_a_service_is_not_the_service():
    made = judged(machine(), services=[serving("mysql", kind="connect-proxy")])
    assert label(made, "a")[["software"]].isna().all()


def test_a_machine_is_what_the_server_among_its_packages_says():
    made = judged(machine(), packages=[package("bash"), package("postgresql-16"),
                                       package("libpq5"), package("nginx")])
    assert label(made, "a")["software"] == "postgresql"
    assert "(package postgresql-16)" in reason(made, "a", "identity_stateful")


@pytest.mark.parametrize("name", ["postgresql-client-16", "python3-redis", "libmongoc", "nginx"])
def test_clients_and_what_keeps_nothing_name_no_machine(name):
    made = judged(machine(), packages=[package(name)])
    assert label(made, "a")[["software"]].isna().all()


def test_packages_of_a_container_do_not_name_it():
    made = judged(container("a"), packages=[package("postgresql-16")])
    assert label(made, "a")[["software"]].isna().all()


def test_an_image_outvotes_a_package():
    made = judged(machine(image_ref="redis"), packages=[package("postgresql-16")])
    assert label(made, "a")["software"] == "redis"
