"""Stands in for cinder's scheduler and volume services: volumes are rows, and nothing is stored."""

import oslo_messaging as messaging
from cinder import objects, rpc
from cinder.db import api as db
from cinder.objects import base
from oslo_utils import timeutils

BACKEND = "volumes-01@rows"


class Scheduler:
    """Every volume fits."""

    target = messaging.Target(version="3.12")

    def create_volume(self, context, volume, **wishes):
        """The volume is there at once; from an image it bears that image's properties."""
        elevated = context.elevated()
        specification = wishes.get("request_spec")
        properties = dict(getattr(specification, "volume_properties", None) or {})
        image = wishes.get("image_id") or properties.get("image_id")
        if image:
            db.volume_glance_metadata_bulk_create(elevated, volume.id, {"image_id": image})
            volume.bootable = True
        volume.host = f"{BACKEND}#pool"
        volume.status = "available"
        volume.shared_targets = False  # else nova locks by a service that is not here
        volume.launched_at = timeutils.utcnow()
        volume.save()


class Volumes:
    """Every connection succeeds."""

    target = messaging.Target(version="3.20")

    def attachment_update(self, context, vref, connector, attachment_id):
        """Attached, and told where."""
        attachment = objects.VolumeAttachment.get_by_id(context, attachment_id)
        db.volume_attached(
            context.elevated(), attachment_id, attachment.instance_uuid,
            connector.get("host", ""), connector.get("mountpoint", "na"), "rw", False,
        )
        return {"driver_volume_type": "fake", "data": {"volume_id": vref.id}}

    def attachment_delete(self, context, attachment_id, vref):
        """Detached."""
        db.volume_detached(context.elevated(), vref.id, attachment_id)


def start():
    """Answers on the bus that cinder's API uses, in threads of its process."""
    host, _ = BACKEND.split("@")
    serializer = base.CinderObjectSerializer()
    servers = [
        rpc.get_server(messaging.Target(topic=topic, server=host), [endpoint], serializer)
        for topic, endpoint in (
            ("cinder-scheduler", Scheduler()), (f"cinder-volume.{BACKEND}", Volumes()),
        )
    ]
    for server in servers:
        server.start()
    return servers
