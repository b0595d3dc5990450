import pytest

from fleetkit.classification.identities import command_match, image_match, name_match
from fleetkit.classification.settings import asked, verdict
from fleetkit.classification.software import catalogue, data_ports, tokens


def named(match):
    return match and (match.software.name + (" companion" if match.companion else ""))


def test_the_catalogue_has_all_identities():
    classes = [known.state_class for known in catalogue()]
    assert [classes.count(one) for one in ("stateful", "stateless", "depends")] == [79, 55, 58]


def test_no_alias_means_two_things():
    assert [alias for known in catalogue() for alias in known.spellings
            if catalogue().aliases[tokens(alias)] != known] == []


def test_every_identity_that_depends_has_a_test():
    assert [known.name for known in catalogue()
            if known.state_class == "depends" and not known.stateful_if] == []


@pytest.mark.parametrize(("reference", "software"), [
    ("registry.example:5000/team/postgres:16@sha256:" + "a" * 64, "postgresql"),
    ("bitnami/postgresql", "postgresql"),
    ("shop-postgres", "postgresql"),
    ("postgres16", "postgresql"),
    ("PostGIS/postgis:17-3.5", "postgresql"),
    ("mcr.microsoft.com/mssql/server:2022", "mssql"),
    ("apache/kafka", "kafka"),
    ("nodered/node-red", "node-red"),
    ("bitnami/rabbitmq-cluster-operator", "rabbitmq companion"),
    ("oliver006/redis_exporter", "redis companion"),
    ("rediscommander/redis-commander", "redis companion"),
    ("prom/mysqld-exporter", "mysql companion"),
    ("ghcr.io/cloudnative-pg/cloudnative-pg:1.24", "postgresql companion"),
    ("prom/node-exporter", "node-exporter"),
    ("mysql", "mysql"),
])
def test_image_names_its_software(reference, software):
    assert named(image_match(reference)) == software


@pytest.mark.parametrize("reference", [
    "postgrest/postgrest:v12", "debian:12", "team/postgres-test", "mysql-init",
    "sha256:" + "0" * 64, "0123456789ab", "", ":", "@", "///", "数据库:1",
])
def test_image_that_names_nothing(reference):
    assert image_match(reference) is None


def test_part_of_a_name_is_less_sure_than_the_name():
    assert image_match("shop-postgres").percent < image_match("postgres").percent


def test_runtime_is_less_sure_than_software():
    assert image_match("python-node").percent < image_match("shop-postgres").percent


@pytest.mark.parametrize(("command", "software"), [
    ("docker-entrypoint.sh postgres -c shared_buffers=1GB", "postgresql"),
    ("/bin/sh -c 'exec redis-server --port 1'", "redis"),
    ("java -Xmx1g -cp x org.apache.zookeeper.server.quorum.QuorumPeerMain", "zookeeper"),
    ("java -jar app.jar", "spring-boot"),
    ("python -m gunicorn app", "gunicorn"),
    ("psql -h db", "postgresql companion"),
    ("mysql -h db -e 'select 1'", "mysql companion"),
    (r"C:\Program\sqlservr.exe", "mssql"),
    ("sleep infinity", None),
    ("", None),
    ("'\"';", None),
])
def test_command_names_its_software(command, software):
    assert named(command_match(command)) == software


def test_a_host_called_node_is_no_runtime():
    assert name_match("node-#") is None


def test_a_long_text_is_cut_before_it_is_matched():
    assert image_match("a-" * 1_000_000 + "postgres") is None


def test_port_of_the_web_is_no_data_port():
    assert "80" not in data_ports()
    assert data_ports()["5432"]


@pytest.mark.parametrize(("software", "place", "text", "sign"), [
    ("redis", "mount", "/data", 1),
    ("redis", "command", "redis-server --appendonly yes", 1),
    ("redis", "command", "redis-server --appendonly no", -1),
    ("grafana", "env", "GF_DATABASE_HOST", -1),
    ("authelia", "env", "AUTHELIA_STORAGE_POSTGRES_PASSWORD_FILE", -1),
    ("postgresql", "mount", "/var/lib/postgresql/data/", 1),
    ("postgresql", "mount", "/var/lib/postgresql-old", 0),
    ("postgresql", "mount", "/", 0),
])
def test_configuration_says_where_state_is(software, place, text, sign):
    assert verdict(asked(), software, place, text) == sign
