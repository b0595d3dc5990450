"""What a load tells while it runs: a tree in a notebook, a line per target on a terminal."""

import io
import subprocess
import sys

from fleetkit.progress import Event, NotebookProgress, TerminalProgress


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True


def told(progress, *events):
    for event in events:
        progress(event)


def step(resource, status, target="prod", region="eu-west-1", **numbers):
    return Event(target, region, resource, status, **numbers)


def test_a_terminal_gets_one_line_per_target_and_region():
    screen = Screen()
    told(TerminalProgress(screen),
         step("instances", "waiting"), step("volumes", "waiting"),
         step("instances", "ok", rows=7, seconds=1.0), step("volumes", "ok", rows=5, seconds=2.0))
    assert screen.getvalue() == "prod eu-west-1: 12 records of 2 of 2 resources, 2.0 s\n"


def test_the_line_says_what_was_not_read_and_why_once():
    screen = Screen()
    told(TerminalProgress(screen),
         step("instances", "waiting"), step("volumes", "waiting"), step("images", "waiting"),
         step("instances", "denied", error="no permission"),
         step("volumes", "denied", error="no permission"), step("images", "ok", rows=1))
    assert screen.getvalue().splitlines()[1:] == ["  denied: instances, volumes: no permission"]


def test_where_nobody_looks_only_trouble_is_written():
    quiet = io.StringIO()
    told(TerminalProgress(quiet), step("instances", "waiting"), step("instances", "ok"))
    assert quiet.getvalue() == ""
    told(TerminalProgress(quiet), step("instances", "waiting"), step("instances", "failed"))
    assert "failed: instances" in quiet.getvalue()


def test_names_of_a_fleet_cannot_steer_the_terminal():
    screen = Screen()
    told(TerminalProgress(screen), step("instances", "failed", target="\x1b[2Jprod", error="\x07"))
    assert "\x1b" not in screen.getvalue()
    assert "\x07" not in screen.getvalue()


class Notebook:
    """A place where HTML is shown, and a clock that a test turns."""

    def __init__(self):
        self.shown = []
        self.seconds = 0.0
        self.progress = NotebookProgress(self.shown.append, lambda: self.seconds)

    def tell(self, *events, at=None):
        self.seconds = self.seconds if at is None else at
        told(self.progress, *events)


def test_the_tree_shows_counts_and_the_time_that_is_left():
    notebook = Notebook()
    notebook.tell(step("instances", "waiting"), step("volumes", "waiting"))
    notebook.tell(step("instances", "ok", rows=1_200, calls=3), at=10.0)
    assert "reading 1 of 2 resources, 1,200 records, 3 calls, about 10 s left" in notebook.shown[-1]


def test_the_tree_says_at_the_end_what_is_missing():
    notebook = Notebook()
    notebook.tell(step("instances", "waiting"), step("volumes", "waiting"))
    notebook.tell(step("instances", "ok", rows=2), step("volumes", "denied", error="no"), at=3.0)
    assert "read 2 of 2 resources, 2 records, 0 calls, 1 not read in full, 3.0 s" in (
        notebook.shown[-1])


def test_a_thousand_steps_are_not_a_thousand_pictures():
    notebook = Notebook()
    notebook.tell(step("volumes", "waiting"))
    notebook.tell(*[step("instances", "reading", rows=row) for row in range(1_000)])
    assert len(notebook.shown) <= 2


def test_places_with_trouble_come_first():
    notebook = Notebook()
    notebook.tell(step("instances", "ok", region="a-first"),
                  step("instances", "failed", region="b-second"), at=1.0)
    html = notebook.progress.html()
    assert html.index("b-second") < html.index("a-first")


def test_text_of_a_fleet_is_shown_and_not_run():
    notebook = Notebook()
    notebook.tell(step("instances", "failed", target="<script>alert(1)</script>",
                       error="<img src=x onerror=alert(1)>"))
    assert "<script" not in notebook.shown[-1]
    assert "<img" not in notebook.shown[-1]


def test_hundreds_of_places_do_not_flood_the_notebook():
    notebook = Notebook()
    notebook.tell(*[step("instances", "ok", region=f"r{number}") for number in range(500)])
    html = notebook.progress.html()
    assert "and 460 more" in html


CELL = """
from fleetkit.loading.engine import Reading, read_live
from fleetkit.plugins import Call, Loader, Record, Target
from fleetkit.progress import usual

def read(client, resource):
    yield Call()
    yield Record("machine", {"id": resource})

loader = Loader(doc="x", resources={"machines": (), "disks": ()}, read=read,
                connect=lambda target, seconds: target)
read_live(Reading("x", loader, progress=usual()), [Target("one"), Target("two")]);
"""
EXECUTE = """
import sys, nbformat, nbclient
cell = nbformat.v4.new_code_cell(sys.argv[1])
notebook = nbformat.v4.new_notebook(cells=[cell])
nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
shown = [output for output in cell.outputs if output.output_type == "display_data"]
print(len(shown), shown[0].data["text/html"])
"""


def test_a_kernel_shows_one_tree_that_ends_complete():
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", EXECUTE, CELL],
                         capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.startswith("1 <details")
    assert "read 4 of 4 resources, 4 records, 4 calls" in ran.stdout
