"""Facts about what is around a workload: ports, names of variables, callers, guests."""

from collections.abc import Mapping

import narwhals as nw
import pyarrow as pa

from fleetkit.classification.engines import Frame, beside, widened, with_once
from fleetkit.identities.software import Catalogue, meant

_HTTP = ("80", "81", "443", "3000", "5000", "5601", "8000", "8008", "8080", "8081", "8088", "8443",
         "8888", "9000", "9443")
_CREDENTIAL = r"(?i)(?:PASSWORD|PASSWD|PASSPHRASE)(?:_FILE)?$"
_OF_ANOTHER = (
    r"(?i)^(?:[A-Z0-9]+_)*(?:DB|DATABASE|QUEUE|BROKER|AMQP|CACHE|SMTP|MAIL|JDBC|DATASOURCE|LDAP"
    r"|REMOTE|UPSTREAM|CLIENT|PROXY|S3)_(?:[A-Z0-9]+_)*PASS"
)
_STORE = (
    r"(?i)^(?:[A-Z0-9]+_)*(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|REDIS"
    r"|AMQP|QUEUE|BROKER|RABBITMQ|KAFKA|ELASTICSEARCH|S3|JDBC)_?(?:URL|URI|HOST|HOSTS|DSN|ADDR|ADDRESS|SERVER"
    r"|SERVERS|ENDPOINT|BROKERS|CONNECTION_STRING)$"
)
_CALLS = ["calls", "depends_on"]


def port_facts(listed: Frame, catalogue: Catalogue | None = None) -> Frame:
    """How many ports a workload has, how many are HTTP by habit, and one that databases use."""
    meanings = meant(catalogue).data_ports
    numbers = sorted({*_HTTP, *meanings})
    known = beside(listed, {
        "port": pa.array(numbers, pa.string()),
        "is_http": pa.array([int(number in _HTTP) for number in numbers], pa.int64()),
        "data_port": pa.array([_port_text(number, meanings) for number in numbers], pa.string()),
    })
    plain = with_once(
        listed, "ports", port=nw.col("ports").str.replace_all("/.*$", ""), one=nw.lit(1))
    return widened(plain, known, "port").group_by("workload_id").agg(
        nw.col("one").sum().alias("port_count"),
        nw.col("is_http").sum().alias("http_ports"),
        nw.col("data_port").min().alias("data_port"),
    ).with_columns(nw.col("port_count", "http_ports").cast(nw.Int64))


def variable_facts(listed: Frame) -> Frame:
    """Names of variables that hold a password of its own, and that point to a store elsewhere.

    DB_CREDENTIAL and the like open another's door: they are not its own.
    """
    name = nw.col("env_names")
    return with_once(
        listed, "env_names",
        password_name=nw.when(
            name.str.contains(_CREDENTIAL) & ~name.str.contains(_OF_ANOTHER)).then(name),
        store_name=nw.when(name.str.contains(_STORE)).then(name),
    ).group_by("workload_id").agg(
        nw.col("password_name").min(), nw.col("store_name").min(),
    )


def answered(links: Frame, placed: Frame) -> Frame:
    """Calls between services as calls between the workloads that answer for them.

    A service is reached by its own id, or by that of the name or group which it is a member of.
    """
    calls = links.filter(nw.col("relation").is_in(_CALLS)).drop_nulls()
    own = placed.select("workload_id", thing="service_id")
    groups = links.filter(nw.col("relation") == "member_of").select(
        thing="from_id", group="to_id").join(
        calls.select(group="to_id").unique(), on="group", how="inner")
    by_group = groups.join(own, on="thing", how="inner").select("workload_id", thing="group")
    things = nw.concat([own, by_group], how="vertical").unique()
    ends = things.rename({"workload_id": "inner_to", "thing": "to_id"})
    starts = things.rename({"workload_id": "inner_from", "thing": "from_id"})
    inner = calls.join(ends, on="to_id", how="left").join(starts, on="from_id", how="left")
    return inner.select(
        "relation", from_id=nw.coalesce("inner_from", "from_id"),
        to_id=nw.coalesce("inner_to", "to_id"))


def caller_facts(links: Frame) -> Frame:
    """How many others call or depend on a workload."""
    calls = links.filter(nw.col("relation").is_in(_CALLS)).select("from_id", "to_id")
    return calls.drop_nulls().unique().group_by("to_id").agg(
        nw.len().alias("callers")).rename({"to_id": "workload_id"})


def store_facts(links: Frame, identified: Frame) -> Frame:
    """The stateful workload that a workload calls, by its software's name."""
    stores = identified.filter(nw.col("state_class") == "stateful").select(
        to_id="workload_id", store_called="software")
    calls = links.filter(nw.col("relation").is_in(_CALLS)).select("from_id", "to_id")
    return calls.join(stores, on="to_id", how="inner").group_by("from_id").agg(
        nw.col("store_called").min()).rename({"from_id": "workload_id"})


def guest_facts(workloads: Frame, links: Frame, stored: Frame) -> Frame:
    """How many workloads run on a host, and how many of them keep data on its disks."""
    by_column = workloads.select("workload_id", host="host_id")
    by_link = links.filter(nw.col("relation") == "runs_on").select(
        workload_id="from_id", host="to_id")
    pairs = nw.concat([by_column, by_link], how="vertical").drop_nulls().unique()
    local = nw.col("volume_mounts") + nw.col("bind_mounts") + nw.col("anonymous_mounts")
    kept = stored.select(
        "workload_id",
        keeps=(local > 0).fill_null(value=False).cast(nw.Int64),
        volume_text="volume_text", bind_text=nw.coalesce("bind_text", "anonymous_text"),
    )
    return pairs.join(kept, on="workload_id", how="inner").group_by("host").agg(
        nw.len().alias("guests"), nw.col("keeps").sum().alias("guests_with_data"),
        nw.col("volume_text").min(), nw.col("bind_text").min(),
    ).select(
        nw.col("guests", "guests_with_data").cast(nw.Int64), workload_id="host",
        guest_data=nw.coalesce("volume_text", "bind_text"),
    )


def _port_text(number: str, meanings: Mapping[str, str]) -> str | None:
    return f"{number}, used by {meanings[number]}" if number in meanings else None
