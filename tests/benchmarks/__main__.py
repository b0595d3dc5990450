"""All benchmarks, one after another, each beside its peer: `python -m tests.benchmarks`."""

import runpy

NAMES = ("loading", "aws", "vsphere", "rvtools", "kubernetes", "frame", "oci", "sbom", "versions",
         "classification", "feeds", "patching", "scanners", "identity", "lineage", "synthetic",
         "judgement")

for name in NAMES:
    print(f"\n== {name}")
    runpy.run_module(f"tests.benchmarks.{name}", run_name="__main__")
