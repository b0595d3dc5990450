"""What loading costs beside its peers, in one run: `python -m tests.benchmarks.loading`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.real import engine as engines

ROUNDS = 7


def seconds(run):
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def compared(name, ours, peer, rounds=ROUNDS):
    """Runs both in turn, and prints both medians and the median of the ratios."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    ratio = statistics.median(mine / its for mine, its in pairs)
    mine, its = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name}: {mine:.3f} s, beside {its:.3f} s: ratio {ratio:.2f}")


def imported():
    def run(code):
        subprocess.run([sys.executable, "-c", code], check=True)

    compared("import fleetkit after pandas and pyarrow",
             lambda: run("import pandas, pyarrow, fleetkit"), lambda: run("import pandas, pyarrow"))


def engine_loaded(engine):
    import fleetkit as fk
    from fleetkit.progress import silent

    def ours():
        fk.load("docker", engine.socket, packages=False, progress=silent)

    def bare():
        api = engine.client.api
        for listed in api.containers(all=True):
            api.inspect_container(listed["Id"])
        for listed in api.images():
            api.inspect_image(listed["Id"])
            api.history(listed["Id"])

    compared("load of the engine, beside the bare SDK's list and inspect calls", ours, bare)


@contextmanager
def crowd(engine, count=200):
    """That many more containers on the engine, made and not started."""
    api = engine.client.api
    made = [api.create_container("shop/web:2.3.1", labels={"crowd": str(number)})["Id"]
            for number in range(count)]
    try:
        yield
    finally:
        for identity in made:
            api.remove_container(identity, v=True, force=True)


def containers_loaded(engine):
    from fleetkit.loaders.docker.endpoints import Engine
    from fleetkit.loaders.docker.reading import read

    def ours():
        list(read(Engine(engine.client, reads_packages=False), "containers"))

    compared("containers, beside the SDK's containers.list(all=True)", ours,
             lambda: engine.client.containers.list(all=True))


def packages_read(engine):
    """The packages of one image, nothing cached, beside saving that image."""
    from fleetkit.loaders.docker.endpoints import Engine
    from fleetkit.loaders.docker.filesystems import read_filesystems

    image = engine.client.images.get("golden/debian:bookworm")
    layers = image.attrs["RootFS"]["Layers"]

    def ours():
        with tempfile.TemporaryDirectory() as cache:
            os.environ["FLEETKIT_CACHE"] = cache
            list(read_filesystems(Engine(engine.client, True, layers={image.id: layers})))
            del os.environ["FLEETKIT_CACHE"]

    def saved():
        for _ in image.save():
            pass

    compared("packages of an image, beside saving the image", ours, saved, rounds=3)


def demo():
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "fleet-report.html"
        command = [sys.executable, "-m", "fleetkit.cli", "demo", "-o", str(report)]
        times = [seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
                 for _ in range(3)]
        print(f"fleetkit demo: {statistics.median(times):.1f} s, {report.stat().st_size:,} bytes")


def main():
    imported()
    demo()
    engine = engines.start(engines.default_folder())
    if not engine.client.containers.list(all=True):
        print("the private engine is empty: python -m tests.real.engine run")
        return
    packages_read(engine)
    with crowd(engine):
        containers_loaded(engine)
        engine_loaded(engine)


if __name__ == "__main__":
    main()
