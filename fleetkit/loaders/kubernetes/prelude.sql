CREATE TEMP MACRO time_of(text) AS TRY_CAST(text AS TIMESTAMPTZ);
CREATE TEMP MACRO filled(text) AS nullif(text, '');
CREATE TEMP MACRO full_name(namespace, name) AS
  CASE WHEN name IS NOT NULL THEN concat_ws('/', filled(namespace), name) END;
CREATE TEMP MACRO controller_of(uid) AS 'kubernetes||controller|' || uid;
CREATE TEMP MACRO is_private(address) AS
  regexp_matches(address, '^(10|127|192\.168|169\.254|172\.(1[6-9]|2[0-9]|3[01]))\.')
  OR regexp_matches(address, '^100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.')
  OR regexp_matches(address, '^(f[cd][0-9a-f]{2}:|fe80:|::1$|internal-)');
CREATE TEMP MACRO environment_of(labels) AS  -- by the first label whose last word says so
  labels[list_extract(list_filter(map_keys(labels), lambda key: list_contains(
    ['environment', 'env', 'stage'], lower(split_part(split_part(key, '/', -1), '.', -1)))), 1)];

-- A cluster has no name in its objects. What was read live belongs together by its context; what
-- lies in files, by its folder: a folder may speak of those in it (kubectl cluster-info dump).
CREATE TEMP MACRO home(seen) AS
  CASE WHEN seen.account IS NOT NULL THEN 'live:' || seen.target
       ELSE regexp_replace(seen.target, '/?[^/]*$', '') END;
CREATE TEMP MACRO nearness(one, other) AS
  CASE WHEN one = other THEN 2
       WHEN starts_with(one, 'live:') OR starts_with(other, 'live:') THEN 0
       WHEN one = '' OR other = '' OR starts_with(one, other || '/')
         OR starts_with(other, one || '/') THEN 1 ELSE 0 END;

-- Controllers: those that were read, and those that are only named as an owner
CREATE TEMP MACRO kind_of(word) AS
  CASE word WHEN 'Deployment' THEN 'deployment' WHEN 'StatefulSet' THEN 'statefulset'
            WHEN 'DaemonSet' THEN 'daemonset' WHEN 'ReplicaSet' THEN 'replicaset'
            WHEN 'ReplicationController' THEN 'replicaset' WHEN 'Job' THEN 'job'
            WHEN 'CronJob' THEN 'cronjob' WHEN 'Node' THEN 'system' ELSE 'unknown' END;
CREATE TEMP MACRO owner_of(metadata) AS
  list_extract(list_filter(metadata.ownerReferences, lambda o: o.controller), 1);

CREATE TEMP TABLE controller AS
  SELECT DISTINCT ON (uid) * FROM (
    SELECT metadata.uid AS uid, kind, metadata.namespace AS namespace, metadata.name AS name,
           owner_of(metadata) AS owner, wanted, true AS is_read, rank, seen
    FROM (
      SELECT metadata, 'Deployment' AS kind, spec.replicas AS wanted, 0 AS rank, seen
      FROM deployment
      UNION ALL BY NAME
      SELECT metadata, 'ReplicaSet' AS kind, spec.replicas AS wanted, 0 AS rank, seen
      FROM replica_set
      UNION ALL BY NAME
      SELECT metadata, 'ReplicationController' AS kind, spec.replicas AS wanted, 0 AS rank, seen
      FROM replication_controller
      UNION ALL BY NAME
      SELECT metadata, 'StatefulSet' AS kind, spec.replicas AS wanted, 0 AS rank, seen
      FROM stateful_set
      UNION ALL BY NAME
      SELECT metadata, 'DaemonSet' AS kind, status.desiredNumberScheduled AS wanted, 0 AS rank, seen
      FROM daemon_set
      UNION ALL BY NAME
      SELECT metadata, 'Job' AS kind, spec.parallelism AS wanted, 0 AS rank, seen FROM job
      UNION ALL BY NAME
      SELECT metadata, 'CronJob' AS kind, NULL AS wanted, 0 AS rank, seen FROM cron_job
    )
    UNION ALL BY NAME
    SELECT owner.uid AS uid, owner.kind AS kind, namespace, owner.name AS name, false AS is_read,
           1 AS rank, seen
    FROM (SELECT DISTINCT ON (owner_of(metadata).uid) owner_of(metadata) AS owner,
                 metadata.namespace AS namespace, seen
          FROM (SELECT metadata, seen FROM pod
                UNION ALL BY NAME SELECT metadata, seen FROM replica_set
                UNION ALL BY NAME SELECT metadata, seen FROM job
                UNION ALL BY NAME SELECT metadata, seen FROM stateful_set
                UNION ALL BY NAME SELECT metadata, seen FROM deployment)
          WHERE owner_of(metadata).uid IS NOT NULL)
  ) WHERE uid IS NOT NULL ORDER BY uid, rank, seen.number;

-- Owners of owners, up to the last whose kind says what it does; a ring has none
CREATE TEMP TABLE climb AS
  WITH RECURSIVE step AS (
    SELECT uid AS start, uid, owner.uid AS above, kind, namespace, name, wanted, is_read,
           0 AS height
    FROM controller
    UNION ALL
    SELECT step.start, c.uid, c.owner.uid, c.kind, c.namespace, c.name, c.wanted, c.is_read,
           height + 1
    FROM step JOIN controller AS c ON c.uid = step.above WHERE height < 8
  )
  SELECT * FROM step;
CREATE TEMP TABLE top AS
  SELECT start, max(height) >= 8 AS is_ring, arg_max(found, weight) AS found
  FROM (SELECT start, height,
               {'uid': uid, 'kind': kind_of(kind), 'name': full_name(namespace, name),
                'wanted': wanted, 'is_read': is_read} AS found,
               height + CASE WHEN kind_of(kind) = 'unknown' THEN 0 ELSE 100 END AS weight
        FROM climb)
  GROUP BY start;

-- What changes the number of replicas by itself
CREATE TEMP TABLE scaler AS
  SELECT home(seen) AS home, metadata.uid IS NULL AS is_declared,
         kind_of(spec.scaleTargetRef.kind) AS kind,
         full_name(metadata.namespace, spec.scaleTargetRef.name) AS name,
         spec.minReplicas AS least, spec.maxReplicas AS most
  FROM autoscaler;

-- Pods, and what manifests ask for in their form
CREATE TEMP VIEW vessel AS
  SELECT COALESCE(metadata.uid, full_name(declared.namespace,
                                          lower(declared.kind) || '/' || declared.name)) AS key,
         metadata, spec, status, declared, home(seen) AS home, seen
  FROM (SELECT * FROM pod UNION ALL BY NAME SELECT * FROM template);

-- Each container once, as its pod and its status speak of it
CREATE TEMP MACRO way_of(probe) AS
  CASE WHEN probe.exec IS NOT NULL THEN 'command' WHEN probe.httpGet IS NOT NULL THEN 'http'
       WHEN probe IS NOT NULL THEN 'tcp' END;
CREATE TEMP MACRO pins_of(spec) AS  -- other labels of nodes are borne by many
  list_concat(
    list_transform(list_filter(map_entries(COALESCE(spec.nodeSelector, MAP {})),
                               lambda e: e.key = 'kubernetes.io/hostname'),
                   lambda e: e.key || ' = ' || e.value),
    list_transform(
      list_filter(flatten(list_transform(spec.affinity.nodeAffinity
          .requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms,
        lambda t: t.matchExpressions)),
        lambda e: e.key = 'kubernetes.io/hostname' AND e.operator = 'In'),
      lambda e: e.key || ' in ' || array_to_string(e.values, ', ')));
CREATE TEMP MACRO inner_id(key, name) AS 'kubernetes||container|' || key || '/' || name;
CREATE TEMP TABLE box AS
  WITH one AS (
    SELECT
      key, home, seen, declared, declared IS NOT NULL AS is_declared,
      metadata.uid AS uid, metadata.namespace AS namespace, metadata.name AS pod,
      metadata.labels AS labels, owner_of(metadata) AS owner,
      metadata.ownerReferences IS NOT NULL AS is_owned,
      time_of(metadata.creationTimestamp) AS created,
      metadata.deletionTimestamp IS NOT NULL AS is_leaving,
      metadata.annotations."kubernetes.io/config.mirror" IS NOT NULL AS is_mirror,
      metadata.annotations."cluster-autoscaler.kubernetes.io/safe-to-evict" AS evict,
      COALESCE(metadata.annotations."karpenter.sh/do-not-disrupt",
               metadata.annotations."karpenter.sh/do-not-evict") AS undisturbed,
      COALESCE(metadata.annotations."kubectl.kubernetes.io/default-container",
               spec.containers[1].name) AS leader,
      len(spec.containers) AS mates,
      spec.nodeName AS node, spec.hostname AS hostname, spec.restartPolicy AS restart,
      CASE WHEN declared IS NOT NULL THEN '*.' || filled(declared.serviceName)
           ELSE COALESCE(filled(spec.hostname), metadata.name) || '.' || filled(spec.subdomain) END
        AS stable_name,
      pins_of(spec) AS pins,
      spec.terminationGracePeriodSeconds AS grace, spec.hostNetwork AS on_host_network,
      spec.hostPID AS on_host_pid, spec.hostIPC AS on_host_ipc,
      COALESCE(spec.securityContext.runAsUser::VARCHAR,
               spec.securityContext.windowsOptions.runAsUserName) AS run_as,
      list_append(list_transform(status.podIPs, lambda p: p.ip), status.podIP) AS ips,
      status.phase AS phase, status.reason AS reason,
      list_concat(spec.containers, spec.initContainers, spec.ephemeralContainers) AS boxes,
      len(COALESCE(spec.initContainers, [])) AS steps,
      list_concat(status.containerStatuses, status.initContainerStatuses,
                  status.ephemeralContainerStatuses) AS told
    FROM vessel
  ), held AS (
    SELECT * EXCLUDE (boxes, told, steps, run_as), c,
           CASE WHEN place <= mates THEN 'main' WHEN place > mates + steps THEN 'ephemeral'
                WHEN c.restartPolicy = 'Always' THEN 'sidecar' ELSE 'init' END AS role,
           COALESCE(c.securityContext.runAsUser::VARCHAR,
                    c.securityContext.windowsOptions.runAsUserName, run_as) AS run_as,
           told[list_position(tellers, c.name)] AS s
    FROM (SELECT *, unnest(boxes) AS c, unnest(range(1, len(boxes) + 1)) AS place
          FROM (SELECT *, list_transform(told, lambda s: s.name) AS tellers FROM one))
  )
  SELECT
    * EXCLUDE (c, leader), inner_id(key, c.name) AS workload_id, key || '/' || c.name AS native_id,
    CASE WHEN c.name IS DISTINCT FROM leader THEN '/' || c.name ELSE '' END AS companion,
    c.name AS name, c.image AS image, list_concat(c.command, c.args) AS command,
    list_transform(c.ports, lambda p: p.containerPort) AS ports,
    list_transform(c.ports, lambda p: lower(COALESCE(p.protocol, 'TCP'))) AS protocols,
    list_transform(c.ports, lambda p: p.name) AS port_names,
    CASE WHEN c.env IS NOT NULL OR c.envFrom IS NULL
         THEN COALESCE(list_transform(c.env, lambda e: e.name), []) END AS env_names,
    c.resources.limits.cpu AS cpu_limit, c.resources.limits.memory AS memory_limit,
    c.resources.requests.cpu AS cpu_request, c.resources.requests.memory AS memory_request,
    len(list_filter(c.env, lambda e: e.valueFrom.fieldRef.fieldPath = 'metadata.name')) > 0
      AS told_own_name,
    c.lifecycle.preStop IS NOT NULL AS stop_hook,
    COALESCE(way_of(c.readinessProbe), way_of(c.livenessProbe), way_of(c.startupProbe)) AS way,
    COALESCE(c.securityContext.privileged, false) AS privileged,
    COALESCE(c.securityContext.readOnlyRootFilesystem, false) AS read_only_root,
    COALESCE(c.securityContext.capabilities.add, []) AS capabilities,
    c.volumeMounts AS files, c.volumeDevices AS devices
  FROM held;
DELETE FROM box WHERE rowid IN (  -- what was told of a pod before
  SELECT number FROM (
    SELECT rowid AS number,
           row_number() OVER (PARTITION BY workload_id ORDER BY seen.number, rowid DESC) AS place
    FROM box WHERE workload_id IS NOT NULL) WHERE place > 1);

-- Volumes of pods, and the claims that a stateful set's manifest asks for
CREATE TEMP TABLE bag AS
  SELECT key, v.name AS name,
    CASE
      WHEN v.persistentVolumeClaim IS NOT NULL THEN
        CASE WHEN is_set AND v.persistentVolumeClaim.claimName = v.name || '-' || pod
             THEN 'claim_template' ELSE 'claim' END
      WHEN v.emptyDir IS NOT NULL THEN
        CASE WHEN v.emptyDir.medium = 'Memory' THEN 'tmpfs' ELSE 'emptydir' END
      WHEN v.ephemeral IS NOT NULL THEN 'emptydir'
      WHEN v.hostPath IS NOT NULL THEN 'hostpath'
      WHEN v.configMap IS NOT NULL THEN 'configmap'
      WHEN v.secret IS NOT NULL OR v.csi.driver = 'secrets-store.csi.k8s.io' THEN 'secret'
      WHEN v.projected IS NOT NULL OR v.downwardAPI IS NOT NULL THEN 'projected'
      WHEN v.nfs IS NOT NULL OR v.cephfs IS NOT NULL OR v.glusterfs IS NOT NULL
        OR v.azureFile IS NOT NULL THEN 'nfs'
      WHEN v.awsElasticBlockStore IS NOT NULL OR v.gcePersistentDisk IS NOT NULL
        OR v.azureDisk IS NOT NULL OR v.rbd IS NOT NULL OR v.iscsi IS NOT NULL
        OR v.cinder IS NOT NULL THEN 'block'
      ELSE 'unknown' END AS kind,
    v.persistentVolumeClaim.claimName AS claim_name,
    COALESCE(v.hostPath.path, v.nfs.server || ':' || v.nfs.path, v.cephfs.path,
             v.glusterfs.path, v.configMap.name,
             v.secret.secretName, v.image.reference) AS source,
    COALESCE(v.awsElasticBlockStore.volumeID, v.gcePersistentDisk.pdName, v.azureDisk.diskName,
             v.azureFile.shareName, v.rbd.image, v.iscsi.iqn,
             v.cinder.volumeID) AS volume_id,
    COALESCE(v.csi.driver, v.ephemeral.volumeClaimTemplate.spec.storageClassName) AS driver,
    COALESCE(v.persistentVolumeClaim.readOnly, v.nfs.readOnly, v.csi.readOnly, false) AS read_only,
    COALESCE(v.emptyDir.sizeLimit,
             v.ephemeral.volumeClaimTemplate.spec.resources.requests.storage) AS size,
    NULL::VARCHAR[] AS modes
  FROM (SELECT key, metadata.name AS pod, owner_of(metadata).kind = 'StatefulSet' AS is_set,
               unnest(spec.volumes) AS v FROM vessel)
  UNION ALL BY NAME
  SELECT key, t.name AS name, 'claim_template' AS kind, t.name AS claim_name,
         t.spec.storageClassName AS driver,
         false AS read_only, t.spec.resources.requests.storage AS size, t.spec.accessModes AS modes
  FROM (SELECT key, unnest(declared.claims) AS t FROM vessel WHERE declared IS NOT NULL);

-- Quantities, exactly: 250m, 1Gi, 1.5, 1e3, 100k. Digits that bytes do not have are rounded up.
CREATE TEMP MACRO ten_to(power) AS CAST('1' || repeat('0', CAST(power AS INTEGER)) AS HUGEINT);
CREATE TEMP TABLE quantity AS
  WITH spoken AS (
    SELECT DISTINCT text FROM (
      SELECT DISTINCT cpu_limit AS text FROM box
      UNION ALL SELECT DISTINCT memory_limit FROM box
      UNION ALL SELECT DISTINCT cpu_request FROM box
      UNION ALL SELECT DISTINCT memory_request FROM box
      UNION ALL
      SELECT unnest([status.capacity.cpu, status.capacity.memory,
                     status.capacity."ephemeral-storage"]) FROM node
      UNION ALL
      SELECT unnest([status.capacity.storage, spec.resources.requests.storage]) FROM claim
      UNION ALL
      SELECT spec.capacity.storage FROM volume
      UNION ALL
      SELECT size FROM bag
    ) WHERE text IS NOT NULL
  ), parted AS (
    SELECT text,
      regexp_extract(text, '^\+?([0-9]*)(?:\.([0-9]*))?([A-Za-z].*)?$',
                     ['whole', 'fraction', 'suffix']) AS p
    FROM spoken
    WHERE regexp_full_match(text,
      '\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?')
  ), counted AS (
    SELECT text, COALESCE(filled(ltrim(p.whole || p.fraction, '0')), '0') AS digits,
      CASE p.suffix WHEN 'Ki' THEN 1 WHEN 'Mi' THEN 2 WHEN 'Gi' THEN 3 WHEN 'Ti' THEN 4
                    WHEN 'Pi' THEN 5 WHEN 'Ei' THEN 6 ELSE 0 END AS kibis,
      len(p.fraction) - CASE p.suffix
        WHEN 'n' THEN -9 WHEN 'u' THEN -6 WHEN 'm' THEN -3 WHEN 'k' THEN 3 WHEN 'M' THEN 6
        WHEN 'G' THEN 9 WHEN 'T' THEN 12 WHEN 'P' THEN 15 WHEN 'E' THEN 18
        ELSE CASE WHEN regexp_matches(p.suffix, '^[eE].*[0-9]') THEN CAST(p.suffix[2:] AS INTEGER)
                  ELSE 0 END END AS decimals
    FROM parted
  ), measured AS (
    SELECT text,
      CAST(digits AS HUGEINT) * (1::HUGEINT << (10 * kibis)) * ten_to(greatest(-decimals, 0))
        AS top,
      ten_to(greatest(decimals, 0)) AS bottom
    FROM counted WHERE len(digits) <= 18 AND decimals BETWEEN -19 AND 36
      AND len(digits) + 3.1 * kibis - decimals < 38
  )
  SELECT text, top::DOUBLE / bottom::DOUBLE AS amount,
         TRY_CAST(top // bottom + CASE WHEN top % bottom > 0 THEN 1 ELSE 0 END AS BIGINT) AS bytes
  FROM measured;

-- The machine under each pod
CREATE TEMP TABLE machine AS
  SELECT DISTINCT ON (metadata.uid)
         'kubernetes||vm|' || metadata.uid AS machine_id, metadata.name AS name, home(seen) AS home,
         metadata.labels AS labels, *,
         COALESCE(metadata.labels['topology.kubernetes.io/zone'],
                  metadata.labels['failure-domain.beta.kubernetes.io/zone']) AS zone,
         COALESCE(metadata.labels['topology.kubernetes.io/region'],
                  metadata.labels['failure-domain.beta.kubernetes.io/region']) AS land
  FROM node WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number;
CREATE TEMP TABLE seat AS  -- only where one machine can be meant
  SELECT home, node, any_value(m) AS m
  FROM (SELECT asked.home, asked.node, machine AS m,
               rank() OVER (PARTITION BY asked.home, asked.node
                            ORDER BY nearness(asked.home, machine.home) DESC) AS place
        FROM (SELECT DISTINCT home, node FROM box WHERE node IS NOT NULL) AS asked
        JOIN machine ON machine.name = asked.node AND nearness(asked.home, machine.home) > 0)
  WHERE place = 1 GROUP BY home, node HAVING count(*) = 1;

-- Images by the digest that runs, or by the full name of what was asked for; each name once
CREATE TEMP MACRO plain_image(text) AS
  regexp_replace(trim(text),
    '^(?:docker-pullable|docker-image|docker|containerd|cri-o|oci|https?)://', '');
CREATE TEMP MACRO digest_of(text) AS
  filled(regexp_extract(plain_image(text),
    '(?:^|@)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$', 1));
CREATE TEMP TABLE picture AS
  WITH asked AS (
    SELECT DISTINCT reference FROM (
      SELECT image AS reference FROM box
      UNION ALL SELECT s.imageID FROM box
      UNION ALL SELECT spec.template.spec.containers[1].image FROM deployment
      UNION ALL SELECT spec.template.spec.containers[1].image FROM replica_set
      UNION ALL SELECT spec.template.spec.containers[1].image FROM replication_controller
      UNION ALL SELECT spec.template.spec.containers[1].image FROM stateful_set
      UNION ALL SELECT spec.template.spec.containers[1].image FROM daemon_set
    ) WHERE filled(reference) IS NOT NULL
  ), parted AS (
    SELECT reference, plain_image(reference) AS plain,
           split_part(plain_image(reference), '@', 1) AS named,
           split_part(split_part(plain_image(reference), '@', 1), '/', 1) AS head
    FROM asked
  ), placed AS (
    SELECT *, contains(named, '/') AND (contains(head, '.') OR contains(head, ':')
                                        OR head = 'localhost') AS has_registry
    FROM parted
  ), split AS (
    SELECT *, CASE WHEN has_registry THEN substr(named, len(head) + 2) ELSE named END AS path,
           CASE WHEN has_registry
                 AND head NOT IN ('docker.io', 'index.docker.io', 'registry-1.docker.io')
                THEN head ELSE 'docker.io' END AS registry
    FROM placed
  ), tagged AS (
    SELECT *,
      CASE WHEN regexp_matches(path, ':[^:/]*$') THEN regexp_replace(path, ':[^:/]*$', '')
           ELSE path END AS repository,
      CASE WHEN regexp_matches(path, ':[^:/]*$') THEN regexp_extract(path, ':([^:/]*)$', 1)
           WHEN NOT contains(plain, '@') THEN 'latest' END AS tag
    FROM split
  ), full_names AS (
    SELECT reference, registry || '/' ||
      CASE WHEN registry = 'docker.io' AND NOT contains(repository, '/') THEN 'library/' ELSE '' END
      || repository || COALESCE(':' || filled(tag), '') AS full_reference
    FROM tagged
  )
  SELECT reference, digest_of(reference) AS digest, plain_image(reference) AS plain,
         COALESCE(digest_of(reference), 'name|' || full_reference) AS image_id
  FROM full_names;
CREATE TEMP TABLE shown AS  -- what each container runs
  SELECT workload_id, image, is_declared, seen, COALESCE(ran.digest, asked.image_id) AS image_id,
         ran.digest, CASE WHEN contains(ran.plain, '@') THEN ran.plain END AS name_by_digest
  FROM box LEFT JOIN picture AS asked ON asked.reference = box.image
  LEFT JOIN picture AS ran ON ran.reference = s.imageID;

-- Services, and where their endpoints lead: slices tell more than the older lists
CREATE TEMP TABLE front AS
  SELECT *, 'kubernetes||service|' || COALESCE(uid, full_name(namespace, name)) AS front_id FROM (
    SELECT DISTINCT ON (COALESCE(metadata.uid, full_name(metadata.namespace, metadata.name)))
           metadata.uid AS uid, metadata.namespace AS namespace, metadata.name AS name,
           metadata.labels AS labels, home(seen) AS home, spec, status, seen,
           COALESCE(spec.sessionAffinity = 'ClientIP', false) OR COALESCE(lower(metadata.annotations
             ."traefik.ingress.kubernetes.io/service.sticky.cookie") = 'true', false) AS is_sticky
    FROM service
    ORDER BY COALESCE(metadata.uid, full_name(metadata.namespace, metadata.name)), seen.number);
CREATE TEMP TABLE answering AS
  WITH sliced AS (
    SELECT home(seen) AS home, metadata.namespace AS namespace,
           COALESCE(metadata.labels['kubernetes.io/service-name'], owner_of(metadata).name) AS name,
           owner_of(metadata).uid AS uid, ports, unnest(endpoints) AS e, seen
    FROM endpoint_slice
  ), listed AS (
    SELECT home(seen) AS home, metadata.namespace AS namespace, metadata.name AS name,
           unnest(subsets) AS e, seen FROM endpoints
  ), told AS (
    SELECT home, namespace, name, uid, unnest(e.addresses) AS address, e.targetRef AS target,
           COALESCE(e.conditions.ready, true) AS ready, ports, 0 AS rank, seen FROM sliced
    UNION ALL BY NAME
    SELECT home, namespace, name, a.ip AS address, a.targetRef AS target, true AS ready, ports,
           1 AS rank, seen
    FROM (SELECT *, unnest(e.addresses) AS a, e.ports AS ports FROM listed)
    UNION ALL BY NAME
    SELECT home, namespace, name, a.ip AS address, a.targetRef AS target, false AS ready, ports,
           1 AS rank, seen
    FROM (SELECT *, unnest(e.notReadyAddresses) AS a, e.ports AS ports FROM listed)
  ), best AS (
    SELECT home, namespace, name, min(rank) AS rank FROM told GROUP BY ALL
  )
  SELECT DISTINCT ON (home, namespace, name, address, door.port, door.protocol)
         told.* EXCLUDE (ports, rank), door.name AS port_name, door.port AS target_port,
         lower(COALESCE(door.protocol, 'TCP')) AS protocol,
         CASE WHEN target.kind = 'Pod' THEN target.uid END AS pod
  FROM (SELECT *, unnest(COALESCE(ports, [NULL])) AS door FROM told) AS told
  JOIN best USING (home, namespace, name, rank)
  WHERE name IS NOT NULL
  ORDER BY home, namespace, name, address, door.port, door.protocol, seen.number;

-- The container of a pod that answers on a port: the one that names it, or the only one
CREATE TEMP TABLE doors AS
  SELECT uid AS pod, workload_id, mates, ports FROM box WHERE role = 'main' AND uid IS NOT NULL
    AND (SELECT count(*) FROM front) + (SELECT count(*) FROM answering) > 0;

CREATE TEMP TABLE offered AS  -- one row per service, address and port
  WITH found AS (
    SELECT answering.*, front.front_id, front.spec AS spec, front.status AS status,
           front.labels AS labels, front.is_sticky AS is_sticky,
           list_extract(list_filter(front.spec.ports,
             lambda p: COALESCE(p.name, '') = COALESCE(answering.port_name, '')), 1).port AS port,
           rank() OVER (PARTITION BY answering.home, answering.namespace, answering.name,
                                     answering.address, target_port, protocol
                        ORDER BY nearness(answering.home, front.home) DESC) AS place
    FROM answering LEFT JOIN front
      ON front.namespace = answering.namespace AND front.name = answering.name
     AND nearness(answering.home, front.home) > 0
     AND COALESCE(front.uid = answering.uid, true)
  ), single AS (
    SELECT * FROM found WHERE place = 1
    QUALIFY count(*) OVER (PARTITION BY home, namespace, name, address, target_port, protocol) = 1
  )
  SELECT single.*, COALESCE(front_id, 'kubernetes||service|' || COALESCE(
           uid, full_name(namespace, name))) AS whole_id,
         COALESCE(named.workload_id, alone.workload_id) AS workload_id
  FROM single
  LEFT JOIN (SELECT pod, number, min(workload_id) AS workload_id
             FROM (SELECT pod, workload_id, unnest(ports) AS number FROM doors)
             GROUP BY pod, number) AS named
    ON named.pod = single.pod AND named.number = target_port
  LEFT JOIN (SELECT pod, workload_id FROM doors WHERE mates = 1) AS alone
    ON alone.pod = single.pod;

-- Services whose endpoints nobody read: pods that bear all labels of their selector
CREATE TEMP TABLE chosen AS
  WITH asked AS (
    SELECT front.*, unnest(map_entries(spec.selector)) AS need FROM front
    WHERE NOT EXISTS (SELECT 1 FROM offered WHERE offered.front_id = front.front_id)
  ), borne AS (
    SELECT key, uid, home, namespace, unnest(map_entries(labels)) AS label
    FROM (SELECT DISTINCT ON (key) * FROM box WHERE (SELECT count(*) FROM asked) > 0 ORDER BY key)
  )
  SELECT front_id, borne.key
  FROM asked JOIN borne
    ON borne.label.key = need.key AND borne.label.value = need.value
   AND borne.namespace IS NOT DISTINCT FROM asked.namespace
   AND nearness(borne.home, asked.home) > 0
   AND (borne.uid IS NULL) = (asked.uid IS NULL)
  GROUP BY ALL
  HAVING count(DISTINCT need.key) = any_value(len(map_keys(spec.selector)));

-- Services that an ingress leads to, and whether from outside
CREATE TEMP TABLE entrance AS
  WITH gate AS (
    SELECT DISTINCT ON (metadata.uid) *, home(seen) AS home FROM ingress
    WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
  ), led AS (
    SELECT metadata.uid AS uid, metadata.namespace AS namespace, home, status, seen,
           metadata.annotations."nginx.ingress.kubernetes.io/affinity" = 'cookie' AS is_sticky,
           unnest(list_concat(
             [spec.defaultBackend.service.name, spec.backend.serviceName],
             flatten(list_transform(spec.rules, lambda r: list_transform(r.http.paths,
               lambda p: COALESCE(p.backend.service.name, p.backend.serviceName)))))) AS name
    FROM gate
  )
  SELECT DISTINCT 'kubernetes||ingress|' || led.uid AS entrance_id, front.front_id, led.seen,
         led.is_sticky,
         CASE WHEN len(led.status.loadBalancer.ingress) > 0 THEN
           CASE WHEN len(list_filter(led.status.loadBalancer.ingress,
                         lambda i: NOT is_private(COALESCE(i.ip, i.hostname)))) > 0
                THEN 'public' ELSE 'private' END END AS reach
  FROM led JOIN front ON front.name = led.name AND front.namespace = led.namespace
   AND nearness(led.home, front.home) > 0;
