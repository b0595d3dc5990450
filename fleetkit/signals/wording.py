"""What general words in a name say: a cart-db is likely a database, a frontend likely is none.

A name is given by whoever wrote it, so it speaks softly, and least where the software is known.
"""

import narwhals as nw

from fleetkit.plugins import Signal

named_like = Signal(
    name="named_like",
    doc="words of roles, set by judgement and not measured; an identity speaks louder",
    axis="state", family="identity", needs=("named_like",), most=1.0,
    weight=nw.col("named_lean"),
    reason=nw.concat_str([
        nw.lit("named like: "), nw.col("named_like"), nw.lit(" ("), nw.col("named_seen"),
        nw.lit("); a name alone says little")]),
)

SIGNALS = (named_like,)
