"""The page around the views: what is true without a script, and what a script needs."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from fleetkit.errors import FleetkitError
from fleetkit.fleet import Fleet
from fleetkit.reporting.provenance import provenance, sources
from fleetkit.views._hosting import Scene, as_text, assemble, compress, pack, shown, style

_LONGEST = 400
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data: blob:;"
    " font-src data:; base-uri 'none'; form-action 'none'"
)


def page(fleet: Fleet, shown_scenes: Sequence[Scene], title: str | None) -> str:
    """The whole file as text."""
    style_text = style() + _own_style()
    script = assemble([scene.name for scene in shown_scenes], "report")
    if "</script" in script.lower() or "<!--" in script:
        raise FleetkitError("a view's script holds '</script' or '<!--', which would end it early")
    first, *rest = shown_scenes
    policy = _POLICY.format(script=_hash(script), style=_hash(style_text))
    named = title or f"Fleet report: {sources(fleet)}"
    return "\n".join([
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{text(first.content['finding'])} – {text(named)}</title>",
        f"<style>{style_text}</style>",
        "</head>",
        '<body class="fk">',
        *_top(named, shown_scenes),
        "<main>",
        *_first(first),
        *(line for scene in rest for line in _section(scene)),
        "</main>",
        provenance(fleet, shown_scenes),
        *(_block(scene) for scene in shown_scenes),
        f'<script type="module">{script}</script>',
        "</body>",
        "</html>",
    ])


def text(value: object) -> str:
    """A text of the fleet as it may stand in HTML."""
    return escape(shown(str(value), _LONGEST))


def _top(named: str, shown_scenes: Sequence[Scene]) -> list[str]:
    links = "".join(
        f'<a href="#{text(scene.name)}">{text(scene.view.title)}</a>' for scene in shown_scenes
    )
    return [
        '<a class="fk-skip" href="#overview">Skip to the findings</a>',
        '<header class="fk-top">',
        f'<p class="fk-named"><bdi>{text(named)}</bdi></p>',
        f'<nav aria-label="sections">{links}<a href="#provenance">Provenance</a></nav>',
        '<button id="theme" class="fk-quiet-button fk-no-print" type="button" hidden></button>',
        "</header>",
    ]


def _first(scene: Scene) -> list[str]:
    content = scene.content
    numbers = "".join(
        f"<dt>{text(label)}</dt><dd>{text(said)} <span>{text(note)}</span></dd>"
        for label, said, note in content["summary"]
    )
    place = content["place"]["filter"]
    address = "#tables&amp;table=workloads" + "".join(
        f"&amp;filter={text(column)}:{text(wanted)}" for column, wanted in place.items()
    )
    return [
        f'<section id="{scene.name}" data-view="{scene.name}" aria-labelledby="finding">',
        f'<h1 id="finding"><a class="fk-plain" href="{address}">{text(content["finding"])}</a>'
        "</h1>",
        f'<p class="fk-lead">{text(content["subtitle"])}</p>',
        '<h2 class="fk-hidden" tabindex="-1">Overview</h2>',
        '<noscript><p class="fk-lead">Scripts are switched off in this reader, so the pictures and'
        " the tables stay closed. These numbers are true without them:</p>",
        f'<dl class="fk-summary">{numbers}</dl></noscript>',
        '<div class="fk-view"></div>',
        "</section>",
    ]


def _section(scene: Scene) -> list[str]:
    heading = scene.content.get("finding") or scene.view.title
    note = scene.content.get("subtitle") or scene.view.doc
    return [
        f'<section id="{text(scene.name)}" data-view="{text(scene.name)}"'
        f' aria-labelledby="{text(scene.name)}-title">',
        f'<h2 id="{text(scene.name)}-title" tabindex="-1">{text(heading)}</h2>',
        f'<p class="fk-lead">{text(note)}</p>',
        '<div class="fk-view"></div>',
        "</section>",
    ]


def _block(scene: Scene) -> str:
    """The data of a view: text that no reader runs, since base64 has no signs of HTML."""
    packed = as_text(compress(pack(scene.content)))
    return f'<script type="application/octet-stream" id="data-{text(scene.name)}">{packed}</script>'


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _own_style() -> str:
    return (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
