-- One row per service, address and port; a service that leads nowhere is a row too.
WITH outside AS (  -- public after private
  SELECT front_id, max(reach) AS reach, bool_or(is_sticky) AS is_sticky
  FROM entrance GROUP BY front_id
), led AS (
  SELECT whole_id, front_id, namespace, name, address, COALESCE(port, target_port) AS port,
         target_port, protocol, workload_id, spec, status, labels, seen, is_sticky,
         CASE WHEN ready THEN 'passing' ELSE 'critical' END AS health, NULL AS origin
  FROM offered
  UNION ALL BY NAME
  SELECT front.front_id AS whole_id, front.front_id, front.namespace, front.name,
         CASE WHEN spec.type = 'ExternalName' THEN spec.externalName
              WHEN spec.clusterIP <> 'None' THEN filled(spec.clusterIP) END AS address,
         door.port AS port, TRY_CAST(door.targetPort AS BIGINT) AS target_port,
         lower(COALESCE(door.protocol, 'TCP')) AS protocol, box.workload_id, spec, status,
         front.labels AS labels,
         front.seen AS seen, front.is_sticky AS is_sticky, CASE WHEN front.uid IS NULL THEN 'declared' END AS origin
  FROM (SELECT *, unnest(CASE WHEN len(spec.ports) > 0 THEN spec.ports ELSE [NULL] END) AS door
        FROM front) AS front
  LEFT JOIN chosen USING (front_id)
  LEFT JOIN box
    ON box.key = chosen.key AND box.role = 'main'
   AND (mates = 1 OR list_contains(box.port_names, door.targetPort) OR list_contains(
          box.ports, COALESCE(TRY_CAST(door.targetPort AS BIGINT), door.port)))
  WHERE NOT EXISTS (SELECT 1 FROM offered WHERE offered.front_id = front.front_id)
)
SELECT DISTINCT ON (service_id) * FROM (
  SELECT
    whole_id || COALESCE('@' || CASE WHEN health IS NULL THEN workload_id END, '')
      || ':' || COALESCE(address, '') || ':' || COALESCE(target_port, port, 0) || '/' || protocol
      || CASE WHEN health IS NULL THEN ':' || COALESCE(port, 0) ELSE '' END AS service_id,
    origin,
    led.name AS service_name,
    workload_id,
    address,
    port,
    target_port,
    protocol,
    health,
    CASE
      WHEN spec IS NULL THEN NULL
      WHEN spec.type = 'ExternalName' THEN 'none'
      WHEN outside.reach = 'public' OR len(spec.externalIPs) > 0 THEN 'public'
      WHEN spec.type = 'LoadBalancer' THEN
        CASE WHEN len(status.loadBalancer.ingress) > 0
              AND len(list_filter(status.loadBalancer.ingress,
                      lambda i: NOT is_private(COALESCE(i.ip, i.hostname)))) = 0
             THEN 'private' ELSE 'public' END
      WHEN outside.reach = 'private' THEN 'private'
      WHEN spec.type = 'NodePort' THEN 'node'
      ELSE 'cluster' END AS exposure,
    led.is_sticky OR COALESCE(outside.is_sticky, false) AS sticky,
    labels['app.kubernetes.io/version'] AS version,
    namespace,
    CASE WHEN spec.clusterIP = 'None' THEN 'headless' WHEN spec.type <> 'ClusterIP' THEN spec.type
         END AS kind,
    map_entries(labels) AS meta,
    seen
  FROM led LEFT JOIN outside USING (front_id)
) ORDER BY service_id, seen.number
