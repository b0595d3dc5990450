r"""Packages of machines as lists that commands print there: dpkg-query, rpm, apk, osquery.

One file per host, named after it, or a folder per host; what lies beside (os-release, the output of
`uname -r`, osquery's os_version and system_info) tells of the host. All that a list can tell:

    form='${Package}\t${Version}\t${Architecture}\t${source:Package}\t'
    dpkg-query -W -f="$form"'${source:Version}\t${db:Status-Status}\n'
    form='%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\t'
    rpm -qa --qf "$form"'%{SOURCERPM}\t%{MODULARITYLABEL}\n'
    apk list -I
"""

from collections.abc import Iterator

import pyarrow as pa

from fleetkit.loaders.packages.scanning import scan
from fleetkit.plugins import Loader, Record, queries_beside
from fleetkit.schema import Row
from fleetkit.tables import PACKAGES

_TEXT = pa.string()


def _packages(record: Record) -> Iterator[Row]:
    if record.kind == "package":
        yield record.content


LOADER = Loader(
    doc="packages of machines from lists that dpkg-query, rpm, apk and osquery print there",
    reads=(
        "dpkg-query -W, dpkg -l, a copied var/lib/dpkg/status", "rpm -qa, a copied rpm database",
        "apk list -I, apk info -v, a copied lib/apk/db/installed",
        "osqueryi --json and the daemon's log: deb_packages, rpm_packages, python_packages,"
        " npm_packages, os_version, system_info, kernel_info",
        "os-release and uname -r beside these",
    ),
    scan=scan,
    patterns=(
        "*.txt", "*.txt.gz", "*.tsv", "*.out", "*.log", "*.json", "*.json.gz", "*.jsonl",
        "*os-release", "*uname", "status", "status.gz", "installed", "installed.gz",
        "rpmdb.sqlite", "Packages.db", "Packages",
    ),
    rows={PACKAGES: _packages},
    shapes={
        "host": pa.schema([
            *((name, _TEXT) for name in (
                "workload_id", "name", "hostname", "os_family", "os_name", "os_version",
                "kernel_version", "arch", "machine_uuid")),
            ("memory_bytes", pa.int64()), ("cpu_cores", pa.float64()),
        ]),
    },
    queries=queries_beside(__file__),
)
