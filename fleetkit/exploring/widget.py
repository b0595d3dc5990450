"""One widget that hosts any view; the same scripts run in the report."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import anywidget
import pandas as pd
import traitlets

from fleetkit.errors import SchemaError
from fleetkit.fleet import Fleet
from fleetkit.plugins import names
from fleetkit.tables import IMAGES, WORKLOADS
from fleetkit.views._hosting import Scene, assemble, compress, pack, scene, scenes, shown, style

_KEYS = {"workloads": "workload_id", "images": "image_id"}


class FleetWidget(anywidget.AnyWidget):
    """A fleet in a notebook.

    Attributes:
        place: view, table and filter that are shown; set it to lead the reader there.
        chosen: table and row numbers of what is selected, as the page speaks of them.
    """

    _esm = assemble(names("views"), "widget")
    _css = style()
    payloads: Any = traitlets.Dict().tag(sync=True)
    titles: Any = traitlets.List().tag(sync=True)
    place: Any = traitlets.Dict().tag(sync=True)
    chosen: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, fleet: Fleet, view: str | None = None) -> None:
        self._fleet = fleet
        tables = dict(fleet)
        made = scenes(tables) if view is None else (scene(view, tables),)
        self._said = _said(fleet, made if view is None else (scene("overview", tables),))
        super().__init__(
            payloads={one.name: _payload(one) for one in made},
            titles=[[one.name, one.view.title] for one in made],
            place={"view": made[0].name, "filter": {}}, chosen={"table": None, "rows": []},
        )
        self.observe(self._fetch, "place")

    @property
    def selection(self) -> pd.DataFrame:
        """The selected rows of the fleet; without a selection, no rows of workloads."""
        table = self.chosen.get("table") or WORKLOADS.name
        frame = self._fleet[table]
        rows = [row for row in self.chosen.get("rows", ()) if 0 <= row < len(frame)]
        return frame.iloc[rows].reset_index(drop=True)

    @selection.setter
    def selection(self, wanted: pd.DataFrame | Iterable[str]) -> None:
        """Select workloads or images, by a frame that has their key, or by their ids."""
        for table, key in _KEYS.items():
            known = self._fleet[table][key]
            rows = known.index[known.isin(_ids(wanted, key))].tolist()
            if rows:
                self.chosen = {"table": table, "rows": rows}
                return
        self.chosen = {"table": WORKLOADS.name, "rows": []}

    def _fetch(self, change: Mapping[str, Any]) -> None:
        """A view that is asked for and not there yet: a number of one view leads to another."""
        name = (change["new"] or {}).get("view")
        if name in self.payloads or name not in names("views"):
            return
        made = scene(name, dict(self._fleet))
        self.titles = [*self.titles, [made.name, made.view.title]]
        self.payloads = {**self.payloads, name: _payload(made)}

    def __repr__(self) -> str:
        return f"<fleetkit widget: {self._said['finding']}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and for readers that cannot run one the main numbers."""
        bundle = super()._repr_mimebundle_(**options)
        content, notes = bundle if isinstance(bundle, tuple) else (bundle, {})
        fallback = {"text/plain": self._said["text"], "text/html": self._said["html"]}
        return {**(content or {}), **fallback}, notes


def _ids(wanted: pd.DataFrame | Iterable[str], key: str) -> list[str]:
    if not isinstance(wanted, pd.DataFrame):
        return list(wanted)
    known = [name for name in (WORKLOADS.key + IMAGES.key) if name in wanted.columns]
    if not known:
        raise SchemaError(
            "selection: expected a frame with a column 'workload_id' or 'image_id', found"
            f" {', '.join(map(str, wanted.columns)) or 'none'}"
        )
    return wanted[key].dropna().tolist() if key in wanted.columns else []


def _payload(made: Scene) -> bytes:
    return compress(pack(made.content))


def _said(fleet: Fleet, made: Iterable[Scene]) -> dict[str, str]:
    """The main numbers as a line, as text and as HTML."""
    overview = next((one.content for one in made if "summary" in one.content), {})
    finding = shown(str(overview.get("finding", "Fleet")))
    rows = [[shown(str(part)) for part in row] for row in overview.get("summary", ())]
    lines = [f"  {said:>14} {label}  {note}".rstrip() for label, said, note in rows]
    cells = "".join(
        f"<tr><td style='text-align:right'>{escape(said)}</td><td style='text-align:left'>"
        f"{escape(label)}</td><td style='text-align:left'>{escape(note)}</td></tr>"
        for label, said, note in rows
    )
    subtitle = shown(str(overview.get("subtitle", "")))
    return {
        "finding": finding,
        "text": "\n".join([finding, subtitle, "", *lines]),
        "html": (f"<div><strong>{escape(finding)}</strong><p>{escape(subtitle)}</p>"
                 f"<table>{cells}</table><small>{len(fleet['workloads']):,} workloads; the"
                 " interactive picture needs a notebook that is running.</small></div>"),
    }
