"""What templates declare: the source of each builder, with variables that have plain defaults."""

import pytest

from tests.loaders.packer.payloads import AMI, BASE, SECRET, entry, manifest

HCL = """
variable "base" {
  default = "BASE"
}
variable "unset" {
  type = string
}
variable "hidden" {
  default   = "SECRET"
  sensitive = true
}
locals {
  picked = "${var.base}"
}
source "amazon-ebs" "web" {
  source_ami   = local.picked
  ssh_password = "SECRET"
}
""".replace("BASE", BASE).replace("SECRET", SECRET)


def source(body, kind="amazon-ebs", name="web"):
    return f'source "{kind}" "{name}" {{\n{body}\n}}\n'


def sources_of(fleet):
    return fleet.builds["source_image"].tolist()


def test_variables_and_locals_are_filled_in(folder):
    fleet = folder(t_hcl=HCL)
    assert (sources_of(fleet), fleet.builds["origin"].tolist()) == ([BASE], ["declared"])


@pytest.mark.parametrize(("kind", "body", "text", "image_id"), [
    ("amazon-ebs", f'source_ami = "{BASE}"', BASE, f"aws||ami|{BASE}"),
    ("amazon-ebs", 'source_ami_filter {\n filters = {\n name = "ubuntu/*"\n }\n owners = ["0"]\n}',
     "name=ubuntu/*, owners=0", "packer||source|name=ubuntu/*, owners=0"),
    ("docker", 'image = "debian:12"', "debian:12", "name|docker.io/library/debian:12"),
    ("googlecompute", 'source_image = "d-12"\nsource_image_project_id = ["debian-cloud"]', "d-12",
     "gcp|debian-cloud|image|d-12"),
    ("googlecompute", 'source_image_family = "debian-12"', "family debian-12",
     "packer||source|family debian-12"),
    ("vsphere-clone", 'template = "golden"', "golden", "vsphere||template|golden"),
    ("qemu", 'iso_url = "https://x.example/d.iso"', "https://x.example/d.iso",
     "packer||source|https://x.example/d.iso"),
    ("azure-arm", 'image_publisher = "C"\nimage_offer = "U"\nimage_sku = "22"', "C:U:22:latest",
     "packer||source|C:U:22:latest"),
])
def test_a_source_is_an_image_or_stands_for_one(folder, kind, body, text, image_id):
    fleet = folder(t_hcl=source(body, kind))
    assert (sources_of(fleet), fleet.images["image_id"].tolist()) == ([text], [image_id])


@pytest.mark.parametrize("text", ["var.unset", '"x-${var.hidden}"', 'lookup(var.m, "a")'])
def test_what_is_not_known_stays_as_it_is_written_and_names_no_image(folder, text):
    fleet = folder(v_hcl=HCL, t_hcl=source(f"source_ami = {text}", name="open"))
    build = fleet.builds.set_index("name").loc["open"]
    assert "${" in build["source_image"]
    assert (fleet.images["image_id"].tolist(), fleet.problems["code"].tolist()) == (
        [f"aws||ami|{BASE}"], ["open_variable"])


def test_variables_lie_in_any_file_of_the_folder(folder, tmp_path):
    (tmp_path / "x.auto.pkrvars.hcl").write_text('base = "ami-0a1b2c3d"\nhidden = "ami-0000000d"\n')
    fleet = folder(v_hcl=HCL, t_hcl=source("source_ami = var.base", name="other"))
    assert sources_of(fleet) == ["ami-0a1b2c3d", "ami-0a1b2c3d"]


def test_a_json_template_is_read_with_its_user_variables(folder):
    fleet = folder(t_json={
        "variables": {"base": BASE, "aws_secret_key": SECRET, "none": None},
        "builders": [{"type": "amazon-ebs", "source_ami": "{{user `base`}}"},
                     {"type": "docker", "name": "c", "image": "{{user `none`}}"}]})
    assert dict(zip(fleet.builds["name"], sources_of(fleet), strict=True)) == {
        "amazon-ebs": BASE, "c": "{{user `none`}}"}


def test_blocks_in_json_are_read_as_blocks(folder):
    fleet = folder(**{"t.pkr_json": {
        "variable": {"base": {"default": BASE}},
        "source": {"amazon-ebs": {"web": {"source_ami": "${var.base}"}}}}})
    assert sources_of(fleet) == [BASE]


def test_a_template_gives_the_source_of_a_build_of_its_type_and_name(folder):
    fleet = folder(t_hcl=HCL, m_json=manifest(entry()))
    link = fleet.links.set_index("relation").loc["derived_from"]
    assert (link["to_id"], link["evidence"], link["confidence"], link["origin"]) == (
        f"aws||ami|{BASE}", "packer template", 0.7, "declared")
    assert (fleet.builds["template"].tolist(), len(fleet.builds)) == (["t.pkr.hcl"], 1)


def test_custom_data_is_believed_before_a_template(folder):
    fleet = folder(t_hcl=HCL, m_json=manifest(entry(custom_data={"source_ami": "ami-0a1b2c3d"})))
    assert (sources_of(fleet), fleet.builds["template"].tolist()) == (
        ["ami-0a1b2c3d"], ["t.pkr.hcl"])


def test_templates_that_disagree_say_nothing_about_a_build(folder):
    one, other = source(f'source_ami = "{BASE}"'), source('source_ami = "ami-0a1b2c3d"')
    fleet = folder(a__t_hcl=one, b__t_hcl=other, m_json=manifest(entry()))
    assert (fleet.builds["source_image"].isna().all(), fleet.builds["image_id"].tolist()) == (
        True, [f"aws||ami|{AMI}"])


def test_the_template_of_the_same_folder_is_believed(folder):
    one, other = source(f'source_ami = "{BASE}"'), source('source_ami = "ami-0a1b2c3d"')
    fleet = folder(a__t_hcl=one, b__t_hcl=other, b__m_json=manifest(entry()))
    assert sources_of(fleet) == ["ami-0a1b2c3d"]


def test_a_source_that_a_build_names_anew_is_found_by_both_names(folder):
    text = source('image = "debian:12"', "docker", "base") + (
        'build {\n  source "source.docker.base" {\n    name = "again"\n  }\n}\n')
    fleet = folder(t_hcl=text, m_json=manifest(entry("shop/web:1", "docker", "again")))
    assert fleet.builds.set_index("name")["source_image"].to_dict() == {
        "again": "debian:12", "base": "debian:12"}


def test_a_template_gives_a_google_image_its_project(folder):
    fleet = folder(t_hcl=source('project_id = "shop"\nsource_image = "d-12"', "googlecompute"),
                   m_json=manifest(entry("golden-7", "googlecompute")))
    assert "gcp|shop|image|golden-7" in fleet.images["image_id"].tolist()


def test_secrets_of_templates_are_not_kept(folder):
    fleet = folder(t_hcl=HCL + source(f'iso_url = "http://u:{SECRET}@x/i.iso"', "qemu", "q")
                   + source('source_ami = "x-${var.hidden}"', name="h"))
    assert not any(SECRET in frame.to_csv() for _, frame in fleet)
