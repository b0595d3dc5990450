WITH spec AS (
  SELECT name, max(guestCpus) AS cores, bytes_of_mib(max(memoryMb)) AS bytes,
         max(architecture) AS arch
  FROM machine_type WHERE name IS NOT NULL GROUP BY name
), total AS (  -- unknown if the size of any disk is
  SELECT workload_id, CASE WHEN count(*) = count(held_bytes) THEN TRY_CAST(sum(held_bytes) AS BIGINT)
                      END AS bytes
  FROM attached GROUP BY workload_id
), copies AS (
  SELECT workload_id, count(DISTINCT taken.path) AS snapshots
  FROM attached JOIN taken
    ON taken.disk_path = attached.path AND COALESCE(taken.sourceDiskId = attached.disk_id, true)
  GROUP BY workload_id
), crew AS (
  SELECT DISTINCT ON (path)
         COALESCE(path_of(selfLink),
                  path_of(COALESCE(zone, region)) || '/instanceGroupManagers/' || name) AS path,
         targetSize
  FROM "group" WHERE path IS NOT NULL ORDER BY path, targetSize
), photo AS (
  SELECT DISTINCT ON (image_id) image_id, architecture, licence FROM picture
  WHERE image_id IS NOT NULL ORDER BY image_id, id
), told AS (
  SELECT vm.*, last_part(machineType) AS size,
         boot.held_image, boot.held.guestOsFeatures AS features,
         COALESCE(boot.held.architecture, boot.disk_arch, photo.architecture) AS disk_arch,
         COALESCE(boot.disk_licence, photo.licence) AS licence,
         vm.metadata.createdBy AS maker
  FROM vm LEFT JOIN boot USING (workload_id)
  LEFT JOIN photo ON photo.image_id = image_of(boot.held_image)
)
SELECT
  workload_id,
  'vm' AS kind,
  told.id AS native_id,
  told.project AS account,
  told.name,
  COALESCE(nullif(hostname, ''), told.name) AS hostname,
  CASE status
    WHEN 'RUNNING' THEN 'running'
    WHEN 'TERMINATED' THEN 'stopped' WHEN 'STOPPED' THEN 'stopped'
    WHEN 'SUSPENDED' THEN 'paused'
    WHEN 'PROVISIONING' THEN 'starting' WHEN 'STAGING' THEN 'starting'
    WHEN 'PENDING' THEN 'starting'
    WHEN 'STOPPING' THEN 'stopping' WHEN 'SUSPENDING' THEN 'stopping'
    WHEN 'PENDING_STOP' THEN 'stopping' WHEN 'DEPROVISIONING' THEN 'stopping'
    WHEN 'REPAIRING' THEN 'failed'
    ELSE 'unknown' END AS state,
  concat_ws(': ', status, nullif(statusMessage, '')) AS state_raw,
  size AS size_name,
  COALESCE(spec.cores, cores_of(size)) AS cpu_cores,
  COALESCE(spec.bytes, bytes_of_mib(custom_part(size, 2))) AS memory_bytes,
  total.bytes AS disk_bytes,
  COALESCE(os_family_of(licence),
           CASE WHEN list_contains(list_transform(features, lambda f: f.type), 'WINDOWS')
                THEN 'windows' END) AS os_family,
  os_name_of(licence) AS os_name,
  os_version_of(licence) AS os_version,
  CASE WHEN licence IS NOT NULL THEN 'license'
       WHEN list_contains(list_transform(features, lambda f: f.type), 'WINDOWS') THEN 'image'
       END AS os_source,
  lower(COALESCE(disk_arch, spec.arch)) AS arch,
  image_ref_of(held_image) AS image_ref,
  image_of(held_image) AS image_id,
  time_of(creationTimestamp) AS created_at,
  time_of(lastStartTimestamp) AS started_at,
  CASE WHEN status IN ('TERMINATED', 'STOPPED') THEN time_of(lastStopTimestamp)
       WHEN status = 'SUSPENDED' THEN time_of(lastSuspendedTimestamp) END AS stopped_at,
  CASE scheduling.automaticRestart WHEN true THEN 'always' WHEN false THEN 'no' END
    AS restart_policy,
  CASE WHEN maker IS NOT NULL THEN 'managed_group'
       WHEN list_contains(metadata.keys, 'created-by') THEN 'unknown'
       WHEN metadata IS NOT NULL THEN 'none' ELSE 'unknown' END AS controller_kind,
  last_part(maker) AS controller_name,
  crew.targetSize AS replicas,
  COALESCE(last_part(told.zone), place_of(told.selfLink)) AS zone,
  list_extract(list_sort(list_transform(
    list_filter(labels, lambda l: lower(l.Key) IN ('environment', 'env', 'stage')),
    lambda l: l.Value)), 1) AS environment,
  list_sort(list_distinct(flatten(list_transform(networkInterfaces,
    lambda n: [n.networkIP, n.ipv6Address])))) AS private_ips,
  list_sort(list_distinct(flatten(list_transform(networkInterfaces, lambda n: list_concat(
    list_transform(n.accessConfigs, lambda a: a.natIP),
    list_transform(n.ipv6AccessConfigs, lambda a: a.externalIpv6)))))) AS public_ips,
  COALESCE(scheduling.preemptible, false) OR COALESCE(scheduling.provisioningModel = 'SPOT', false)
    OR CASE WHEN scheduling.preemptible IS NULL AND scheduling.provisioningModel IS NULL
            THEN NULL ELSE false END AS ephemeral,
  CASE WHEN scheduling IS NOT NULL THEN COALESCE(list_sort(list_transform(
    list_filter(scheduling.nodeAffinities, lambda a: a.operator = 'IN'),
    lambda a: a.key || ' in ' || array_to_string(a.values, ', '))), []) END AS pinned_to,
  deletionProtection AS protected,
  copies.snapshots AS snapshots,
  nullif(description, '') AS notes,
  list_concat(COALESCE(labels, []), CASE WHEN len(told.tags.items) > 0 THEN [{
    'Key': 'network tags',  -- no label can be called that
    'Value': array_to_string(list_sort(told.tags.items), ', ')}] ELSE [] END) AS tags,
  told.seen
FROM told
LEFT JOIN spec ON spec.name = size
LEFT JOIN total USING (workload_id)
LEFT JOIN copies USING (workload_id)
LEFT JOIN crew
  ON crew.path = told.project || '/' || regexp_extract(maker, 'projects/[^/]+/(.+)$', 1)
