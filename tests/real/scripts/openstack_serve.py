"""Serves one OpenStack service on loopback, in OpenStack's own virtual environment: NAME PORT CONF.

nova comes with its conductor, scheduler and compute in the same process, because the in-memory
message bus connects threads only; beside cinder's API a stand-in answers for cinder-volume.
"""

import ctypes
import importlib
import signal
import sys

import waitress

APPLICATIONS = {
    "keystone": "keystone.wsgi.api", "glance": "glance.wsgi.api", "placement": "placement.wsgi.api",
    "nova": "nova.wsgi.osapi_compute", "cinder": "cinder.wsgi.api", "neutron": "neutron.wsgi.api",
}
END_WITH_PARENT = 1


def main(name, port, configuration):
    """Serves until it is ended."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if name == "nova":
        from nova import monkey_patch

        monkey_patch.patch(backend="threading")
    sys.argv = [name, "--config-file", configuration]
    application = importlib.import_module(APPLICATIONS[name]).application
    kept = COMPANIONS[name]() if name in COMPANIONS else None
    waitress.serve(application, host="127.0.0.1", port=int(port), threads=8)
    return kept


def _nova():
    from nova import service
    from nova.compute import rpcapi as compute
    from nova.conductor import rpcapi as conductor
    from nova.scheduler import rpcapi as scheduler

    started = []
    for binary, topic in (
        ("nova-conductor", conductor.RPC_TOPIC),
        ("nova-scheduler", scheduler.RPC_TOPIC),
        ("nova-compute", compute.RPC_TOPIC),
    ):
        one = service.Service.create(binary=binary, topic=topic)
        one.start()
        started.append(one)
    return started


def _cinder():
    import openstack_volumes

    return openstack_volumes.start()


COMPANIONS = {"nova": _nova, "cinder": _cinder}

if __name__ == "__main__":
    main(*sys.argv[1:])
