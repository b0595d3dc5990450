"""States as Terraform and its providers write them, after their documented schemas.

The attributes of Amazon, Google, Docker and Azure follow the recorded states, which test_recorded
reads; test_real compares the frame with what Terraform itself writes.
"""

from pathlib import Path

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "terraform"
SECRET = "hunter2-planted"
LINEAGE = "7b193cae-af4c-3b02-c26e-faaf2027f0a6"
ACCOUNT = "123456789012"
UUID = "42170f3e-6f2b-4b62-9f0c-1d2e3f405162"
CONTAINER = "6" * 64
CONTENT = f"sha256:{'9' * 64}"
GOOGLE = "https://www.googleapis.com/compute/v1/projects"


def state(*resources, serial=1, lineage=LINEAGE, **more):
    return {
        "version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": lineage,
        "outputs": {}, "resources": list(resources), "check_results": None, **more,
    }


def resource(kind, *instances, name="x", mode="managed", module=None):
    """A resource with instances; one without an index where there is one."""
    numbered = len(instances) > 1
    return {
        **({"module": module} if module else {}), "mode": mode, "type": kind, "name": name,
        "provider": 'provider["registry.terraform.io/a/b"]',
        "instances": [
            {**({"index_key": number} if numbered else {}), **instance}
            for number, instance in enumerate(instances)
        ],
    }


def instance(attributes, needs=(), sensitive=(), **more):
    return {
        "schema_version": 1, "attributes": attributes, "dependencies": list(needs),
        "sensitive_attributes": list(sensitive), "private": "bnVsbA==", **more,
    }


def one(kind, attributes, needs=(), sensitive=(), **place):
    return resource(kind, instance(attributes, needs, sensitive), **place)


def path(*steps):
    """A path to a sensitive value, as states write it."""
    return [{"type": "get_attr", "value": step} if isinstance(step, str)
            else {"type": "index", "value": step} for step in steps]


def ec2(native="i-0abc", **fields):
    return {
        "ami": "ami-0fee", "id": native, "instance_type": "t3.nano", "instance_state": "running",
        "arn": f"arn:aws:ec2:eu-west-3:{ACCOUNT}:instance/{native}",
        "availability_zone": "eu-west-3b", "private_ip": "10.0.0.7", "public_ip": "",
        "private_dns": "ip-10-0-0-7.internal", "tags": {"Name": "web", "env": "prod"},
        "root_block_device": [{"device_name": "/dev/xvda", "volume_id": "vol-1", "volume_size": 8,
                               "volume_type": "gp3", "delete_on_termination": True}],
        "ebs_block_device": [], "ephemeral_block_device": [], "user_data": SECRET, **fields,
    }


def vsphere(**fields):
    return {
        "id": UUID, "uuid": UUID, "moid": "vm-42", "name": "db", "num_cpus": 4, "memory": 2048,
        "guest_id": "debian11_64Guest", "power_state": "on", "annotation": "the ledger",
        "guest_ip_addresses": ["10.1.0.4"], "vmware_tools_status": "guestToolsRunning",
        "clone": [{"template_uuid": "42170f3e-0000-4b62-9f0c-1d2e3f405162", "customize": [
            {"linux_options": [{"host_name": "db01"}],
             "windows_options": [{"admin_password": SECRET}]}]}],
        "disk": [{"label": "disk0", "size": 40, "unit_number": 0, "uuid": "6000-1", "path":
                  "[ds1] db/db.vmdk", "thin_provisioned": True, "keep_on_remove": False},
                 {"label": "disk1", "size": 100, "unit_number": 1, "uuid": "6000-2",
                  "keep_on_remove": True}],
        "network_interface": [{"mac_address": "00:50:56:AA:BB:CC"}],
        "extra_config": {"guestinfo.userdata": SECRET}, **fields,
    }


def server(**fields):
    return {
        "id": UUID, "name": "api", "image_id": "0a1b2c3d-0000-4000-8000-000000000001",
        "image_name": "debian-12", "flavor_id": "f1", "flavor_name": "m1.small",
        "power_state": "active", "availability_zone": "nova", "region": "RegionOne",
        "network": [{"fixed_ip_v4": "10.2.0.5", "fixed_ip_v6": "[fd00::5]",
                     "mac": "fa:16:3e:11:22:33", "floating_ip": ""}],
        "all_metadata": {"env": "prod"}, "admin_pass": SECRET, "user_data": SECRET, **fields,
    }


def container(**fields):
    return {
        "id": CONTAINER, "name": "web", "image": CONTENT, "command": ["nginx", "-g", "daemon off;"],
        "entrypoint": ["/entry"], "hostname": "666666666666", "memory": 512,
        "restart": "on-failure", "max_retry_count": 3, "privileged": False,
        "env": [f"DB_PASSWORD={SECRET}", "MODE=fast"],
        "read_only": True, "rm": False, "user": "www", "capabilities": [{"add": ["NET_ADMIN"]}],
        "ports": [{"internal": 80, "external": 8080, "protocol": "tcp"}],
        "labels": [{"label": "env", "value": "prod"}, {"label": "api-token", "value": SECRET}],
        "network_data": [{"ip_address": "172.17.0.2", "mac_address": "02:42:ac:11:00:02"}],
        "volumes": [{"container_path": "/data", "volume_name": "data", "read_only": False},
                    {"container_path": "/etc/x", "host_path": "/srv/x", "read_only": True}],
        "mounts": [{"type": "tmpfs", "target": "/tmp", "source": ""}], **fields,
    }


def gce(**fields):
    return {
        "id": "projects/shop/zones/us-central1-a/instances/web", "name": "web", "project": "shop",
        "zone": "us-central1-a", "instance_id": "4993131743765937902", "hostname": "",
        "current_status": "RUNNING", "machine_type": "e2-medium", "labels": {"env": "prod"},
        "self_link": f"{GOOGLE}/shop/zones/us-central1-a/instances/web",
        "boot_disk": [{"auto_delete": True, "device_name": "boot", "mode": "READ_WRITE",
                       "source": f"{GOOGLE}/shop/zones/us-central1-a/disks/web",
                       "initialize_params": [{
                           "image": f"{GOOGLE}/debian-cloud/global/images/debian-12-v1",
                           "size": 10, "type": "pd-standard"}]}],
        "network_interface": [{"network_ip": "10.128.0.2",
                               "access_config": [{"nat_ip": "203.0.113.7"}]}],
        "scheduling": [{"automatic_restart": True, "preemptible": False}],
        "metadata": {"ssh-keys": SECRET}, "metadata_startup_script": SECRET, **fields,
    }


def azure(**fields):
    return {
        "id": "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/app",
        "name": "app", "computer_name": "app01", "size": "Standard_B1s", "location": "westeurope",
        "zone": "1", "private_ip_addresses": ["10.3.0.4"], "public_ip_addresses": [],
        "virtual_machine_id": UUID, "priority": "Regular", "admin_password": SECRET,
        "custom_data": SECRET, "tags": {"env": "test"},
        "source_image_reference": [{"publisher": "Debian", "offer": "debian-12", "sku": "12",
                                    "version": "latest"}],
        "os_disk": [{"name": "app-os", "disk_size_gb": 30, "storage_account_type": "Premium_LRS"}],
        **fields,
    }
