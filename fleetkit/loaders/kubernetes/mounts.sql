-- What each container mounts, with the claims and volumes behind it.
WITH claimed AS (
  SELECT DISTINCT ON (metadata.uid) home(seen) AS home, metadata.namespace AS namespace,
         metadata.name AS name, spec, status
  FROM claim WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), backed AS (
  SELECT DISTINCT ON (metadata.uid) home(seen) AS home, metadata.name AS name, spec
  FROM volume WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), held AS (  -- a mount, or a device without a file system
  SELECT workload_id, key, home, seen, namespace, is_declared, unnest(files) AS held FROM box
  UNION ALL
  SELECT workload_id, key, home, seen, namespace, is_declared,
         {'name': d.name, 'mountPath': d.devicePath, 'subPath': NULL, 'readOnly': false}
  FROM (SELECT *, unnest(devices) AS d FROM box WHERE len(devices) > 0)
), single AS (
  SELECT workload_id, key, home, seen, namespace, is_declared, held.name AS name,
         held.mountPath AS path, held.subPath AS part, held.readOnly AS only_here
  FROM held
), typed AS (
  SELECT single.* EXCLUDE (name), COALESCE(bag.kind, 'unknown') AS kind, claim_name, source,
         volume_id, driver, size, modes,
         COALESCE(only_here, false) OR COALESCE(read_only, false) AS read_only
  FROM single LEFT JOIN (SELECT DISTINCT ON (key, name) * FROM bag ORDER BY key, name) AS bag
    USING (key, name)
), sharing AS (
  SELECT home, namespace, claim_name, count(DISTINCT key) AS pods
  FROM typed WHERE claim_name IS NOT NULL AND NOT is_declared GROUP BY ALL
), sought AS (  -- only where one claim can be meant
  SELECT home, namespace, claim_name, any_value(found) AS found
  FROM (SELECT sharing.*, claimed AS found,
               rank() OVER (PARTITION BY sharing.home, sharing.namespace, claim_name
                            ORDER BY nearness(sharing.home, claimed.home) DESC) AS place
        FROM sharing
        JOIN claimed ON claimed.namespace = sharing.namespace AND claimed.name = claim_name
         AND nearness(sharing.home, claimed.home) > 0)
  WHERE place = 1 GROUP BY home, namespace, claim_name HAVING count(*) = 1
), provided AS (
  SELECT sharing.*, sought.found AS found, b.spec AS behind
  FROM sharing LEFT JOIN sought USING (home, namespace, claim_name)
  LEFT JOIN (
    SELECT name, home, spec FROM backed QUALIFY count(*) OVER (PARTITION BY name, home) = 1
  ) AS b ON b.name = sought.found.spec.volumeName AND b.home = sought.found.home
), told AS (
  SELECT home, namespace, claim_name, pods,
    COALESCE(found.status.accessModes, found.spec.accessModes, behind.accessModes) AS given,
    COALESCE(found.status.capacity.storage, behind.capacity.storage,
             found.spec.resources.requests.storage) AS capacity,
    COALESCE(behind.csi.volumeHandle, behind.nfs.server || ':' || behind.nfs.path,
             behind.local.path, behind.hostPath.path, behind.awsElasticBlockStore.volumeID,
             behind.gcePersistentDisk.pdName, behind.azureDisk.diskURI, behind.cinder.volumeID)
      AS handle,
    COALESCE(behind.csi.driver, found.spec.storageClassName, behind.storageClassName) AS provider,
    behind.hostPath IS NOT NULL OR behind.local IS NOT NULL AS is_local
  FROM provided
), joined AS (
  SELECT typed.*, pods, handle, provider, COALESCE(is_local, false) AS is_local,
         COALESCE(given, modes) AS allowed, COALESCE(capacity, size) AS amount
  FROM typed LEFT JOIN told
    ON told.home = typed.home AND told.namespace IS NOT DISTINCT FROM typed.namespace
   AND told.claim_name = typed.claim_name
), judged AS (
  SELECT *, list_has_any(allowed, ['ReadWriteMany', 'ReadOnlyMany']) AS is_open FROM joined
)
SELECT
  workload_id,
  kind,
  CASE WHEN is_declared THEN 'declared' END AS origin,
  COALESCE(source, handle) || COALESCE('#' || filled(part), '') AS source_path,
  path AS target_path,
  COALESCE(full_name(namespace, claim_name), volume_id) AS volume_id,
  COALESCE(provider, driver) AS driver,
  read_only,
  quantity.bytes AS size_bytes,
  false AS is_root,
  CASE WHEN kind IN ('emptydir', 'tmpfs', 'configmap', 'secret', 'projected') THEN true
       WHEN kind <> 'unknown' THEN false END AS delete_with_workload,
  CASE WHEN pods > 1 THEN true
       WHEN kind IN ('claim', 'claim_template') AND len(allowed) > 0 AND NOT is_open THEN false END
    AS shared,
  CASE
    WHEN kind IN ('emptydir', 'tmpfs') THEN 'ephemeral'
    WHEN kind IN ('configmap', 'secret', 'projected') THEN 'config'
    WHEN kind = 'hostpath' THEN 'host_state'
    WHEN kind = 'nfs' THEN 'shared_durable'
    WHEN kind = 'block' THEN 'durable'
    WHEN kind NOT IN ('claim', 'claim_template') THEN 'unknown'
    WHEN is_local THEN 'host_state'
    WHEN is_open OR pods > 1 THEN 'shared_durable'
    ELSE 'durable' END AS persistence,
  seen
FROM judged LEFT JOIN quantity ON quantity.text = judged.amount
