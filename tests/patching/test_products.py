from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from fleetkit.patching.products import ECOSYSTEMS, Image, Package, System, read_product

DIGEST = "sha256:" + "a" * 64


def test_a_system_goes_by_its_cpe():
    for cpe, system in (
        ("cpe:/o:redhat:enterprise_linux:9", System("Red Hat", "9")),
        ("cpe:/a:redhat:enterprise_linux:9::appstream", System("Red Hat", "9")),
        ("cpe:2.3:o:redhat:enterprise_linux:8:*:*:*:*:*:*:*", System("Red Hat", "8")),
        ("cpe:2.3:o:debian:debian_linux:12.0:*:*:*:*:*:*:*", System("Debian", "12")),
        ("cpe:2.3:o:canonical:ubuntu_linux:22.04:*:*:*:lts:*:*:*", System("Ubuntu", "22.04")),
        ("cpe:/o:suse:sles:15:sp5", System("SUSE", "15.5")),
        ("cpe:/o:alpinelinux:alpine_linux:3.20", System("Alpine", "v3.20")),
    ):
        assert read_product(cpe) == system


def test_a_system_of_enrolled_machines_is_a_channel():
    assert read_product("cpe:/o:redhat:rhel_eus:9.4::baseos").channel == "rhel_eus:9.4"


def test_an_application_is_no_system():
    assert read_product("cpe:2.3:a:debian:dpkg:1.21") is None


def test_a_module_of_an_rpm_is_its_name_and_stream():
    purl = "pkg:rpm/redhat/httpd@2.4-1?arch=src&rpmmod=httpd:2.4:8070020230131172653:bd1311ed"
    assert read_product(purl).module == "httpd:2.4"


def test_an_image_goes_by_its_digest_before_its_tag():
    purl = f"pkg:oci/web@{DIGEST.replace(':', '%3A')}?repository_url=reg.example/team&tag=1"
    assert read_product(purl) == Image(DIGEST, "reg.example/team/web:1", "reg.example/team/web")


def test_a_login_in_the_address_of_a_repository_is_dropped():
    purl = "pkg:oci/web?repository_url=https%3A%2F%2Fme%3Ahunter2%40reg.example%2Fweb&tag=1"
    assert read_product(purl) == Image(None, "reg.example/web:1", "reg.example/web")


def test_a_word_is_no_product():
    for text in ("redis", "", "Example 17.4", "https://a.example/b", "pkg:", "pkg:x/y@1", "cpe:/o"):
        assert read_product(text) is None


NAME = st.text("abcdefgxyz-._", min_size=1, max_size=8).map(lambda text: f"a{text}z")


@given(st.sampled_from(sorted(ECOSYSTEMS)), NAME, NAME, st.one_of(st.none(), NAME))
def test_what_the_library_of_purls_writes_is_read(kind, namespace, name, version):
    found = read_product(PackageURL(kind, namespace, name, version).to_string())
    assert isinstance(found, Package)
    assert found.ecosystem == ECOSYSTEMS[kind]
    assert (found.version or "").lower() == (version or "").lower()


@given(st.one_of(st.text(), st.text().map(lambda text: f"pkg:{text}"),
                 st.text().map(lambda text: f"cpe:{text}"),
                 st.text("a/:@?&=%#.-*1", max_size=20).map(lambda text: f"pkg:deb/{text}")))
def test_any_text_is_a_product_or_none(text):
    assert isinstance(read_product(text), Package | Image | System | None)
