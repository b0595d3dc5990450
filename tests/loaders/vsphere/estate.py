"""A small estate in the simulator: made with the SDK, by a user who may do everything."""

import ssl
from contextlib import contextmanager

from tests.real.papers import Papers
from tests.real.vcenter import PASSWORD, USER

SECRETS = ("Annot-9182-x", "Field-7761-y", "Cloud-5530-z", "Snap-4401-w")
NOTES = "web shop, owner: anna; password=Annot-9182-x"


@contextmanager
def session(address: str, papers: Papers):
    """The service instance of the SDK at an address."""
    from pyVim.connect import Disconnect, SmartConnect

    host, port = address.split(":")
    trusting = ssl.create_default_context(cafile=str(papers.authority))
    instance = SmartConnect(host=host, port=int(port), user=USER, pwd=PASSWORD,
                            sslContext=trusting)
    try:
        yield instance
    finally:
        Disconnect(instance)


def furnish(instance) -> None:
    """Makes what a fresh simulator lacks."""
    content = instance.content
    machines = {vm.name: vm for vm in found(content, "VirtualMachine")}
    web, db, golden = (machines[f"DC0_C0_RP0_VM{number}"] for number in range(3))
    _describe(content, web)
    _snapshots(db)
    _templates(golden)
    finish(machines["DC0_C0_RP0_VM3"].PowerOffVM_Task())
    finish(machines["DC0_C0_RP0_VM4"].SuspendVM_Task())
    _rules(found(content, "ClusterComputeResource")[0], web, db)


def _describe(content, web) -> None:
    from pyVmomi import vim

    def option(key, value):
        return vim.option.OptionValue(key=key, value=value)

    finish(web.ReconfigVM_Task(vim.vm.ConfigSpec(
        annotation=NOTES, guestId="ubuntu64Guest", numCPUs=4, memoryMB=8192, extraConfig=[
            option("guestinfo.userdata", "Cloud-5530-z"),
            option("SET.guest.ipAddress", "10.1.2.3"),
            option("SET.guest.hostName", "web-01.shop.example"),
            option("SET.guest.guestFullName", "Debian GNU/Linux 12 (64-bit)"),
            option("SET.guest.guestFamily", "linuxGuest"),
            option("SET.guest.toolsRunningStatus", "guestToolsRunning"),
            option("SET.guest.toolsVersionStatus2", "guestToolsCurrent"),
        ])))
    for name, value in (("Environment", "production"), ("root password", "Field-7761-y"),
                        ("owner", "anna")):
        defined = content.customFieldsManager.AddCustomFieldDef(name, vim.VirtualMachine)
        content.customFieldsManager.SetField(web, defined.key, value)


def _snapshots(db) -> None:
    for name in ("before upgrade", "after upgrade", "Snap-4401-w"):
        finish(db.CreateSnapshot_Task(name, "", memory=False, quiesce=False))


def _templates(golden) -> None:
    from pyVmomi import vim

    finish(golden.PowerOffVM_Task())
    golden.Rename_Task("golden-debian-12")
    pool = golden.resourcePool
    golden.MarkAsTemplate()
    for name, template in (("shop-01", False), ("shop-02", False), ("golden-debian-13", True)):
        where = vim.vm.RelocateSpec(pool=pool)
        finish(golden.CloneVM_Task(golden.parent, name, vim.vm.CloneSpec(
            location=where, template=template, powerOn=False)))


def _rules(cluster, web, db) -> None:
    from pyVmomi import vim

    rules = [
        vim.cluster.AntiAffinityRuleSpec(name="keep apart", enabled=True, vm=[web, db]),
        vim.cluster.AffinityRuleSpec(name="keep near", enabled=False, vm=[web, db]),
    ]
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[
        vim.cluster.RuleSpec(operation="add", info=rule) for rule in rules])
    finish(cluster.ReconfigureComputeResource_Task(spec, modify=True))


def found(content, kind: str) -> list:
    """All objects of a kind."""
    from pyVmomi import vim

    view = content.viewManager.CreateContainerView(content.rootFolder, [getattr(vim, kind)], True)
    objects = list(view.view)
    view.DestroyView()
    return objects


def described(content, kind: str, paths) -> list:
    """(object, values by path) of all objects of a kind; single questions crash the simulator."""
    from pyVmomi import vim, vmodl

    query = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(content.rootFolder, [getattr(vim, kind)], True)
    steps = query.TraversalSpec(name="all", path="view", skip=False, type=vim.view.ContainerView)
    answer = content.propertyCollector.RetrieveContents([query.FilterSpec(
        objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[steps])],
        propSet=[query.PropertySpec(type=getattr(vim, kind), pathSet=list(paths))])])
    view.DestroyView()
    return [(item.obj, {found.name: found.val for found in item.propSet}) for item in answer]


def finish(task) -> None:
    """The simulator has done a task by the time that it answers."""
    if task.info.error is not None:
        raise task.info.error
