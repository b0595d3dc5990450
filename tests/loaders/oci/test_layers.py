"""Layers on top of each other: whiteouts, links, and in which layer a package came."""

import pytest

from tests.loaders.oci.making import (
    DEBIAN,
    FOLDER,
    HARD,
    LINK,
    RELEASE,
    STATUS,
    layer,
    packages,
    saved,
)

CURL = packages(curl="7.88")


@pytest.fixture
def installed(archived):
    """A function that gives the packages of an image of these layers, by name."""
    def read(*layers):
        fleet = archived(saved(("shop/web:1", [layer(files) for files in layers])))
        return fleet.packages.set_index("name")

    return read


def test_the_topmost_database_counts(installed):
    found = installed({RELEASE: DEBIAN, STATUS: CURL}, {STATUS: packages(curl="7.99")})
    assert found["version"].to_dict() == {"curl": "7.99"}


@pytest.mark.parametrize("whiteout", [
    "var/lib/dpkg/.wh.status", "var/lib/.wh.dpkg", ".wh.var", "var/lib/dpkg/.wh..wh..opq",
    "var/.wh..wh..opq", ".wh..wh..opq", "./var/lib/.wh.dpkg",
])
def test_a_whiteout_hides_what_lies_below(installed, whiteout):
    assert installed({RELEASE: DEBIAN, STATUS: CURL}, {whiteout: b""}).empty


@pytest.mark.parametrize("first", [True, False])
def test_a_whiteout_spares_its_own_layer(installed, first):
    files = [("var/lib/dpkg/.wh..wh..opq", b""), (STATUS, packages(wget="1"))]
    found = installed({RELEASE: DEBIAN, STATUS: CURL}, files if first else files[::-1])
    assert list(found.index) == ["wget"]


def test_a_whiteout_of_a_neighbour_hides_nothing(installed):
    found = installed({RELEASE: DEBIAN, STATUS: CURL}, {"var/lib/.wh.dpkg-old": b"",
                                                        "var/lib/dpk/.wh..wh..opq": b""})
    assert list(found.index) == ["curl"]


def test_a_folder_that_a_file_replaces_is_gone(installed):
    assert installed({RELEASE: DEBIAN, STATUS: CURL}, {"var/lib/dpkg": b"a file now"}).empty


def test_a_file_that_a_folder_replaces_is_gone(installed):
    found = installed({RELEASE: DEBIAN, "var/lib/dpkg": b"a file"}, {STATUS: CURL})
    assert list(found.index) == ["curl"]


def test_a_folder_that_comes_again_keeps_its_files(installed):
    found = installed({RELEASE: DEBIAN, STATUS: CURL}, {"var/lib/dpkg/": FOLDER})
    assert list(found.index) == ["curl"]


@pytest.mark.parametrize("target", ["../usr/lib/os-release", "/usr/lib/os-release",
                                    "../../../../usr/lib/os-release"])
def test_a_link_is_followed_inside_the_image(installed, target):
    found = installed({"usr/lib/os-release": DEBIAN}, {RELEASE: (LINK, target), STATUS: CURL})
    assert found.loc["curl", "release"] == "12"


def test_a_link_to_an_unusual_place_is_followed_into_a_lower_layer(installed):
    found = installed({"opt/vendor/release": DEBIAN, "srv/dpkg/status": CURL},
                      {RELEASE: (LINK, "/opt/vendor/release"), "var/lib/dpkg": (LINK, "/srv/dpkg")})
    assert found.loc["curl", ["release", "path", "first_layer"]].tolist() == ["12", STATUS, 1]


def test_a_folder_of_packages_behind_a_link_is_read(installed):
    found = installed({RELEASE: DEBIAN, "opt/packages/curl": b"Package: curl\nVersion: 7.88\n"},
                      {"var/lib/dpkg/status.d": (LINK, "/opt/packages")})
    assert found.loc["curl", "path"] == "var/lib/dpkg/status.d/curl"


def test_a_hard_link_is_the_file_that_it_names(installed):
    files = [(RELEASE, DEBIAN), ("srv/copy", CURL), (STATUS, (HARD, "srv/copy"))]
    assert list(installed(files).index) == ["curl"]


@pytest.mark.parametrize("files", [
    {STATUS: (LINK, "status")},
    {STATUS: (LINK, "other"), "var/lib/dpkg/other": (LINK, "status")},
    {"var": (LINK, "var"), "etc": (LINK, "../etc")},
    {STATUS: (LINK, "/../../../../../../etc/passwd")},
    {STATUS: (HARD, "../../../etc/passwd")},
])
def test_links_in_circles_and_out_of_the_image_lead_to_nothing(installed, files):
    assert installed({RELEASE: DEBIAN, **files}).empty


def test_a_package_says_in_which_layer_it_came(installed):
    found = installed(
        {RELEASE: DEBIAN, STATUS: packages(curl="1", bash="5", tar="1")}, {"srv/a": b""},
        {STATUS: packages(curl="2", bash="5", wget="3")},
        {STATUS: packages(curl="2", bash="5", tar="1", wget="3")},
    )
    layers = {name: (row["first_layer"], row["current_layer"]) for name, row in found.iterrows()}
    assert layers == {"curl": (2, 2), "bash": (0, 0), "tar": (0, 3), "wget": (2, 2)}


def test_a_package_names_the_layer_that_holds_it(archived):
    layers = [layer({RELEASE: DEBIAN, STATUS: CURL}), layer({"a": b""})]
    fleet = archived(saved(("shop/web:1", layers)))
    assert fleet.packages["layer_id"].tolist() == [fleet.layers["diff_id"][0]]


def test_layers_have_the_chain_ids_of_the_specification(archived):
    import hashlib

    fleet = archived(saved(("shop/web:1", [layer({"a": b""}), layer({"b": b""})])))
    low, high = fleet.layers["diff_id"]
    chained = hashlib.sha256(f"{low} {high}".encode()).hexdigest()
    assert fleet.layers["chain_id"].tolist() == [low, f"sha256:{chained}"]


def test_a_layer_has_the_size_of_its_files(archived):
    fleet = archived(saved(("shop/web:1", [layer({"a": b"1234", "b": (LINK, "abc")})])))
    assert fleet.layers["size_bytes"].tolist() == [7]


def test_an_image_of_no_layers_is_not_observable(archived):
    fleet = archived(saved(("shop/web:1", [])))
    assert fleet.images["observable"].tolist() == [False]
