"""Systems Manager on this machine: the calls that moto lacks, held against botocore's own model.

    with in_front_of(cloud) as manager:
        manager.place("eu-west-1").append(machine("i-0123456789abcdef0"))

Every request is judged by the input shape of its operation and every answer by the output shape:
names, types, required members, enumerations, lengths, ranges and patterns. What does not fit is an
error of the test, kept in `errors`, and answered with ValidationException or status 500.
"""

import json
import re
import subprocess
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from tests.real.aws_model import faults_of, service_model
from tests.real.parts import require

SERVICE = "AmazonSSM"
CAPTURED = "2026-03-01T04:05:06Z"
CHECKED = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
_APPLICATION, _MACHINE, _DETAIL = (
    "AWS:Application", "AWS:InstanceInformation", "AWS:InstanceDetailedInformation")
_STATES = ("Installed", "InstalledOther", "InstalledPendingReboot", "InstalledRejected", "Missing",
           "Failed", "NotApplicable", "AvailableSecurityUpdate")


@dataclass
class Machine:
    """What Systems Manager knows of one machine.

    Args:
        facts: as DescribeInstanceInformation tells them; a machine that stands still has none.
        still: as AWS:InstanceInformation tells of it.
        applications: entries of AWS:Application; None where they were never collected.
        details: entries of AWS:InstanceDetailedInformation.
        patches: as DescribeInstancePatches tells them.
        counts: as DescribeInstancePatchStates tells them; None where it was never scanned.
    """

    identity: str
    facts: dict | None = None
    still: dict = field(default_factory=dict)
    applications: list | None = None
    details: list = field(default_factory=list)
    patches: list = field(default_factory=list)
    counts: dict | None = None


@dataclass
class SystemsManager:
    """A WSGI application: answers what it knows, and hands on all else.

    Args:
        beyond: the application for other services and calls.
        largest: items per page, at most what was asked for.
        takes_types: whether GetInventory takes other result attributes than its model's text names.
        stuck: names of calls whose page token never changes.
    """

    beyond: object
    largest: int = 50
    takes_types: bool = True
    stuck: set = field(default_factory=set)
    errors: list = field(default_factory=list)
    regions: dict = field(default_factory=lambda: defaultdict(list))

    def place(self, region):
        """The machines of a region."""
        return self.regions[region]

    def __call__(self, environ, start_response):
        service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
        if service != SERVICE or operation not in _CALLS:
            return self.beyond(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        asked = json.loads(environ["wsgi.input"].read(length) or b"{}")
        found = re.search(r"/\d+/([^/]+)/ssm/", environ.get("HTTP_AUTHORIZATION", ""))
        status, body = self._answer(operation, asked, found[1] if found else "")
        start_response(status, [("Content-Type", "application/x-amz-json-1.1"),
                                ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, operation, asked, region):
        shape = service_model("ssm").operation_model(operation)
        wrong = list(faults_of(shape.input_shape, asked))
        if wrong:
            self.errors += wrong
            return _refused("ValidationException", "; ".join(wrong))
        try:
            told = _CALLS[operation](self, asked, self.regions[region])
        except Refusal as refusal:
            return _refused(refusal.code, str(refusal))
        wrong = list(faults_of(shape.output_shape, told))
        if wrong:
            self.errors += wrong
            return "500 wrong", json.dumps({"__type": "InternalServerError"}).encode()
        return "200 OK", json.dumps(told, default=_seconds).encode()

    def _page(self, operation, asked, items, most):
        """A part of the items, and the token of the next."""
        size = min(asked.get("MaxResults", most), most, self.largest)
        token = asked.get("NextToken")
        if token is not None and not re.fullmatch(rf"{operation}-\d+", token):
            raise Refusal("InvalidNextToken", "the token is not valid")
        start = int(token.rpartition("-")[2]) if token else 0
        end = start + size
        if operation in self.stuck:
            return items[:size], {"NextToken": f"{operation}-0"}
        more = {"NextToken": f"{operation}-{end}"} if end < len(items) else {}
        return items[start:end], more

    def heard(self, asked, machines):
        items = [machine.facts for machine in machines if machine.facts]
        part, more = self._page("DescribeInstanceInformation", asked, items, 50)
        return {"InstanceInformationList": part, **more}

    def inventory(self, asked, machines):
        wanted = (asked.get("ResultAttributes") or [{"TypeName": _MACHINE}])[0]["TypeName"]
        if wanted != _MACHINE and not self.takes_types:
            raise Refusal("InvalidResultAttributeException", "the attribute is not valid")
        items = [_entity(machine, wanted) for machine in machines
                 if all(_fits(machine, one) for one in asked.get("Filters") or [])]
        part, more = self._page("GetInventory", asked, items, 50)
        return {"Entities": part, **more}

    def entries(self, asked, machines):
        machine = _known(machines, asked["InstanceId"])
        kept = {_APPLICATION: machine.applications or [], _DETAIL: machine.details,
                _MACHINE: [machine.still]}.get(asked["TypeName"], [])
        part, more = self._page("ListInventoryEntries", asked, kept, 50)
        head = {"SchemaVersion": "1.1", "CaptureTime": CAPTURED} if kept else {}
        return {"TypeName": asked["TypeName"], "InstanceId": machine.identity, **head,
                "Entries": part, **more}

    def states(self, asked, machines):
        items = [machine.counts for machine in machines
                 if machine.counts and machine.identity in asked["InstanceIds"]]
        part, more = self._page("DescribeInstancePatchStates", asked, items, 100)
        return {"InstancePatchStates": part, **more}

    def patches(self, asked, machines):
        machine = _known(machines, asked["InstanceId"])
        wanted = next((one["Values"] for one in asked.get("Filters") or []
                       if one["Key"] == "State"), _STATES)
        if set(wanted) - set(_STATES):
            raise Refusal("InvalidFilter", "the filter is not valid")
        words = {_in_model(state) for state in wanted}
        items = [patch for patch in machine.patches if patch["State"] in words]
        part, more = self._page("DescribeInstancePatches", asked, items, 100)
        return {"Patches": part, **more}


_CALLS = {
    "DescribeInstanceInformation": SystemsManager.heard,
    "GetInventory": SystemsManager.inventory,
    "ListInventoryEntries": SystemsManager.entries,
    "DescribeInstancePatchStates": SystemsManager.states,
    "DescribeInstancePatches": SystemsManager.patches,
}


class Refusal(Exception):
    """An error that the service answers with."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


@contextmanager
def in_front_of(cloud):
    """Systems Manager before all else of a cloud; every call must have fitted the model."""
    beyond = cloud.application
    cloud.application = manager = SystemsManager(beyond)
    try:
        yield manager
    finally:
        cloud.application = beyond
    assert manager.errors == []


def _entity(machine, wanted):
    held = {_MACHINE: [machine.still] if machine.still else None,
            _APPLICATION: machine.applications, _DETAIL: machine.details or None}[wanted]
    told = {} if held is None else {wanted: {
        "TypeName": wanted, "SchemaVersion": "1.1", "CaptureTime": CAPTURED, "Content": held}}
    return {"Id": machine.identity, "Data": told}


def _fits(machine, one):
    if one["Key"] != "AWS:InstanceInformation.InstanceStatus":
        raise Refusal("InvalidFilter", f"{one['Key']} is not known here")
    is_in = machine.still.get("InstanceStatus", "Active") in one["Values"]
    return is_in if one.get("Type", "Equal") == "Equal" else not is_in


def _known(machines, identity):
    for machine in machines:
        if machine.identity == identity and machine.still.get("InstanceStatus") != "Gone":
            return machine
    raise Refusal("InvalidInstanceId", f"{identity} is not a managed machine")


def _in_model(state):
    """`InstalledOther` as the model's enumeration spells it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", state).upper()


def _refused(code, message):
    return "400 refused", json.dumps({"__type": code, "message": message}).encode()


def _seconds(moment):
    return moment.timestamp()


def machine(identity, name="Debian GNU/Linux", version="12", **more):
    """A machine whose agent is heard."""
    is_hybrid = identity.startswith("mi-")
    computer = f"{identity}.example.internal"
    return Machine(identity, facts={
        "InstanceId": identity, "PingStatus": "Online", "LastPingDateTime": CHECKED,
        "AgentVersion": "3.3.1611.0", "IsLatestVersion": True, "PlatformType": "Linux",
        "PlatformName": name, "PlatformVersion": version, "IPAddress": "10.1.2.3",
        "ComputerName": computer,
        "ResourceType": "ManagedInstance" if is_hybrid else "EC2Instance",
    }, still=still_facts(identity, name, version, "Active"), **more)


def stopped_machine(identity, name="Debian GNU/Linux", version="12", status="Stopped", **more):
    """A machine that only inventory names."""
    return Machine(identity, still=still_facts(identity, name, version, status), **more)


def still_facts(identity, name, version, status):
    return {
        "AgentType": "amazon-ssm-agent", "AgentVersion": "3.3.1611.0",
        "ComputerName": f"{identity}.example.internal", "InstanceId": identity,
        "IpAddress": "10.1.2.3", "PlatformName": name, "PlatformType": "Linux",
        "PlatformVersion": version, "ResourceType": "EC2Instance", "InstanceStatus": status,
    }


def counts(identity, **numbers):
    """The result of a patch scan."""
    return {
        "InstanceId": identity, "PatchGroup": "web", "BaselineId": "pb-0123456789abcdef0",
        "OperationStartTime": CHECKED, "OperationEndTime": CHECKED, "Operation": "Scan",
        "InstalledCount": 0, "InstalledOtherCount": 0, "InstalledPendingRebootCount": 0,
        "InstalledRejectedCount": 0, "MissingCount": 0, "FailedCount": 0, "NotApplicableCount": 0,
        **numbers,
    }


def patch(name, state, *, cves="", severity="Important"):
    """A patch as the service lists it; one that was never installed bears the year 1970."""
    installed = CHECKED if state.startswith("INSTALLED") else datetime(1970, 1, 1, tzinfo=UTC)
    more = {"CVEIds": cves} if cves else {}
    return {"Title": f"{name} update", "KBId": name, "Classification": "Security",
            "Severity": severity, "State": state, "InstalledTime": installed, **more}


def rpm(name, version, release, *, epoch="", source=None, arch="x86_64"):
    """A package as the agent reports it from rpm."""
    return {"Name": name, "Version": version, "Release": release, "Epoch": epoch,
            "Architecture": arch, "ApplicationType": "Unspecified", "Publisher": "Vendor",
            "PackageId": f"{source or name}-{version}-{release}.src.rpm", "Summary": name,
            "InstalledTime": "2026-01-01T00:00:00Z"}


@cache
def own_packages():
    """Packages of this machine, as the agent reports them from dpkg."""
    tool = require("dpkg-query")
    form = r"${Package}\t${Version}\t${Architecture}\t${Section}\n"
    listed = subprocess.run([tool, "-W", f"-f={form}"], check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in listed.stdout.splitlines())
    return [
        {"Name": name, "Version": version, "Architecture": "x86_64" if arch == "amd64" else arch,
         "ApplicationType": section, "PackageId": f"{name}_{version}_{arch}.deb",
         "Publisher": "Debian", "Summary": name}
        for name, version, arch, section in rows
    ]
