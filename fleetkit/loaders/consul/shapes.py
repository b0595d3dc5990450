"""The fields that queries read, kind by kind; a record holds no others, so no secret of theirs."""

import pyarrow as pa

_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()
_TEXTS = pa.list_(_TEXT)


def _map(of: pa.DataType) -> pa.DataType:
    """An object with names that are not known before: a list of its keys and values."""
    return pa.list_(pa.struct([("Key", _TEXT), ("Value", of)]))


_PAIRS = _map(_TEXT)
_NODE = [
    ("ID", _TEXT), ("Node", _TEXT), ("Address", _TEXT), ("Datacenter", _TEXT),
    ("Partition", _TEXT), ("PeerName", _TEXT), ("TaggedAddresses", _PAIRS), ("Meta", _PAIRS),
    ("Locality", pa.struct([("Region", _TEXT), ("Zone", _TEXT)])),
]
_UPSTREAM = pa.struct([
    ("DestinationType", _TEXT), ("DestinationName", _TEXT), ("DestinationNamespace", _TEXT),
    ("DestinationPartition", _TEXT), ("DestinationPeer", _TEXT), ("Datacenter", _TEXT),
    ("LocalBindPort", _WHOLE),
])
_SERVICE = pa.struct([
    ("ID", _TEXT), ("Service", _TEXT), ("Kind", _TEXT), ("Tags", _TEXTS), ("Address", _TEXT),
    ("Port", _WHOLE), ("Meta", _PAIRS), ("Datacenter", _TEXT), ("Namespace", _TEXT),
    ("Partition", _TEXT), ("PeerName", _TEXT),
    ("Proxy", pa.struct([
        ("DestinationServiceName", _TEXT), ("DestinationServiceID", _TEXT),
        ("LocalServicePort", _WHOLE), ("Upstreams", pa.list_(_UPSTREAM)),
    ])),
])
_CHECK = [
    ("Node", _TEXT), ("CheckID", _TEXT), ("Name", _TEXT), ("Status", _TEXT), ("Output", _TEXT),
    ("ServiceID", _TEXT), ("Namespace", _TEXT), ("Partition", _TEXT), ("PeerName", _TEXT),
]
_REFERENCE = [
    ("Name", _TEXT), ("Namespace", _TEXT), ("Partition", _TEXT), ("Peer", _TEXT),
    ("SamenessGroup", _TEXT), ("Kind", _TEXT), ("Weight", _REAL),
]
_REFERENCES = pa.list_(pa.struct(_REFERENCE))
_DESTINATION = [
    ("Service", _TEXT), ("ServiceSubset", _TEXT), ("Namespace", _TEXT), ("Partition", _TEXT),
    ("Peer", _TEXT), ("Datacenter", _TEXT),
]
_ACTIONS = pa.list_(pa.struct([("Action", _TEXT)]))

SHAPES = {
    "node": pa.schema(_NODE),
    "instance": pa.schema([
        ("Node", pa.struct(_NODE)), ("Service", _SERVICE),
        ("Checks", pa.list_(pa.struct(_CHECK))),
    ]),
    "held": pa.schema([("Service", _SERVICE)]),
    "check": pa.schema(_CHECK),
    "agent": pa.schema([
        ("Config", pa.struct([
            ("Datacenter", _TEXT), ("NodeName", _TEXT), ("NodeID", _TEXT), ("Version", _TEXT),
        ])),
        ("Stats", pa.struct([
            ("runtime", pa.struct([("arch", _TEXT), ("os", _TEXT), ("cpu_count", _TEXT)])),
        ])),
    ]),
    "intention": pa.schema([
        ("SourceName", _TEXT), ("SourceNS", _TEXT), ("SourcePartition", _TEXT),
        ("SourcePeer", _TEXT), ("SourceSamenessGroup", _TEXT), ("DestinationName", _TEXT),
        ("DestinationNS", _TEXT), ("DestinationPartition", _TEXT), ("Action", _TEXT),
        ("Precedence", _WHOLE), ("Permissions", _ACTIONS),
    ]),
    "config": pa.schema([
        ("Kind", _TEXT), ("Name", _TEXT), ("Namespace", _TEXT), ("Partition", _TEXT),
        ("Protocol", _TEXT),
        ("Config", pa.struct([("protocol", _TEXT)])),
        ("UpstreamConfig", pa.struct([("Overrides", _REFERENCES)])),
        ("Routes", pa.list_(pa.struct([("Destination", pa.struct(_DESTINATION))]))),
        ("Splits", pa.list_(pa.struct([*_DESTINATION, ("Weight", _REAL)]))),
        ("Redirect", pa.struct(_DESTINATION)),
        ("Failover", _map(pa.struct([
            *_DESTINATION, ("Datacenters", _TEXTS),
            ("Targets", pa.list_(pa.struct(_DESTINATION))),
        ]))),
        ("Listeners", pa.list_(pa.struct([
            ("Name", _TEXT), ("Port", _WHOLE), ("Services", _REFERENCES)]))),
        ("Services", _REFERENCES),
        ("Sources", pa.list_(pa.struct([
            *_REFERENCE, ("Action", _TEXT), ("Precedence", _WHOLE), ("Permissions", _ACTIONS)]))),
        ("Parents", pa.list_(pa.struct([*_REFERENCE, ("SectionName", _TEXT)]))),
        ("Rules", pa.list_(pa.struct([("Services", _REFERENCES)]))),
    ]),
}
