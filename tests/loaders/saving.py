"""Documents to tables, each as a file of its own, without a disk: what properties try often."""

from fleetkit import plugins
from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Target


def tables_of(source, *documents, **options):
    """The fleet that a source makes of parsed documents."""
    loader = plugins.find("loaders", source)
    harvests = []
    for number, document in enumerate(documents):
        part = Part("file", status="ok")
        for item in loader.parse(document, f"{number}.json", **options):
            part.take(item)
        harvests.append(
            Harvest(source, Target(f"{number}.json"), "file", now(), {"file": part}))
    return tabulate(loader, harvests)
