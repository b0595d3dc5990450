"""Tokens: what rows of several sources share where they are one thing.

One function per form of a rule; each gives a frame of row numbers and tokens, for whole columns
at once. A token reads `authority/value`: only within one authority can two values contradict.
"""

from collections.abc import Callable

import pandas as pd

from fleetkit.references import full_reference
from fleetkit.schema import Same

_HEX = r"([0-9a-f]{64})"
_UUID = r"^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$"
# how platforms' ids are written by others (cloud providers of Kubernetes, container runtimes)
_PROVIDED = (
    (r"^(?:aws://.*/)?(i-[0-9a-f]{8,17})$", "aws/"),
    (r"^gce://([^/]+/[^/]+/[^/]+)$", "gce/"),
    (r"^gce:///[^/]+/(\d+)$", "gce number/"),
    (r"^openstack://[^/]*/([0-9a-f-]{36})$", "openstack/"),
    (r"^azure://(.+)$", "azure/"),
    (rf"^(?:docker|containerd|cri-o|podman)://{_HEX}$", "container/"),
)
_OWN = {  # source -> what its own ids look like, and their authority
    "aws": (r"^(i-[0-9a-f]{8,17})$", "aws/"),
    "gcp": (r"^(\d+)$", "gce number/"),
    "openstack": (r"^([0-9a-f-]{36})$", "openstack/"),
    "docker": (rf"^{_HEX}$", "container/"),
}
# values that firmware bears where nobody set one
_UNSET = {
    "0" * 32, "f" * 32, "03000200040005000006000700080009", "00020003000400050006000700080009",
}
_NOBODY = {"localhost", "localhost.localdomain", "ubuntu", "debian", "unknown", "none"}
_ALLOCATION = r"^(.+)-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"


def tokens_of(rows: pd.DataFrame, rule: Same) -> pd.DataFrame:
    """Columns `row` (number in the frame) and `token`, a row for each that a rule finds."""
    asked = rows[rows["kind"].isin(rule.kinds)] if rule.kinds else rows
    found = pd.concat([part.dropna().to_frame("token") for part in _FORMS[rule.form](asked)])
    found = found.rename_axis("row").reset_index()
    return found[found["token"] != ""].drop_duplicates(ignore_index=True)


def _platform(rows: pd.DataFrame) -> list[pd.Series]:
    parts = [_matched(rows["provider_id"], *pattern) for pattern in _PROVIDED]
    parts += [
        _matched(rows.loc[rows["source"] == source, "native_id"], *pattern)
        for source, pattern in _OWN.items()
    ]
    google = rows[(rows["source"] == "gcp") & (rows["kind"] == "vm")]
    parts.append("gce/" + google["account"] + "/" + google["zone"] + "/" + google["name"])
    return parts


def _uuid(rows: pd.DataFrame) -> list[pd.Series]:
    carried = rows["provider_id"].str.extract(r"^vsphere://(.+)$")[0]
    return [_uuids(rows["machine_uuid"]), _uuids(carried)]


def _uuids(texts: pd.Series) -> pd.Series:
    """UUIDs in one spelling: firmware may tell the first three fields in the other byte order."""
    known = texts.dropna().str.strip().str.lower()
    plain = known[known.str.match(_UUID)].str.replace("-", "")
    plain = plain[~plain.isin(_UNSET)]
    turned = sum((plain.str[at:at + 2] for at in (4, 2, 0, 10, 8, 14, 12)), start=plain.str[6:8])
    turned = turned + plain.str[16:]
    return "uuid/" + plain.where(plain <= turned, turned)


def _scheduler(rows: pd.DataFrame) -> list[pd.Series]:
    """Containers of an engine bear the marks of the scheduler that started them."""
    engine = rows[rows["source"] == "docker"]
    pod = engine["tags"].str.extract(r'"io\.kubernetes\.pod\.uid":"([^"]+)"')[0]
    inner = engine["tags"].str.extract(r'"io\.kubernetes\.container\.name":"([^"]+)"')[0]
    named = engine["name"].str.extract(_ALLOCATION)
    pods = rows.loc[rows["source"] == "kubernetes", "native_id"]
    tasks = rows.loc[rows["source"] == "nomad", "native_id"]
    mesos = rows.loc[rows["source"] == "mesos", "tags"]
    return [
        "pod/" + pod + "/" + inner, "pod/" + pods,
        "nomad/" + named[1] + "/" + named[0], "nomad/" + tasks,
        "mesos/" + engine["name"].str.extract(r"^mesos-(?:[^.]+\.)?([0-9a-f-]{36})$")[0],
        "mesos/" + mesos.str.extract(r'"mesos container":"([^"]+)"')[0],
    ]


def _text(rows: pd.DataFrame) -> list[pd.Series]:
    return ["node/" + rows["node_id"].str.strip().str.lower()]


def _list(rows: pd.DataFrame) -> list[pd.Series]:
    macs = _exploded(rows["macs"]).str.lower().str.replace("-", ":")
    return ["mac/" + macs[~macs.isin(["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", ""])]]


def _address(rows: pd.DataFrame) -> list[pd.Series]:
    names = rows["hostname"].fillna(rows["name"]).str.lower().str.extract(r"^([^.]+)")[0]
    names = names[~names.isin(_NOBODY)].dropna()
    parts = []
    for column in ("private_ips", "public_ips"):
        ips = _exploded(rows[column])
        ips = ips[~ips.str.startswith(("127.", "169.254.", "fe80", "::1"))]
        parts.append("address/" + ips + "/" + names.reindex(ips.index))
    return parts


def _digest(rows: pd.DataFrame) -> list[pd.Series]:
    own = rows["image_id"].where(rows["image_id"].str.match(r"^sha\d+:[0-9a-f]{64}"))
    listed = _exploded(rows["digests"]).str.extract(r"(sha\d+:[0-9a-f]{64,128})$")[0]
    return ["digest/" + own, "digest/" + listed]


def _name(rows: pd.DataFrame) -> list[pd.Series]:
    own = rows["image_id"].str.extract(r"^name\|(.+)$")[0]
    tags = _exploded(rows["tags"])
    full = {tag: full_reference(tag) for tag in tags.unique()}
    return ["name/" + own, "name/" + tags.map(full).astype(own.dtype)]


def _matched(texts: pd.Series, pattern: str, authority: str) -> pd.Series:
    found: pd.Series = authority + texts.str.lower().str.extract(pattern)[0]
    return found


def _exploded(lists: pd.Series) -> pd.Series:
    """The texts of a column of lists, each under the number of its row."""
    known = lists.dropna()
    flat = known.list.flatten() if len(known) else known.astype(object)
    return flat.astype(pd.StringDtype("pyarrow", na_value=pd.NA)).dropna()


_FORMS: dict[str, Callable[[pd.DataFrame], list[pd.Series]]] = {
    "platform": _platform, "uuid": _uuid, "scheduler": _scheduler, "text": _text, "list": _list,
    "address": _address, "digest": _digest, "name": _name,
}
