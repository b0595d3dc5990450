"""What Terraform itself writes and prints, for resources of its built-in provider."""

import json

import pytest

from fleetkit.loaders.terraform import flat, shown, states
from fleetkit.loading import load
from tests.loaders.terraform.payloads import SECRET
from tests.real.terraform import apply, run

MAIN = """
variable "password" {
  default   = "SECRET"
  sensitive = true
}
resource "terraform_data" "each" {
  for_each = toset(["x", "y/z", "ü\\"q"])
  input    = { name = each.key, pw = var.password }
}
resource "terraform_data" "counted" {
  count      = 2
  input      = count.index
  depends_on = [terraform_data.each]
}
module "shop" {
  source   = "./shop"
  for_each = toset(["eu"])
}
output "password" {
  value     = var.password
  sensitive = true
}
""".replace("SECRET", SECRET)
SHOP = 'resource "terraform_data" "inner" {\n  input = "x"\n}\n'


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    """A folder after two applies: state, backup, and what show prints of state and plan."""
    folder = tmp_path_factory.mktemp("terraform")
    apply(folder, main=MAIN, shop__main=SHOP)
    apply(folder, main=MAIN.replace("count      = 2", "count      = 3"), shop__main=SHOP)
    (folder / "show.json").write_text(run(folder, "show", "-json"))
    (folder / "main.tf").write_text(MAIN.replace("count      = 2", "count      = 4"))
    run(folder, "plan", "-out=plan.bin", "-no-color")
    (folder / "plan.json").write_text(run(folder, "show", "-json", "plan.bin"))
    return folder


def resources(reader, path):
    strange = []
    found = list(reader.resources(json.loads(path.read_text()), set(), strange))
    assert strange == []
    return found


def test_state_and_show_give_the_same_resources(applied):
    kept = resources(states, applied / "terraform.tfstate")
    printed = resources(shown, applied / "show.json")
    assert {(one.address, one.kind, one.attributes["id"], one.needs) for one in kept} == {
        (one.address, one.kind, one.attributes["id"], one.needs) for one in printed}
    assert len(kept) == 7


def test_addresses_are_those_that_terraform_lists(applied):
    listed = run(applied, "state", "list", "-no-color").splitlines()
    assert sorted(one.address for one in resources(states, applied / "terraform.tfstate")) == \
        sorted(listed)


def test_a_plan_holds_what_is_there_and_what_will_be(applied):
    found = resources(shown, applied / "plan.json")
    assert [one.address for one in found if one.is_planned] == ["terraform_data.counted[3]"]
    assert len(found) == 8


@pytest.mark.parametrize("name", ["terraform.tfstate", "show.json", "plan.json"])
def test_kinds_that_are_not_read_are_counted(applied, name):
    fleet = load("terraform", applied / name)
    assert (fleet.workloads.empty, fleet.problems["code"].tolist()) == (True, ["unread_resources"])
    assert fleet.problems.loc[0, "detail"] == f"{8 if 'plan' in name else 7} terraform_data"


def test_a_real_backup_is_an_older_serial(applied):
    fleet = load("terraform", applied)
    assert fleet.problems.loc[fleet.problems["code"] == "superseded_state", "target"].tolist() == [
        "terraform.tfstate.backup"]


@pytest.mark.parametrize("reader", [states, shown])
def test_what_terraform_marks_is_dropped_and_known(applied, reader):
    name = "terraform.tfstate" if reader is states else "show.json"
    secrets = set()
    found = list(reader.resources(json.loads((applied / name).read_text()), secrets, []))
    marked = next(one for one in found if "each" in one.address).attributes["input"]
    assert SECRET in secrets
    assert SECRET not in json.dumps(marked)


def test_a_flat_reader_is_not_asked_for_a_new_state(applied):
    document = json.loads((applied / "terraform.tfstate").read_text())
    assert list(flat.resources(document, set(), [])) == []
