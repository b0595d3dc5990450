"""The command line: one command per verb; no source is named here."""

import json
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import click

from fleetkit.errors import FleetkitError, UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.progress import printable

_SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
_JUDGES = ("advisories", "ledger", "catalogue")


def _judging(command: Callable[..., None]) -> Callable[..., None]:
    """Options of commands that judge what was read."""
    for option in (
        click.option("--advisories", "-a", type=click.Path(path_type=Path), multiple=True,
                     help="OSV records: a folder, .json, .jsonl, .jsonl.gz or .zip; may be"
                     " repeated."),
        click.option("--ledger", type=click.Path(path_type=Path),
                     help="Overrides of labels, as fleetkit.override writes them."),
        click.option("--catalogue", type=click.Path(path_type=Path),
                     help="YAML that adds to the software that is known."),
    ):
        command = option(command)
    return command


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """Options of commands that read sources."""
    for option in (
        click.option("--timeout", type=float, metavar="SECONDS",
                     help="Time for each source; what was read until then is used, marked."),
        click.option("--max-age", type=float, metavar="SECONDS",
                     help="Use what was read within them, and keep what is read."),
        click.option("--refresh", is_flag=True, help="Read everything anew, and keep it."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Request:
    """A source as it is written on the command line."""

    source: str
    where: tuple[str, ...]
    options: dict[str, Any]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fleetkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def fleetkit(*, debug: bool) -> None:
    """Explore a fleet of VMs and containers.

    A SOURCE is a name as `fleetkit sources` lists it, then, behind a colon, files, endpoints or
    options: docker  docker:inspect.json  docker:unix:///run/docker.sock  aws:regions=eu-west-1
    """
    click.get_current_context().obj = debug


@fleetkit.command()
@click.option("--output", "-o", type=click.Path(path_type=Path), default=Path("fleet-report.html"),
              show_default=True, help="The report to write.")
def demo(output: Path) -> None:
    """Report on the sample fleet that ships with fleetkit."""
    _write_report(_judged([Request("sample", (), {})]), output, "The fleetkit sample fleet")


@fleetkit.command()
@_SOURCES
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True,
              help="The HTML file to write.")
@click.option("--title", help="Heading of the report.")
@_judging
@_reading
def report(sources: Sequence[str], output: Path, title: str | None, **asked: Any) -> None:
    """Load sources, judge them, and write one offline HTML file."""
    _write_report(_judged(_all_parsed(sources, asked), **_judges(asked)), output, title)


@fleetkit.command("load")
@_SOURCES
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True,
              help="The folder of Parquet files to write.")
@_judging
@_reading
def save_fleet(sources: Sequence[str], output: Path, **asked: Any) -> None:
    """Load sources, judge them, and save the fleet as a folder of Parquet files."""
    from fleetkit.history import save

    fleet = _judged(_all_parsed(sources, asked), **_judges(asked))
    _say(repr(fleet))
    _say(f"saved: {save(fleet, output)}")


@fleetkit.command()
@click.argument("source")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True,
              help="The folder to write.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Time for the whole read.")
def capture(source: str, output: Path, timeout: float | None) -> None:
    """Write the raw records of a live read to a folder, secrets taken out."""
    from fleetkit import loading

    request = _parsed(source)
    folder = loading.capture(
        request.source, *request.where, to=output, timeout=timeout, **request.options
    )
    _say(f"captured: {folder}")


@fleetkit.command()
@click.argument("source", required=False)
@click.option("--policy", is_flag=True,
              help="Print the least permissions as a document that can be granted.")
def sources(source: str | None, *, policy: bool) -> None:
    """List what can be loaded, from where, with which permissions."""
    from fleetkit import loading

    if policy:
        if source is None:
            raise click.UsageError("name the source whose policy is wanted")
        _say(json.dumps(loading.policy(source), indent=2))
        return
    listed = loading.sources().to_dict("records")
    if source is not None and source not in {row["source"] for row in listed}:
        raise UnknownNameError("loader", source, [row["source"] for row in listed])
    for row in listed:
        if source in (None, row["source"]):
            _say_source(row)
    if source is not None:
        _say(f"\n{loading.help_of(source)}".rstrip())


def _say_source(row: Mapping[Hashable, Any]) -> None:
    state = "" if row["installed"] else f"  (not installed: {row['install']})"
    _say(f"{row['source']:<12}{row['reads']}{state}")
    for name in ("files", "options", "resources", "tables", "permissions"):
        if row[name]:
            _say(f"{'':12}{name}: {row[name]}")


@fleetkit.command()
@click.argument("table", required=False)
def describe(table: str | None) -> None:
    """Describe a table: its columns, their units and meaning; without a name, all tables."""
    from fleetkit import tables

    if table is None:
        for declared in tables.TABLES.values():
            _say(f"{declared.name:<14}{declared.doc}")
        return
    declared = tables.table(table)
    _say(f"{declared.name}: {declared.doc}")
    _say(f"key: {', '.join(declared.key) or 'none'}\n")
    for column in declared.columns:
        unit = f" [{column.unit}]" if column.unit else ""
        choices = f"; one of {', '.join(column.choices)}" if column.choices else ""
        _say(f"  {column.name:<22}{column.kind:<9}{column.doc}{unit}{choices}")


def main() -> None:
    """Runs the command line; an error of ours is one sentence, with --debug its traceback."""
    debug = "--debug" in sys.argv
    try:
        fleetkit.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FleetkitError as error:
        if debug:
            raise
        click.echo(f"fleetkit: {printable(str(error))}", err=True)
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        said = printable(f"{type(error).__name__}: {error}")
        click.echo(f"fleetkit: met something unexpected: {said}; --debug shows where", err=True)
        sys.exit(70)


def _parsed(text: str) -> Request:
    """A source from its text: name, or name:place, or name:option=value,option=value."""
    name, _, rest = text.partition(":")
    if not rest:
        return Request(name, (), {})
    parts = rest.split(",")
    options = dict(part.split("=", 1) for part in parts if _is_option(part))
    where = tuple(part for part in parts if not _is_option(part))
    return Request(name, where, {key: _value(value) for key, value in options.items()})


def _judges(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in _JUDGES}


def _all_parsed(texts: Sequence[str], asked: Mapping[str, Any]) -> list[Request]:
    """The sources, each with the options of the read."""
    reading = {name: value for name, value in asked.items() if name not in _JUDGES}
    requests = [_parsed(text) for text in texts]
    return [Request(asked.source, asked.where, {**asked.options, **reading}) for asked in requests]


def _is_option(part: str) -> bool:
    name, equals, _ = part.partition("=")
    return bool(equals) and name.isidentifier()


def _value(text: str) -> Any:
    """An option's value: yes and no are truth values, several are separated by '+'."""
    if text.lower() in ("yes", "true", "no", "false"):
        return text.lower() in ("yes", "true")
    return text.split("+") if "+" in text else text


def _judged(
    requests: Sequence[Request], advisories: Sequence[Path] = (), ledger: Path | None = None,
    catalogue: Path | None = None,
) -> Fleet:
    """The sources as one fleet, with everything that the verbs can say about it."""
    from fleetkit.classification import classify
    from fleetkit.identity import unify
    from fleetkit.lineage import trace
    from fleetkit.loading import load
    from fleetkit.patching import audit

    loaded = [load(request.source, *request.where, **request.options) for request in requests]
    fleet = trace(unify(reduce(add, loaded)))
    judged = classify(fleet, ledger=ledger, catalogue=catalogue)
    return audit(judged, list(advisories) or None)


def _write_report(fleet: Fleet, output: Path, title: str | None) -> None:
    from fleetkit.reporting import headlines
    from fleetkit.reporting import report as write

    path = write(fleet, output, title=title)
    for line in headlines(fleet):
        _say(line)
    _say(f"\nreport: {path} ({path.stat().st_size / 1024:,.0f} KiB)")


def _say(text: str) -> None:
    """Prints text of a fleet: terminal escape codes are made visible."""
    click.echo("\n".join(printable(line) for line in text.split("\n")))


if __name__ == "__main__":
    main()

