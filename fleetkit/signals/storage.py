"""Where data is, and what a recreation would lose: research note C.4 rows 6-15, 21, 30, 40, 52."""

import narwhals as nw

from fleetkit.plugins import Signal

_BOXES = ("container", "task")
_NO_SETTING = nw.col("setting_for").is_null() & ~nw.col("settings_known").is_null()
_HALF = nw.when((nw.col("state_class") == "depends") & _NO_SETTING).then(nw.lit(0.5)).otherwise(
    nw.lit(1.0))
_ANONYMOUS = nw.col("anonymous_mounts") > 0
_BARE = nw.col("bare_count") > 0
_SILENT = (_ANONYMOUS | _BARE.fill_null(value=False)) & (nw.col("memory_mounts") == 0)
_STATEFUL = (nw.col("state_class") == "stateful").fill_null(value=False)
_NOTHING = (
    (nw.col("durable_mounts") == 0) & (nw.col("other_mounts") == 0) & ~_ANONYMOUS
    & ~_BARE.fill_null(value=False)
    & nw.col("setting_for").is_null()
    & ~(nw.col("written_bytes") > 100_000_000).fill_null(value=False)
)
_MANY_BYTES = 10_000_000_000


def _text(start: str, name: str, end: str = "") -> nw.Expr:
    return nw.concat_str([nw.lit(start), nw.col(name), nw.lit(end)])


def _size(name: str) -> nw.Expr:
    megabytes = nw.concat_str([(nw.col(name) // 1_000_000).cast(nw.String), nw.lit(" MB")])
    gigabytes = nw.concat_str([(nw.col(name) // 1_000_000_000).cast(nw.String), nw.lit(" GB")])
    return nw.when(nw.col(name) >= _MANY_BYTES).then(gigabytes).otherwise(megabytes)


def _mounted(name: str, weight: float, column: str, text: nw.Expr) -> Signal:
    return Signal(
        name=name, doc="storage that outlives the instance", axis="state", family="storage",
        needs=("mounts_known",), most=weight, reason=text,
        weight=nw.when(nw.col(column) > 0).then(nw.lit(weight)),
    )


template = _mounted("claim_template", 3.0, "template_mounts",
                    _text("each replica owns a volume: ", "template_text"))
claim = _mounted("claim_mounted", 2.8, "claim_mounts", _text("mounts claim ", "claim_text"))
volume = _mounted("named_volume", 1.8, "volume_mounts", _text("named volume ", "volume_text"))
bind = _mounted("bind_data_path", 1.0, "bind_mounts",
                _text("host path ", "bind_text", ", a place for data"))
network = _mounted("network_data", 1.0, "network_mounts",
                   _text("network file system ", "network_text"))
config = Signal(
    name="bind_config_path",
    doc="a mount of configuration says a little against state",
    axis="state", family="storage", needs=("mounts_known",), most=0.2,
    weight=nw.when((nw.col("config_mounts") > 0) & (nw.col("durable_mounts") == 0)).then(
        nw.lit(-0.2)),
    reason=nw.concat_str([
        nw.col("config_mounts").cast(nw.String),
        nw.lit(" of its mounts look like configuration (read-only, /etc or a file)")]),
)
silent = Signal(
    name="anonymous_volume",
    doc="data that nobody named is lost when the container is replaced",
    axis="state", family="storage", needs=("mounts_known",), most=1.5, kinds=_BOXES,
    weight=nw.when(_SILENT).then(1.5 * _HALF),
    reason=nw.when(_ANONYMOUS).then(_text(
        "silent state: only an anonymous volume holds ", "anonymous_text",
        ", so a new container would start empty"),
    ).otherwise(_text(
        "silent state: its image declares ", "bare_text",
        " as data but nothing is mounted there; what it wrote would be lost on recreate")),
)
declared = Signal(
    name="image_volume_declared",
    doc="whoever built the image expects data",
    axis="state", family="storage", needs=("declared_count",), most=1.2, kinds=_BOXES,
    weight=nw.when((nw.col("declared_count") > 0) & ~_SILENT.fill_null(value=False)).then(
        1.2 * _HALF),
    reason=_text("its image declares ", "declared_text", " as data"),
)
nothing = Signal(
    name="nothing_mounted",
    doc="no place that outlives it, and none that its image asks for; not measured",
    axis="state", family="storage", needs=("mounts_known",), most=1.2, kinds=_BOXES,
    weight=nw.when(_NOTHING & ~_STATEFUL).then(nw.lit(-1.2)),
    reason=nw.when(nw.col("declared_count").is_null()).then(
        nw.lit("no volume and no data path is mounted"),
    ).otherwise(nw.lit("no volume and no data path is mounted, and its image declares none")),
)
memory = Signal(
    name="tmpfs_only",
    doc="what it writes is gone with it by intent",
    axis="state", family="storage", needs=("mounts_known",), most=0.8,
    weight=nw.when(
        (nw.col("memory_mounts") > 0) & (nw.col("durable_mounts") == 0)
        & (nw.col("anonymous_mounts") == 0) & (nw.col("other_mounts") == 0)).then(nw.lit(-0.8)),
    reason=nw.lit("only memory-backed mounts"),
)
written = Signal(
    name="rw_layer_growth",
    doc="a writable layer that grows holds something; one per decade over 100 MB",
    axis="state", family="layer", needs=("written_bytes",), most=2.0, kinds=_BOXES,
    weight=nw.when(nw.col("written_bytes") > 100_000_000).then(
        (nw.col("written_bytes").clip(0, 10_000_000_000).cast(nw.Float64) / 1e8)
        .clip(1.0, 100.0).log(10.0)),
    reason=nw.concat_str([
        nw.lit("silent state: its writable layer grew to "), _size("written_bytes"),
        nw.lit(", which would be lost on recreate")]),
)
untouched = Signal(
    name="rw_layer_small",
    doc="after a day of work there would be something to lose; not measured",
    axis="state", family="layer", needs=("written_bytes", "uptime_days"), most=0.5, kinds=_BOXES,
    weight=nw.when((nw.col("written_bytes") < 10_000_000) & (nw.col("uptime_days") >= 1)
                   & ~_STATEFUL).then(nw.lit(-0.5)),
    reason=nw.concat_str([
        nw.lit("wrote less than 10 MB beside its mounts in "),
        nw.col("uptime_days").cast(nw.String), nw.lit(" days")]),
)
read_only = Signal(
    name="read_only_root",
    doc="it cannot write beside its mounts",
    axis="state", family="root", needs=("read_only_root",), most=1.2, kinds=_BOXES,
    weight=nw.when(nw.col("read_only_root")).then(nw.lit(-1.2)),
    reason=nw.lit("its root file system is read-only"),
)
at_risk = Signal(
    name="silent_state",
    doc="a store whose data is held by nothing that outlives it; as data without a backup",
    axis="disposability", family="silent", needs=("mounts_known", "state_class"), most=1.0,
    kinds=_BOXES,
    weight=nw.when(_STATEFUL & (nw.col("durable_mounts") == 0)
                   & nw.col("setting_for").is_null()).then(nw.lit(-1.0)),
    reason=_text("", "software", " keeps data here that no volume of its own holds"),
)
prepared = Signal(
    name="chown_init",
    doc="measured: +3.47 and +2.74 in two chart catalogues; a way to see a volume",
    axis="state", family="storage", needs=("init_commands_known",), most=2.8, kinds=_BOXES,
    weight=nw.when(~nw.col("init_chown").is_null()).then(nw.lit(2.8)),
    reason=nw.concat_str([nw.lit("a step before it hands a volume over: "),
                          nw.col("init_chown").str.head(80)]),
)
kept = Signal(
    name="group_with_fixed_disks",
    doc="a scaling group whose members' disks stay when they go",
    axis="state", family="storage", needs=("kept_disks", "controller_kind"), most=1.5,
    kinds=("vm",),
    weight=nw.when(
        (nw.col("kept_disks") > 0)
        & nw.col("controller_kind").is_in(["autoscaling", "managed_group"])).then(nw.lit(1.5)),
    reason=nw.concat_str([nw.lit("its group keeps the disks of its members: "),
                          nw.col("kept_text").str.head(80)]),
)
unsaved = Signal(
    name="no_backup_and_data",
    doc="what it holds would be gone; only where backups would be known",
    axis="disposability", family="silent", needs=("mounts_known", "backed_up"), most=1.0,
    weight=nw.when(~nw.col("backed_up") & (
        (nw.col("durable_mounts") > 0).fill_null(value=False)
        | (nw.col("data_disk_bytes") > 20_000_000_000).fill_null(value=False))).then(nw.lit(-1.0)),
    reason=nw.concat_str([
        nw.lit("holds data that nobody backs up: no tag names a plan, and it has "),
        nw.col("snapshots").cast(nw.String), nw.lit(" snapshots")]),
)
disks = Signal(
    name="data_disk_big",
    doc="data on disks of its own",
    axis="state", family="storage", needs=("data_disk_bytes",), most=1.5, kinds=("vm",),
    weight=nw.when(nw.col("data_disk_bytes") > 200_000_000_000).then(nw.lit(1.5))
    .when(nw.col("data_disk_bytes") > 20_000_000_000).then(nw.lit(0.8)),
    reason=nw.concat_str([_size("data_disk_bytes"), nw.lit(" on data disks")]),
)


def _shared(axis: str, weight: float) -> Signal:
    return Signal(
        name="shared_disk_or_rdm", doc="bound to a raw or shared disk",
        axis="state" if axis == "state" else "uniqueness", family="shared",
        needs=("shared_disks",), most=weight, kinds=("vm",),
        weight=nw.when(nw.col("shared_disks") > 0).then(nw.lit(weight)),
        reason=nw.lit("it stores data on a raw or shared disk" if axis == "state"
                      else "a raw or shared disk binds it to its peers"),
    )


SIGNALS = (
    template, claim, volume, bind, network, config, silent, declared, nothing, memory, written,
    untouched, read_only, at_risk, prepared, kept, unsaved, disks, _shared("state", 1.5),
    _shared("uniqueness", 1.0),
)
