"""Facts from tags and labels: what owners say about a workload themselves.

A mapping is JSON text with sorted keys and no spaces, so an expression finds a key and its value
on every engine. Distinct texts are looked at once.
"""

from typing import Any

import narwhals as nw

Frame = nw.LazyFrame[Any]

_YES = "(?:true|yes|1|enabled?|on)"
_NO = "(?:false|no|0|disabled?|off)"
_STATE_KEYS = ("stateful", "stateless", "state", "role", "tier", "component", "layer")
_STATEFUL = "(?:stateful|database|db|data|datastore|data-store|storage|persistence)"
_STATELESS = "(?:stateless|web|webserver|frontend|front-end|proxy|worker|gateway|ingress)"
_NONPROD = (
    "(?:dev|develop|development|test|testing|qa|stage|staging|stg|preview|sandbox|demo|ci|uat"
    "|nonprod|non-prod|local)"
)


def tag_facts(workloads: Frame) -> Frame:
    """What each distinct text of tags says; null where it says nothing."""
    texts = workloads.select("tags").drop_nulls().unique()
    lowered = texts.with_columns(low=nw.col("tags").str.to_lowercase())
    return lowered.with_columns(
        tag_stateful=_first_key(_STATE_KEYS, _STATEFUL, yes=("stateful",), no=("stateless",)),
        tag_stateless=_first_key(_STATE_KEYS, _STATELESS, yes=("stateless",), no=("stateful",)),
        tag_keep=_first_key(("safe-to-evict",), _NO, yes=("do-not-disrupt", "do-not-evict")),
        tag_evict=_first_key(("safe-to-evict",), _YES),
        tag_leader=_first_key(("role", "cluster-role", "replication-role", "spilo-role"),
                              "(?:primary|leader|master|active)"),
        tag_backup=_value_of(_key("(?:backup|backup[-_](?:plan|policy|enabled?|schedule)"
                                  "|docker-volume-backup[a-z.-]*)"), but=f"(?:{_NO}|none)?"),
        tag_license=_value_of(_key("licen[cs]e[-_](?:key|server|host|bound|id)"), but=f"{_NO}?"),
        tag_managed=_value_of(_key("(?:managed[-_]by|provisioner|config[-_]management)"),
                              only="(?:ansible|puppet|chef|salt|saltstack|cfengine)"),
        tag_sticky=_value_of(_key(r"(?:[a-z0-9_.-]*\.)?sticky(?:\.cookie)?"), only=_YES),
        tag_nonprod=_value_of(_key("(?:env|environment|stage)"), only=_NONPROD),
    ).drop("low")


def nonproduction(name: str) -> nw.Expr:
    """Whether the column holds the name of an environment that is not production."""
    return nw.col(name).str.contains(f"(?i)^{_NONPROD}$")


def _first_key(
    keys: tuple[str, ...], value: str, *, yes: tuple[str, ...] = (), no: tuple[str, ...] = ()
) -> nw.Expr:
    """`key=value` of the first of the keys that holds such a value."""
    said = [_said(key, value) for key in keys]
    said += [_said(key, _YES) for key in yes] + [_said(key, _NO) for key in no]
    return nw.coalesce(*said)


def _said(key: str, value: str) -> nw.Expr:
    found = _value_of(_key(key), only=value)
    return nw.concat_str([nw.lit(f"{key}="), found])


def _value_of(key: str, *, only: str = "[^\"]*", but: str | None = None) -> nw.Expr:
    """The value of a key, if it matches `only` and not `but`; at most 60 characters of it."""
    low = nw.col("low")
    found = low.str.contains(f"{key}{only}\"")
    if but is not None:
        found = found & ~low.str.contains(f"{key}{but}\"")
    told = nw.when(found).then(nw.col("tags"))  # what is null costs no search
    value = told.str.replace_all(f"(?is)^.*{key}", "").str.replace_all("(?s)\".*$", "")
    return value.str.head(60)


def _key(name: str) -> str:
    """An expression for a key, whatever stands before its last / or dot."""
    return f"[{{,]\"(?:[^\"]*[/.])?{name}\":\""
