WITH offered AS (
  SELECT unit.*, unnest(unit.Services) AS s FROM unit WHERE unit.State NOT IN ('terminated', 'failed')
)
SELECT DISTINCT ON (service_id)
  'nomad|' || Namespace || '|service|' || offered.Id || '/' || s.Name || COALESCE('/' || s.Port, '')
    AS service_id,
  s.Name AS service_name, workload_id, Namespace AS account, Namespace AS namespace,
  COALESCE(port.HostIp, machine.PrivateIps[1]) AS address,
  COALESCE(port.Value, TRY_CAST(s.Port AS BIGINT)) AS port,
  COALESCE(nullif(greatest(port."To", 0), 0), port.Value, TRY_CAST(s.Port AS BIGINT)) AS target_port,
  'tcp' AS protocol,
  CASE WHEN s.Checked THEN CASE Healthy WHEN true THEN 'passing' WHEN false THEN 'critical'
                                ELSE 'unknown' END END AS health,
  CASE WHEN port.Value IS NOT NULL THEN 'node' END AS exposure,
  CASE WHEN Canary AND len(s.CanaryTags) > 0 THEN s.CanaryTags ELSE s.Tags END AS tags,
  Version::VARCHAR AS version, s.Provider AS kind, offered.seen
FROM (SELECT *, list_filter(COALESCE(Ports, wanted_ports), lambda p: p.Label = s.Port)[1] AS port
      FROM offered) AS offered
LEFT JOIN machine ON machine.Id = offered.Node
WHERE s.Name IS NOT NULL
ORDER BY service_id, workload_id
