"""The tour in JupyterLab itself, in a real browser: every cell runs, the live view draws."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "tour"
NOTEBOOK = "notebooks/00_tour.ipynb"
PATIENCE_S = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of this environment, with folders of its own; its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "work" / "notebooks")
    settings = folder / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    port = free_port()
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
             "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    environment = {**os.environ, **{name: str(folder / name) for name in homes}}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder / 'work'}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(lambda: urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=5))
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _await(call):
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            return call().close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


@pytest.fixture
def page(lab, browser):
    """A page that reaches this machine only; it counts what it was refused."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.refused = []

    def only_here(route):
        if route.request.url.startswith((lab, "data:", "blob:")):
            return route.continue_()
        page.refused.append(route.request.url)
        return route.abort()

    page.route("**/*", only_here)
    yield page
    context.close()


def until(page, script, wanted):
    """Waits until a script in the page gives what is wanted; the assertion shows what it gave."""
    limit = time.monotonic() + PATIENCE_S
    given = page.evaluate(script)
    while given != wanted and time.monotonic() < limit:
        page.wait_for_timeout(300)
        given = page.evaluate(script)
    assert given == wanted


def start_kernel(lab):
    """The notebook's kernel runs before a page opens it: a page that starts one may start two."""
    session = {"path": NOTEBOOK, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    request = urllib.request.Request(
        f"{lab}/api/sessions?token={TOKEN}", json.dumps(session).encode(),
        {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=PATIENCE_S).close()


def run_all(page, cells):
    """Runs every cell, up to the first that raises; a cell that does not end is shown."""
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    limit = time.monotonic() + 2 * PATIENCE_S
    while page.evaluate(COUNT_RUN) < cells and not page.evaluate(ERRORS):
        page.wait_for_timeout(500)
        assert time.monotonic() < limit, f"cells do not end: {page.evaluate(STATES)}"


def test_the_tour_runs_in_jupyterlab_and_its_live_view_draws(lab, page):
    start_kernel(lab)
    page.goto(f"{lab}/lab/workspaces/tour/tree/{NOTEBOOK}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=PATIENCE_S * 1000)
    until(page, KERNEL_IS_CONNECTED, True)
    cells = len([cell for cell in json.loads(
        (ROOT / NOTEBOOK).read_text())["cells"]
        if cell["cell_type"] == "code"])
    run_all(page, cells)
    assert page.evaluate(ERRORS) == 0
    until(page, f"({SHOW_WIDGET}, {WIDGET_HAS_MARKS})", True)
    assert page.evaluate(SCHEME) == "light"
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme',"
                  " {theme: 'JupyterLab Dark'})")
    until(page, SCHEME, "dark")
    until(page, CANVAS_IS_LIGHT_ON_DARK, True)
    assert page.refused == []
    if os.environ.get("FLEETKIT_SHOTS"):
        page.wait_for_timeout(500)
        page.screenshot(path=f"{os.environ['FLEETKIT_SHOTS']}/jupyterlab.png")


# Told to run before its session is ready, JupyterLab asks for a kernel or starts a second one.
KERNEL_IS_CONNECTED = """(() => {
  const session = jupyterapp.shell.currentWidget?.context?.sessionContext;
  return !!session?.isReady && session.session?.kernel?.connectionStatus === 'connected';
})()"""
MODEL = "jupyterapp.shell.currentWidget.content.model.cells"
COUNT_RUN = f"""(() => {{
  const cells = {MODEL}; let run = 0;
  for (let i = 0; i < cells.length; i++) {{
    const cell = cells.get(i);
    if (cell.type === 'code' && cell.executionCount !== null && cell.executionState !== 'running')
      run += 1;
  }}
  return run;
}})()"""
STATES = f"""(() => {{
  const cells = {MODEL}; const states = [];
  for (let i = 0; i < cells.length; i++)
    if (cells.get(i).type === 'code')
      states.push([i, cells.get(i).executionState, cells.get(i).executionCount]);
  return states;
}})()"""
ERRORS = f"""(() => {{
  const cells = {MODEL}; let errors = 0;
  for (let i = 0; i < cells.length; i++) {{
    const cell = cells.get(i);
    if (cell.type !== 'code') continue;
    for (let j = 0; j < cell.outputs.length; j++)
      if (cell.outputs.get(j).type === 'error') errors += 1;
  }}
  return errors;
}})()"""
SHOW_WIDGET = "document.querySelector('.fk-notebook')?.scrollIntoView()"
CANVAS_IS_LIGHT_ON_DARK = """(() => {
  const canvas = document.querySelector('.fk-notebook canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 20);
  const seen = []; // the heading's row: opaque paper, and text on it
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250) seen.push(data[at]);
  seen.sort((a, b) => a - b);
  return seen.length > 0 && seen[seen.length >> 1] < 100 && seen.at(-1) > 130;
})()"""
SCHEME = "getComputedStyle(document.querySelector('.fk-notebook')).colorScheme"
WIDGET_HAS_MARKS = """(() => {
  const deep = node => [node, ...[...(node.shadowRoot?.querySelectorAll('*') ?? [])].flatMap(deep)];
  const hosts = [...document.querySelectorAll('.jp-OutputArea-output *')].flatMap(deep);
  return hosts.some(node => node.tagName === 'CANVAS' && node.width > 100
    && node.getContext('2d').getImageData(0, 0, node.width, node.height).data
      .some((value, index) => index % 4 === 3 && value > 0));
})()"""
