-- Agents that a master knows, and those that only tasks tell of
WITH known AS (
  SELECT DISTINCT ON (Id) * FROM agent WHERE Id IS NOT NULL
  ORDER BY Id, Elected DESC NULLS LAST, seen.number
), guessed AS (
  SELECT agent_id, min(Hostname) AS name, min(Zone) AS zone, min_by(seen, seen.number) AS seen
  FROM unit WHERE agent_id IS NOT NULL AND Hostname IS NOT NULL
    AND agent_id NOT IN (SELECT Id FROM known)
    AND State IN ('running', 'starting', 'stopping')
  GROUP BY agent_id
)
SELECT
  host_of(Id) AS workload_id, 'vm' AS kind, Id AS native_id, Cluster AS account,
  Region AS region, COALESCE(Hostname, Id) AS name,
  CASE WHEN NOT is_address(Hostname) THEN Hostname END AS hostname,
  State AS state, Words AS state_raw, Cpus AS cpu_cores, Memory AS memory_bytes,
  Disk AS disk_bytes, 'unknown' AS controller_kind, Zone AS zone,
  Environment AS environment,
  list_sort(list_distinct([Address, CASE WHEN is_address(Hostname) THEN Hostname END]))
    AS private_ips,
  ProviderId AS provider_id, Id AS node_id,
  CASE WHEN Words LIKE 'inactive%' THEN 'unknown' WHEN State = 'running' THEN 'running' END
    AS guest_agent,
  list_concat(COALESCE(Tags, []), CASE WHEN Version IS NOT NULL
    THEN [{'Key': 'mesos version', 'Value': Version}] ELSE [] END) AS tags,
  seen
FROM known
UNION ALL BY NAME
SELECT
  host_of(agent_id) AS workload_id, 'vm' AS kind, agent_id AS native_id, name,
  CASE WHEN NOT is_address(name) THEN name END AS hostname,
  'running' AS state, 'has tasks' AS state_raw, 'unknown' AS controller_kind, zone,
  CASE WHEN is_address(name) THEN [name] END AS private_ips, agent_id AS node_id, seen
FROM guessed
