"""What Terraform and OpenTofu say that they made: machines, containers, images, disks, databases.

From state files of all versions (1 to 4) and from `terraform show -json` of a state or a plan. A
state is what Terraform saw last, so all rows are declared, not observed; each bears the id that
its platform gave it, and the address of the resource that manages it. Of one lineage the newest
serial is read. Outputs, and what is marked or named as sensitive, never enter.
"""

from fleetkit.loaders.terraform.documents import parse, scan
from fleetkit.loaders.terraform.shapes import SHAPES
from fleetkit.plugins import Loader, prelude_beside, queries_beside

LOADER = Loader(
    doc="Terraform states: machines, containers, images and databases by address, of all providers"
        " that are known",
    reads=(
        "terraform.tfstate, states of version 1 to 4 (also terraform state pull)",
        "terraform show -json of a state or a plan; lineage= names the state that it shows",
    ),
    parse=parse,
    scan=scan,
    patterns=("*.tfstate", "*.tfstate.backup"),
    shapes=SHAPES,
    prelude=prelude_beside(__file__),
    queries=queries_beside(__file__),
)
