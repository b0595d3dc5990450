"""What a load of vSphere costs beside the bare SDK: `python -m tests.benchmarks.vsphere [COUNT]`.

Both ask a simulated vCenter for the same properties of all machines, page by page. Ours also asks
for hosts, clusters and datastores, and makes the tables.
"""

import os
import ssl
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.loading import compared
from tests.real.papers import papers
from tests.real.vcenter import PASSWORD, USER, simulator

COUNT = 10_000
ROUNDS = 3
PAGE = 500


def bare(address, authority, paths):
    """All machines by the SDK's own property collector; how many there are."""
    from pyVim.connect import Disconnect, SmartConnect
    from pyVmomi import vim, vmodl

    host, port = address.split(":")
    instance = SmartConnect(host=host, port=int(port), user=USER, pwd=PASSWORD,
                            sslContext=ssl.create_default_context(cafile=str(authority)))
    content = instance.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    query = vmodl.query.PropertyCollector
    steps = query.TraversalSpec(name="all", path="view", skip=False, type=vim.view.ContainerView)
    spec = query.FilterSpec(
        objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[steps])],
        propSet=[query.PropertySpec(type=vim.VirtualMachine, pathSet=list(paths))])
    collector = content.propertyCollector
    answer = collector.RetrievePropertiesEx([spec], query.RetrieveOptions(maxObjects=PAGE))
    found = len(answer.objects)
    while answer.token:
        answer = collector.ContinueRetrievePropertiesEx(answer.token)
        found += len(answer.objects)
    view.DestroyView()
    Disconnect(instance)
    return found


def main(count=COUNT, rounds=ROUNDS):
    import fleetkit as fk
    from fleetkit.loaders.vsphere.machines import PATHS
    from fleetkit.progress import silent

    os.environ |= {"VSPHERE_USER": USER, "VSPHERE_PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory() as name:
        signed = papers(Path(name))
        sizes = {"hosts": 0, "cluster_hosts": 50, "machines": count}
        with simulator(Path(name), signed, **sizes) as running:
            def ours():
                fleet = fk.load("vsphere", running.address, ca=signed.authority, only="vms",
                                progress=silent)
                assert (fleet.workloads["kind"] == "vm").sum() == count

            def peer():
                assert bare(running.address, signed.authority, PATHS) == count

            compared(f"load of {count:,} machines, beside the SDK's own paging", ours, peer, rounds)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
