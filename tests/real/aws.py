"""AWS on this machine: moto's own server behind a door that records every call and can fail it.

    with aws.started() as cloud:
        cloud.client("ec2", "eu-west-1").run_instances(...)
        cloud.fail("eu-west-1", "DescribeVolumes", aws.denied())
        fk.load("aws", regions=["eu-west-1"], endpoint=cloud.url)
        cloud.actions      # every (region, action) that was sent since `forget`
"""

import io
import json
import logging
import os
import re
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from tests.real.parts import refuse

ACCOUNT = "123456789012"  # moto's own
LINUX, WINDOWS = "ami-11111111", "ami-22222222"  # the images that are there from the start
_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_ALWAYS = 1_000_000
_ABSENT = {  # moto breaks where it has no such call; what the services themselves would answer
    "GetImageAncestry": "InvalidAction",
    **dict.fromkeys((
        "DescribeInstanceInformation", "DescribeInstancePatchStates", "DescribeInstancePatches",
        "GetInventory", "ListInventoryEntries",
    ), "UnknownOperationException"),
}


@dataclass
class Fault:
    """What is answered in place of the cloud, or made of its answer.

    Args:
        status: of HTTP.
        code: error code of AWS; None where the cloud's own answer is changed.
        message: of the error.
        times: how many calls meet it.
        change: the body of the cloud's answer -> another.
        text: body in place of the cloud's answer.
        cut: the connection is closed in the middle of the body.
    """

    status: int = 200
    code: str | None = None
    message: str = ""
    times: int = _ALWAYS
    change: object = None
    text: str | None = None
    cut: bool = False


def denied():
    return Fault(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")


def throttled(times=_ALWAYS):
    return Fault(503, "RequestLimitExceeded", "Request limit exceeded.", times)


def expired():
    return Fault(400, "ExpiredToken", "The security token included in the request is expired")


def skewed():
    return Fault(403, "SignatureDoesNotMatch",
                 "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z")


def not_enabled():
    return Fault(401, "AuthFailure", "AWS was not able to validate the provided access credentials")


def cut(times=_ALWAYS):
    return Fault(cut=True, times=times)


def silent():
    """The connection is closed before there is any answer."""
    return Fault(code="", times=_ALWAYS)


def changed(change, times=_ALWAYS):
    """The answer's text as `change` makes it."""
    return Fault(change=change, times=times)


def answered(text, times=_ALWAYS):
    """This text in place of the cloud's answer."""
    return Fault(text=text, times=times)


@dataclass
class Cloud:
    """The door: a WSGI application in front of moto's."""

    application: object
    url: str = ""
    calls: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)
    _door: threading.Lock = field(default_factory=threading.Lock)

    @property
    def actions(self):
        """(region, action) of all calls since `forget`, in order."""
        return [(region, action) for region, action, _ in self.calls]

    def fail(self, region, action, *faults):
        """From now on calls of an action in a region meet the faults, in turn; "*" is any."""
        self.faults[region, action] = faults

    def heal(self):
        self.faults.clear()

    def forget(self):
        self.calls.clear()

    def client(self, service, region="us-east-1"):
        """A client of boto3 for this cloud, past the loader; its calls are recorded too."""
        import boto3

        session = boto3.Session("testing", "testing", region_name=region)
        return session.client(service, endpoint_url=self.url)

    def reset(self):
        """An empty cloud without faults, and nothing recorded."""
        from moto.moto_api._internal.models import moto_api_backend

        self.heal()
        moto_api_backend.reset()
        self.forget()

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        region, key, service = _place(environ)
        action, form = _action(environ, body, service)
        with self._door:
            self.calls.append((region, action, key))
            fault = self._met(region, action)
        if fault is None:
            return self.application(environ, start_response)
        if fault.code == "":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        if fault.code is not None:
            return _refusal(fault, form, start_response)
        return self._spoilt(fault, environ, start_response)

    def _met(self, region, action):
        for place in ((region, action), (region, "*"), ("*", action), ("*", "*")):
            for fault in self.faults.get(place, ()):
                if fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def _spoilt(self, fault, environ, start_response):
        told = {}

        def tell(status, headers, exc_info=None):
            told.update(status=status, headers=headers)

        if fault.text is not None:
            tell("200 OK", [("Content-Type", "text/xml")])
            body = fault.text.encode()
        else:
            body = b"".join(self.application(environ, tell))
        if fault.change:
            body = fault.change(body.decode()).encode()
        headers = [pair for pair in told["headers"] if pair[0].lower() != "content-length"]
        start_response(told["status"], [*headers, ("Content-Length", str(len(body)))])
        return [body[:len(body) // 2] if fault.cut else body]


class Answering:
    """Calls that moto does not have are refused as AWS refuses what it does not know."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        action, form = _action(environ, body, _place(environ)[2])
        if action in _ABSENT:
            fault = Fault(400, _ABSENT[action], f"The action {action} is not valid here.")
            return _refusal(fault, form, start_response)
        return self.application(environ, start_response)


def _place(environ):
    """Region, access key and service of a signed call."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[2], found[1], found[3]) if found else ("", "", "")


def _action(environ, body, service):
    """Name of the call, and the form in which an error of it is written."""
    if "HTTP_X_AMZ_TARGET" in environ:
        return environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2], "json"
    path = environ.get("PATH_INFO", "")
    if "/operation/" in path:
        return path.rpartition("/operation/")[2], "json"
    called = (parse_qs(body.decode(errors="replace")).get("Action") or [path])[0]
    return called, "ec2" if service == "ec2" else "query"


def _refusal(fault, form, start_response):
    kind, text = {
        "json": ("application/x-amz-json-1.1",
                 json.dumps({"__type": fault.code, "message": fault.message})),
        "ec2": ("text/xml", f"<Response><Errors>{_error(fault)}</Errors>"
                            "<RequestID>1</RequestID></Response>"),
        "query": ("text/xml", f"<ErrorResponse>{_error(fault)}"
                              "<RequestId>1</RequestId></ErrorResponse>"),
    }[form]
    body = text.encode()
    start_response(f"{fault.status} fault", [("Content-Type", kind),
                                             ("Content-Length", str(len(body)))])
    return [body]


def _error(fault):
    return f"<Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"


def base_image(identity, name, platform=None):
    """An image of the vendor, in the form in which moto takes it."""
    return {
        "ami_id": identity, "name": name, "owner_id": "137112412989", "public": True,
        "architecture": "x86_64", "state": "available", "virtualization_type": "hvm",
        "hypervisor": "xen", "image_type": "machine", "root_device_name": "/dev/sda1",
        "root_device_type": "ebs", "image_location": f"amazon/{name}", "platform": platform,
        "creation_date": "2024-01-02T03:04:05.000Z", "description": name,
    }


def _few_images():
    """Two images of the vendor in place of moto's 1,300, which cost a second a region."""
    path = Path("~/.cache/fleetkit-real/aws/images.json").expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([
        base_image(LINUX, "al2023-ami-2023.3.20240131.0-kernel-6.1-x86_64"),
        base_image(WINDOWS, "Windows_Server-2022-English-Full-Base", "windows"),
    ]))
    return str(path)


@contextmanager
def started():
    """A cloud on a free port of this machine, stopped at the end."""
    os.environ.setdefault("MOTO_AMIS_PATH", _few_images())  # moto reads it when it is imported
    try:
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server
    except ImportError:
        refuse("moto's server is absent here: pip install 'moto[server]'")
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    cloud = Cloud(Answering(DomainDispatcherApplication(create_backend_app)))
    server = make_server("127.0.0.1", 0, cloud, threaded=True, request_handler=MotoRequestHandler)
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
