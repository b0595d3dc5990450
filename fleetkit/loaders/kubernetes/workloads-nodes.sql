-- Nodes are machines.
WITH told AS (
  SELECT machine.*,
    list_extract(list_filter(status.conditions, lambda c: c.type = 'Ready'), 1) AS ready,
    status.nodeInfo.osImage AS system,
    COALESCE(labels['eks.amazonaws.com/nodegroup'], labels['alpha.eksctl.io/nodegroup-name'],
             labels['cloud.google.com/gke-nodepool'], labels['kubernetes.azure.com/agentpool'],
             labels['agentpool'], labels['karpenter.sh/nodepool'],
             labels['doks.digitalocean.com/node-pool']) AS pool
  FROM machine
)
SELECT
  machine_id AS workload_id,
  'vm' AS kind,
  metadata.uid AS native_id,
  land AS region,
  name,
  COALESCE(
    list_extract(list_filter(status.addresses, lambda a: a.type = 'Hostname'), 1).address,
    labels['kubernetes.io/hostname'], name) AS hostname,
  CASE WHEN ready.status IN ('True', 'False') THEN 'running' ELSE 'unknown' END AS state,
  concat_ws(', ', CASE ready.status WHEN 'True' THEN 'Ready' WHEN 'False' THEN 'NotReady'
                                    ELSE 'Unknown' END,
            CASE WHEN spec.unschedulable THEN 'SchedulingDisabled' END) AS state_raw,
  CASE ready.status WHEN 'True' THEN 'passing' WHEN 'False' THEN 'critical' ELSE 'unknown' END
    AS health,
  COALESCE(labels['node.kubernetes.io/instance-type'], labels['beta.kubernetes.io/instance-type'])
    AS size_name,
  cpu.amount AS cpu_cores,
  memory.bytes AS memory_bytes,
  disk.bytes AS disk_bytes,
  status.nodeInfo.operatingSystem AS os_family,
  filled(trim(regexp_extract(system, '^([^0-9(]*[^0-9(\s])', 1))) AS os_name,
  filled(regexp_extract(system, '([0-9][0-9A-Za-z.]*)', 1)) AS os_version,
  CASE WHEN filled(system) IS NOT NULL THEN 'agent' END AS os_source,
  filled(status.nodeInfo.kernelVersion) AS kernel_version,
  COALESCE(filled(status.nodeInfo.architecture), labels['kubernetes.io/arch']) AS arch,
  time_of(metadata.creationTimestamp) AS created_at,
  CASE WHEN pool IS NULL THEN 'unknown' ELSE 'managed_group' END AS controller_kind,
  pool AS controller_name,
  zone,
  environment_of(labels) AS environment,
  list_sort(list_distinct(list_transform(
    list_filter(status.addresses, lambda a: a.type = 'InternalIP'), lambda a: a.address)))
    AS private_ips,
  list_sort(list_distinct(list_transform(
    list_filter(status.addresses, lambda a: a.type = 'ExternalIP'), lambda a: a.address)))
    AS public_ips,
  COALESCE(filled(status.nodeInfo.systemUUID), filled(status.nodeInfo.machineID)) AS machine_uuid,
  filled(spec.providerID) AS provider_id,
  metadata.uid AS node_id,
  CASE WHEN labels['eks.amazonaws.com/capacityType'] = 'SPOT'
         OR labels['karpenter.sh/capacity-type'] = 'spot'
         OR labels['cloud.google.com/gke-spot'] = 'true'
         OR labels['cloud.google.com/gke-preemptible'] = 'true'
         OR labels['kubernetes.azure.com/scalesetpriority'] = 'spot' THEN true END AS ephemeral,
  CASE ready.status WHEN 'True' THEN 'running' WHEN 'False' THEN 'running'
                    WHEN 'Unknown' THEN 'stopped' ELSE 'unknown' END AS guest_agent,
  map_entries(labels) AS tags,
  seen
FROM told
LEFT JOIN quantity AS cpu ON cpu.text = status.capacity.cpu
LEFT JOIN quantity AS memory ON memory.text = status.capacity.memory
LEFT JOIN quantity AS disk ON disk.text = status.capacity."ephemeral-storage"
