"""The fields that queries read, kind by kind."""

import pyarrow as pa

_TEXT = pa.string()
_SOURCE = [("source_image", _TEXT), ("source_id", _TEXT), ("source_kind", _TEXT)]

SHAPES = {
    "build": pa.schema([
        ("build_id", _TEXT), ("name", _TEXT), ("builder_type", _TEXT), ("finished", _TEXT),
        ("is_latest", pa.bool_()), ("revision", _TEXT), ("project", _TEXT), *_SOURCE,
        ("images", pa.list_(pa.struct([
            ("id", _TEXT), ("kind", _TEXT), ("name", _TEXT), ("region", _TEXT),
        ]))),
    ]),
    "source": pa.schema([
        ("name", _TEXT), ("builder_type", _TEXT), ("project", _TEXT), *_SOURCE,
    ]),
}
