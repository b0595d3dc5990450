import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.identities.matching import (
    MATCHERS,
    codes,
    command_match,
    image_match,
    known_rows,
    name_match,
    package_match,
    service_match,
)
from fleetkit.identities.reading import ROWS
from fleetkit.identities.settings import asked, verdict
from fleetkit.identities.software import catalogue


def named(match):
    return match and (match.software.name + (" companion" if match.companion else ""))





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
    ("postgrest/postgrest:v12", "postgrest"),
    ("mongo-express", "mongodb companion"),
    ("vaultwarden/server:1.32", "vaultwarden"),
    ("calico/node:v3", "calico"),
    ("ghcr.io/goauthentik/server", "authentik"),
    ("portainer/agent", "portainer-agent"),
    ("nextcloud-apache", "nextcloud"),
    ("lscr.io/linuxserver/sonarr:latest", "sonarr"),
    ("grafana/loki-query-frontend", "loki-query-frontend"),
    ("bitnami/elasticsearch-curator", "elasticsearch companion"),
    ("mysql", "mysql"),
])
def test_image_names_its_software(reference, software):
    assert named(image_match(reference)) == software


@pytest.mark.parametrize("reference", [
    "debian:12", "team/postgres-test", "mysql-init",
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
    assert "80" not in catalogue().data_ports
    assert catalogue().data_ports["5432"]


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


@pytest.mark.parametrize(("name", "software"), [
    ("release-name-postgresql-0", "postgresql"),
    ("rediscart", "redis"),
    ("mysqldb", "mysql"),
    ("orders_mongo_1", "mongodb"),
    ("shopMySQL", "mysql"),
    ("neo#j-#", "neo4j"),
    ("shop-prometheus-operator-1", "prometheus-operator"),
    ("shop-cassandra-operator", "cassandra companion"),
    ("wordpress-mariadb", "mariadb"),
    ("elasticsearch-kibana", "kibana"),
    ("mysqldexporter", "mysql companion"),
    ("checkoutservice", None),
    ("cart-db", None),
    ("user-registry", None),
    ("postgresqlish", None),
    ("mongoose", None),
    ("nodebalancer", None),
])
def test_workload_is_named_after_its_software(name, software):
    assert named(name_match(name)) == software


@pytest.mark.parametrize(("unit", "software"), [
    ("postgresql@16-main.service", "postgresql"),
    ("redis-server.service", "redis"),
    ("MSSQL$SQLEXPRESS", "mssql"),
    ("postgres_exporter.service", "postgresql companion"),
    ("sshd.service", None),
    ("node_exporter.service", None),
    ("python3", None),
])
def test_service_that_runs_names_its_software(unit, software):
    assert named(service_match(unit)) == software


@pytest.mark.parametrize(("package", "software"), [
    ("postgresql-16", "postgresql"),
    ("postgresql16-server", "postgresql"),
    ("mysql-community-server", "mysql"),
    ("mongodb-org-server", "mongodb"),
    ("redis-server", "redis"),
    ("mariadb-server-10.6", "mariadb"),
    ("nginx-core", "nginx"),
    ("libpq5", None),
    ("postgresql-client-16", None),
    ("postgresql-common", None),
    ("postgresql", None),
    ("php8.1-mysql", None),
    ("python3-redis", None),
    ("redis-tools", None),
    ("openssh-server", None),
    ("linux-image-6.1.0-13-amd64", None),
])
def test_package_of_a_server_names_its_software(package, software):
    assert named(package_match(package)) == software


def test_package_is_less_sure_than_a_service_that_runs():
    assert package_match("redis-server").percent < service_match("redis-server").percent


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([
        "postgres", "redis", "exporter", "-", "/", ":", "@", "sh", "java", "-jar", " ", "calico",
        "node", "db", "Service", "16", "#", "registry", "nginx", "_", ".", "test", "server",
    ]), max_size=9).map("".join),
)


@given(TEXTS, st.sampled_from(sorted(MATCHERS)))
def test_many_texts_are_read_as_each_alone(text, place):
    match = MATCHERS[place](text, None)
    row = codes(pa.array([text, text], pa.string()), place).to_pylist()
    known = known_rows()[row[0] % ROWS]["software"] if row[0] else None
    assert row[0] == row[1]
    assert known == named(match)


@given(st.lists(st.sampled_from(["postgres", "exporter", "shop", "redis", "16", "db"]), min_size=1),
       st.sampled_from(sorted(MATCHERS)))
def test_capitals_do_not_count(words, place):
    text = "-".join(words)
    assert MATCHERS[place](text, None) == MATCHERS[place](text.upper(), None)


@given(st.from_regex(r"[a-z0-9.]{1,12}(:[0-9]{2,5})?", fullmatch=True),
       st.from_regex(r"[\w][\w.-]{0,12}", fullmatch=True))
def test_registry_and_tag_do_not_count(registry, tag):
    plain = image_match("team/shop-postgres")
    assert image_match(f"{registry}/team/shop-postgres:{tag}@sha256:{'0' * 64}") == plain


def test_a_stem_of_two_names_is_neither():
    assert (name_match("k3s").software.name, name_match("k#s")) == ("k3s", None)
