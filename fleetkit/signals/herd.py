"""Names, images and packages of siblings: research note C.4 rows 31 to 36, 57 and 59."""

import narwhals as nw

from fleetkit.plugins import Signal

_ROLES = (
    "web|www|app|api|db|sql|mail|smtp|dns|ntp|proxy|cache|queue|worker|backend|frontend|gateway"
    "|server|host|node|master|slave|primary|replica|test|dev|prod|stage|staging|build|backup|files"
    "|storage|auth|login|monitor|monitoring|metrics|logs|vpn|bastion|jump|template|default|machine"
    "|unknown|localhost|debian|ubuntu|linux|windows|docker|podman"
)
_NAME, _SIBLINGS = nw.col("name"), nw.col("name_siblings")
_SIZE, _RUNNING = nw.col("group_size"), nw.col("group_running")


def _count(name: str, end: str) -> nw.Expr:
    return nw.concat_str([nw.col(name).cast(nw.String), nw.lit(end)])


numbered = Signal(
    name="name_numbered",
    doc="names by number are names of a herd",
    axis="uniqueness", family="name", needs=("name_siblings",), most=0.8,
    weight=nw.when(_SIBLINGS >= 3).then(nw.lit(-0.8)),
    reason=nw.concat_str([
        nw.lit("named "), nw.col("name_stem"), nw.lit(" like "),
        (_SIBLINGS - 1).cast(nw.String), nw.lit(" others")]),
)
given = Signal(
    name="name_personal",
    doc="pets have names of their own",
    axis="uniqueness", family="name", needs=("name_siblings",), most=0.8, kinds=("vm",),
    weight=nw.when(
        (_SIBLINGS == 1) & _NAME.str.contains(r"^\p{L}{3,}$")
        & ~_NAME.str.contains(f"(?i)^(?:{_ROLES})$") & nw.col("software").is_null()
    ).then(nw.lit(0.8)),
    reason=nw.concat_str([nw.lit("has a given name, "), _NAME.str.head(80),
                          nw.lit(", and no siblings")]),
)
same_image = Signal(
    name="image_digest_shared",
    doc="siblings on the identical image are equal",
    axis="uniqueness", family="build", needs=("same_image",), most=1.0,
    weight=nw.when(nw.col("same_image") >= 2).then(nw.lit(-1.0)),
    reason=_count("same_image", " siblings run the identical image"),
)
image_everywhere = Signal(
    name="image_common",
    doc="many that keep nothing on one image are likely equal; half of image_digest_shared",
    axis="uniqueness", family="build", needs=("fleet_same_image", "durable_mounts"), most=0.5,
    kinds=("container", "task"),
    weight=nw.when((nw.col("fleet_same_image") >= 3) & (nw.col("durable_mounts") == 0)).then(
        nw.lit(-0.5)),
    reason=_count("fleet_same_image", " workloads run the identical image"),
)
drift = Signal(
    name="drift_from_golden",
    doc="each package that differs makes it harder to replace; 0.5 per ten",
    axis="uniqueness", family="build", needs=("drift",), most=2.5,
    weight=nw.when(nw.col("drift") > 0).then(
        (nw.col("drift").cast(nw.Float64) * 0.05).clip(0.0, 2.5)),
    reason=nw.concat_str([_count("drift", " of its packages differ from those of "),
                          nw.col("drift_base")]),
)
unknown_image = Signal(
    name="unknown_image",
    doc="nobody knows how to make it again",
    axis="uniqueness", family="build", needs=("image_traced", "image_published"), most=1.0,
    weight=nw.when(~nw.col("image_traced") & ~nw.col("image_published")).then(nw.lit(1.0)),
    reason=nw.lit("its image is in no registry, and no image of the fleet is its parent"),
)
published = Signal(
    name="image_published",
    doc="an image that can be pulled again makes its instances replaceable; not measured",
    axis="uniqueness", family="build", needs=("image_published",), most=0.7,
    kinds=("container", "task"),
    weight=nw.when(nw.col("image_published")).then(nw.lit(-0.7)),
    reason=nw.lit("its image can be pulled again from a registry"),
)
uptime = Signal(
    name="uptime_long",
    doc="what has not been restarted for long has not been replaced either",
    axis="uniqueness", family="uptime", needs=("uptime_days",), most=0.9,
    weight=nw.when(nw.col("uptime_days") > 365).then(nw.lit(0.9))
    .when(nw.col("uptime_days") > 90).then(nw.lit(0.4)),
    reason=nw.concat_str([nw.lit("not restarted for "), _count("uptime_days", " days")]),
)
restart_unproven = Signal(
    name="uptime_long",
    doc="nobody knows whether it would come back",
    axis="disposability", family="uptime", needs=("uptime_days",), most=0.5,
    weight=nw.when(nw.col("uptime_days") > 90).then(nw.lit(-0.5)),
    reason=nw.concat_str([nw.lit("a restart is unproven since "), _count("uptime_days", " days")]),
)
quorum = Signal(
    name="quorum_member",
    doc="more than half of the members must stay",
    axis="disposability", family="membership", needs=("herd", "group_size", "group_running"),
    most=2.0,
    weight=nw.when(
        (nw.col("herd") == "quorum") & (nw.col("state") == "running")
        & (nw.max_horizontal("group_size", "group_wanted") >= (_RUNNING - 1) * 2)
    ).then(nw.lit(-2.0)),
    reason=nw.concat_str([
        nw.lit("stopping it would break the quorum of "), nw.col("software"), nw.lit(": "),
        _RUNNING.cast(nw.String), nw.lit(" of "), _SIZE.cast(nw.String), nw.lit(" members run")]),
)
zone = Signal(
    name="last_in_zone",
    doc="without it its zone has no member",
    axis="disposability", family="membership", needs=("zone_members", "group_size"), most=0.8,
    weight=nw.when((nw.col("zone_members") == 1) & (_SIZE >= 2)).then(nw.lit(-0.8)),
    reason=nw.concat_str([nw.lit("only member in zone "), nw.col("zone").str.head(80)]),
)

SIGNALS = (
    numbered, given, same_image, image_everywhere, drift, unknown_image, published, uptime,
    restart_unproven, quorum, zone,
)
