"""What is read of each kind of object. What is not named here never comes in.

So no value of an environment variable, no content of a secret or a config map, no annotation but
those that are named.
"""

import pyarrow as pa

_TEXT, _INTEGER, _TRUTH = pa.string(), pa.int64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)
_LABELS = pa.map_(_TEXT, _TEXT)


def _struct(texts: str = "", **others: pa.DataType) -> pa.DataType:
    """A struct of text fields, named in one text, and others."""
    return pa.struct([*((name, _TEXT) for name in texts.split()), *others.items()])


def _list(texts: str = "", **others: pa.DataType) -> pa.DataType:
    return pa.list_(_struct(texts, **others))


def _object(annotations: str = "", **others: pa.DataType) -> pa.Schema:
    """An object with its metadata."""
    metadata = _struct(
        "name namespace uid creationTimestamp deletionTimestamp", labels=_LABELS,
        ownerReferences=_list("kind name uid", controller=_TRUTH),
        **({"annotations": _struct(annotations)} if annotations else {}),
    )
    return pa.schema([("metadata", metadata), *others.items()])


_THERE = _struct(is_there=_TRUTH)  # a thing of which only its presence counts
_AMOUNTS = _struct("cpu memory ephemeral-storage")
_PROBE = _struct(exec=_THERE, httpGet=_THERE)  # else by a connection
_CONTAINER = _struct(
    "name image restartPolicy",
    command=_TEXTS,
    args=_TEXTS,
    ports=_list("name protocol", containerPort=_INTEGER),
    env=_list("name", valueFrom=_struct(fieldRef=_struct("fieldPath"))),
    envFrom=pa.list_(_THERE),
    resources=_struct(limits=_AMOUNTS, requests=_AMOUNTS),
    volumeMounts=_list("name mountPath subPath", readOnly=_TRUTH),
    volumeDevices=_list("name devicePath"),
    livenessProbe=_PROBE,
    readinessProbe=_PROBE,
    startupProbe=_PROBE,
    lifecycle=_struct(preStop=_THERE),
    securityContext=_struct(
        privileged=_TRUTH, readOnlyRootFilesystem=_TRUTH, runAsUser=_INTEGER,
        capabilities=_struct(add=_TEXTS), windowsOptions=_struct("runAsUserName"),
    ),
)
_CLAIM_SPEC = _struct(
    "storageClassName volumeName volumeMode", accessModes=_TEXTS,
    resources=_struct(requests=_struct("storage")),
)
_VOLUMES = _list(
    "name",
    persistentVolumeClaim=_struct("claimName", readOnly=_TRUTH),
    emptyDir=_struct("medium sizeLimit"),
    hostPath=_struct("path type"),
    configMap=_struct("name"),
    secret=_struct("secretName"),
    projected=_THERE,
    downwardAPI=_THERE,
    nfs=_struct("server path", readOnly=_TRUTH),
    csi=_struct("driver", readOnly=_TRUTH),
    ephemeral=_struct(volumeClaimTemplate=_struct(spec=_CLAIM_SPEC)),
    awsElasticBlockStore=_struct("volumeID"),
    gcePersistentDisk=_struct("pdName"),
    azureDisk=_struct("diskName"),
    azureFile=_struct("shareName"),
    cephfs=_struct("path"),
    glusterfs=_struct("path"),
    rbd=_struct("image"),
    iscsi=_struct("iqn"),
    cinder=_struct("volumeID"),
    image=_struct("reference"),
)
_STATUSES = _list(
    "name imageID containerID", ready=_TRUTH, restartCount=_INTEGER,
    state=_struct(
        running=_struct("startedAt"), waiting=_struct("reason"),
        terminated=_struct("reason startedAt finishedAt", exitCode=_INTEGER),
    ),
    lastState=_struct(terminated=_struct("reason startedAt finishedAt", exitCode=_INTEGER)),
)
_CONTAINERS = pa.list_(_CONTAINER)
_POD_SPEC = _struct(
    "nodeName hostname subdomain restartPolicy",
    hostNetwork=_TRUTH,
    hostPID=_TRUTH,
    hostIPC=_TRUTH,
    terminationGracePeriodSeconds=_INTEGER,
    securityContext=_struct(runAsUser=_INTEGER, windowsOptions=_struct("runAsUserName")),
    containers=_CONTAINERS,
    initContainers=_CONTAINERS,
    ephemeralContainers=_CONTAINERS,
    volumes=_VOLUMES,
    nodeSelector=_LABELS,
    affinity=_struct(nodeAffinity=_struct(requiredDuringSchedulingIgnoredDuringExecution=_struct(
        nodeSelectorTerms=_list(matchExpressions=_list("key operator", values=_TEXTS))))),
)
_POD_MARKS = (
    "kubernetes.io/config.mirror kubectl.kubernetes.io/default-container"
    " cluster-autoscaler.kubernetes.io/safe-to-evict"
    " karpenter.sh/do-not-disrupt karpenter.sh/do-not-evict"
)
_POD = _object(
    _POD_MARKS,
    spec=_POD_SPEC,
    status=_struct(
        "phase reason podIP", podIPs=_list("ip"),
        containerStatuses=_STATUSES, initContainerStatuses=_STATUSES,
        ephemeralContainerStatuses=_STATUSES,
    ),
)
_CONDITIONS = _list("type status reason message")
_ASKED = _struct(spec=_struct(containers=_list("name image")))  # what a controller's pods run
_REVISION = "deployment.kubernetes.io/revision"
_STICKY_SERVICE = "traefik.ingress.kubernetes.io/service.sticky.cookie"
_STICKY_INGRESS = "nginx.ingress.kubernetes.io/affinity"
_BALANCER = _struct(ingress=_list("ip hostname"))
_ENDPOINT_PORTS = _list("name protocol", port=_INTEGER)
_ADDRESSES = _list("ip nodeName", targetRef=_struct("kind uid"))

SHAPES: dict[str, pa.Schema] = {
    "pod": _POD,
    "template": pa.schema([*_POD, ("declared", _struct(
        "kind namespace name serviceName podManagementPolicy", replicas=_INTEGER,
        claims=_list("name", spec=_CLAIM_SPEC),
    ))]),
    "node": _object(
        spec=_struct("providerID", unschedulable=_TRUTH, taints=_list("key value effect")),
        status=_struct(
            capacity=_AMOUNTS, conditions=_list("type status reason"),
            addresses=_list("type address"),
            nodeInfo=_struct(
                "machineID systemUUID kernelVersion osImage containerRuntimeVersion"
                " operatingSystem architecture"),
            images=pa.list_(_struct(names=_TEXTS, sizeBytes=_INTEGER)),
        ),
    ),
    "deployment": _object(
        _REVISION,
        spec=_struct(replicas=_INTEGER, paused=_TRUTH, template=_ASKED),
        status=_struct(
            replicas=_INTEGER, updatedReplicas=_INTEGER, readyReplicas=_INTEGER,
            availableReplicas=_INTEGER, observedGeneration=_INTEGER, conditions=_CONDITIONS),
    ),
    "replica_set": _object(
        _REVISION,
        spec=_struct(replicas=_INTEGER, template=_ASKED),
        status=_struct(replicas=_INTEGER, readyReplicas=_INTEGER, availableReplicas=_INTEGER),
    ),
    "replication_controller": _object(
        spec=_struct(replicas=_INTEGER, template=_ASKED),
        status=_struct(replicas=_INTEGER, readyReplicas=_INTEGER, availableReplicas=_INTEGER),
    ),
    "stateful_set": _object(
        spec=_struct("podManagementPolicy", replicas=_INTEGER, template=_ASKED),
        status=_struct(
            "currentRevision updateRevision", replicas=_INTEGER, readyReplicas=_INTEGER,
            currentReplicas=_INTEGER, updatedReplicas=_INTEGER),
    ),
    "daemon_set": _object(
        "deprecated.daemonset.template.generation",
        spec=_struct(template=_ASKED),
        status=_struct(
            desiredNumberScheduled=_INTEGER, currentNumberScheduled=_INTEGER,
            updatedNumberScheduled=_INTEGER, numberReady=_INTEGER),
    ),
    "revision": _object(revision=_INTEGER),
    "job": _object(spec=_struct(parallelism=_INTEGER)),
    "cron_job": _object(spec=_struct("schedule", suspend=_TRUTH)),
    "autoscaler": _object(spec=_struct(
        scaleTargetRef=_struct("kind name"), minReplicas=_INTEGER, maxReplicas=_INTEGER)),
    "service": _object(
        _STICKY_SERVICE,
        spec=_struct(
            "type clusterIP externalName sessionAffinity", clusterIPs=_TEXTS, externalIPs=_TEXTS,
            selector=_LABELS, ports=_list("name protocol targetPort", port=_INTEGER,
                                          nodePort=_INTEGER)),
        status=_struct(loadBalancer=_BALANCER),
    ),
    "endpoint_slice": _object(
        ports=_ENDPOINT_PORTS,
        endpoints=_list("nodeName", addresses=_TEXTS, conditions=_struct(ready=_TRUTH),
                        targetRef=_struct("kind uid")),
    ),
    "endpoints": _object(
        subsets=_list(addresses=_ADDRESSES, notReadyAddresses=_ADDRESSES, ports=_ENDPOINT_PORTS),
    ),
    "ingress": _object(
        _STICKY_INGRESS,
        spec=_struct(
            defaultBackend=_struct(service=_struct("name")), backend=_struct("serviceName"),
            rules=_list("host", http=_struct(paths=_list(backend=_struct(
                "serviceName", service=_struct("name")))))),
        status=_struct(loadBalancer=_BALANCER),
    ),
    "claim": _object(
        spec=_CLAIM_SPEC,
        status=_struct("phase", accessModes=_TEXTS, capacity=_struct("storage")),
    ),
    "volume": _object(
        spec=_struct(
            "persistentVolumeReclaimPolicy storageClassName", accessModes=_TEXTS,
            capacity=_struct("storage"),
            csi=_struct("driver volumeHandle"), nfs=_struct("server path"),
            hostPath=_struct("path"), local=_struct("path"),
            awsElasticBlockStore=_struct("volumeID"), gcePersistentDisk=_struct("pdName"),
            azureDisk=_struct("diskURI"), cinder=_struct("volumeID")),
    ),
}
