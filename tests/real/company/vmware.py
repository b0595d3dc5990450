"""The shop's machines in vCenter: what was bought, never moved, and runs the books.

Made by API calls on a simulator of vCenter; names, sizes and guests are those of a small company.
"""

import ssl
from contextlib import contextmanager
from dataclasses import dataclass

from tests.real import vcenter

CLUSTER, STORE = "books", "san-01"
HOSTS = ("esx-01.shop.example", "esx-02.shop.example")


@dataclass(frozen=True)
class Machine:
    """One machine as its owner would describe it; memory and disk in GiB."""

    name: str
    guest: str
    system: str
    cores: int
    memory: int
    disk: int
    address: str
    notes: str = ""
    running: bool = True


MACHINES = (
    Machine("erp-db-01", "windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)",
            8, 64, 900, "10.40.1.11", "SQL Server of the ERP; call finance before any restart"),
    Machine("erp-app-01", "windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)",
            4, 16, 120, "10.40.1.12"),
    Machine("erp-app-02", "windows9Server64Guest", "Microsoft Windows Server 2016 (64-bit)",
            4, 16, 120, "10.40.1.13"),
    Machine("files-01", "debian8_64Guest", "Debian GNU/Linux 11 (64-bit)",
            2, 8, 2_000, "10.40.1.20", "home directories, NFS"),
    Machine("ldap-01", "debian8_64Guest", "Debian GNU/Linux 11 (64-bit)", 1, 2, 20, "10.40.1.21"),
    Machine("jenkins-01", "centos7_64Guest", "CentOS 7 (64-bit)", 4, 16, 200, "10.40.1.30",
            "builds the releases; nobody dares to touch it"),
    Machine("license-01", "centos7_64Guest", "CentOS 7 (64-bit)", 1, 2, 20, "10.40.1.31",
            "licence is bound to this machine's hardware address"),
    Machine("old-intranet", "centos6_64Guest", "CentOS 6 (64-bit)", 2, 4, 40, "10.40.1.40",
            running=False),
)


def built(address, papers, folder):
    """Makes the estate on an empty simulator; `folder` is where its datastore lies."""
    with session(address, papers) as instance:
        center, = instance.content.rootFolder.childEntity
        finish(center.Rename_Task("frankfurt"))
        cluster = clustered(center, folder)
        made = {machine.name: add(center, cluster, place, machine)
                for place, machine in enumerate(MACHINES)}
        finish(made["erp-db-01"].CreateSnapshot_Task(
            "before the upgrade", "", memory=False, quiesce=False))
        golden(center, cluster)
        apart(cluster, made["erp-app-01"], made["erp-app-02"])
        owned(instance.content, made)


@contextmanager
def session(address, papers):
    """The service instance of the SDK, for a user who may do everything."""
    from pyVim.connect import Disconnect, SmartConnect

    host, port = address.split(":")
    trusting = ssl.create_default_context(cafile=str(papers.authority))
    instance = SmartConnect(host=host, port=int(port), user=vcenter.USER, pwd=vcenter.PASSWORD,
                            sslContext=trusting)
    try:
        yield instance
    finally:
        Disconnect(instance)


def finish(task):
    """The simulator has done a task by the time that it answers."""
    if task.info.error is not None:
        raise task.info.error
    return task.info.result


def clustered(center, folder):
    from pyVmomi import vim

    cluster = center.hostFolder.CreateClusterEx(CLUSTER, vim.cluster.ConfigSpecEx())
    for name in HOSTS:
        finish(cluster.AddHost_Task(
            vim.host.ConnectSpec(hostName=name, userName="root", password="x", force=True), True))
    for host in cluster.host:
        host.configManager.datastoreSystem.CreateLocalDatastore(name=STORE, path=str(folder))
    return cluster


def add(center, cluster, place, machine):
    from pyVmomi import vim

    host = cluster.host[place % len(HOSTS)]
    told = {"guestFullName": machine.system, "ipAddress": machine.address,
            "hostName": f"{machine.name}.shop.example", "toolsRunningStatus": "guestToolsRunning",
            "guestFamily": "windowsGuest" if "Windows" in machine.system else "linuxGuest",
            "toolsVersionStatus2": "guestToolsCurrent"}
    spec = vim.vm.ConfigSpec(
        name=machine.name, guestId=machine.guest, numCPUs=machine.cores,
        memoryMB=machine.memory * 1024, annotation=machine.notes,
        files=vim.vm.FileInfo(vmPathName=f"[{STORE}]"))
    made = finish(center.vmFolder.CreateVM_Task(spec, cluster.resourcePool, host))
    finish(made.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=disks(machine))))
    if machine.running:
        finish(made.PowerOnVM_Task())
        finish(made.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[
            vim.option.OptionValue(key=f"SET.guest.{key}", value=value)
            for key, value in told.items()])))
    return made


def disks(machine):
    from pyVmomi import vim

    controller = vim.vm.device.ParaVirtualSCSIController(
        key=-1, busNumber=0, sharedBus="noSharing")
    backing = vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
        diskMode="persistent", thinProvisioned=True,
        fileName=f"[{STORE}] {machine.name}/{machine.name}.vmdk")
    disk = vim.vm.device.VirtualDisk(
        key=-2, controllerKey=-1, unitNumber=0, capacityInKB=machine.disk << 20,
        capacityInBytes=machine.disk << 30, backing=backing)
    add_, create = "add", vim.vm.device.VirtualDeviceSpec.FileOperation.create
    return [vim.vm.device.VirtualDeviceSpec(operation=add_, device=controller),
            vim.vm.device.VirtualDeviceSpec(operation=add_, fileOperation=create, device=disk)]


def golden(center, cluster):
    """A template, and two machines that were cloned from it."""
    from pyVmomi import vim

    machine = Machine("golden-centos-7", "centos7_64Guest", "CentOS 7 (64-bit)", 2, 4, 20, "",
                      running=False)
    template = add(center, cluster, 0, machine)
    template.MarkAsTemplate()
    where = vim.vm.RelocateSpec(pool=cluster.resourcePool, host=cluster.host[1])
    for name in ("reports-01", "reports-02"):
        clone = finish(template.CloneVM_Task(
            center.vmFolder, name, vim.vm.CloneSpec(location=where, template=False, powerOn=True)))
        clone.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="nightly reports"))


def apart(cluster, *machines):
    from pyVmomi import vim

    rule = vim.cluster.AntiAffinityRuleSpec(name="erp apart", enabled=True, vm=list(machines))
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[vim.cluster.RuleSpec(operation="add", info=rule)])
    finish(cluster.ReconfigureComputeResource_Task(spec, modify=True))


def owned(content, machines):
    """Custom fields, as people fill them: some."""
    from pyVmomi import vim

    fields = content.customFieldsManager
    owner = fields.AddCustomFieldDef("Owner", vim.VirtualMachine)
    stage = fields.AddCustomFieldDef("Environment", vim.VirtualMachine)
    for name, machine in machines.items():
        fields.SetField(machine, stage.key, "production")
        if name.startswith("erp"):
            fields.SetField(machine, owner.key, "finance")
