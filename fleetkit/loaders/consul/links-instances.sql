WITH proxy AS (
  SELECT *, Service.Proxy AS said,
         COALESCE(instance_of(scope, Node.Node, Service.Proxy.DestinationServiceID),
                  service_of(scope, Service.Proxy.DestinationServiceName)) AS served_id
  FROM body WHERE Service.Proxy IS NOT NULL
), upstream AS (
  SELECT proxy.*, unnest(said.Upstreams) AS up FROM proxy
), task AS (  -- Nomad writes the allocation, then the task or "group-" and the group, into the id
  SELECT service_id, workload_id, Service.Service AS name, dc, seen,
         regexp_extract(Service.ID, '^_nomad-task-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(.*)$',
                        ['allocation', 'rest']) AS found
  FROM body
), told AS (
  SELECT service_id AS from_id, workload_id AS to_id, 'runs_on' AS relation,
         'registered on the node' AS evidence, 1.0 AS confidence, NULL AS port, dc, seen
  FROM body
  UNION ALL
  SELECT service_id, name_id, 'member_of', 'name of the service', 1.0, NULL, dc, seen FROM body
  UNION ALL
  SELECT service_id, served_id, 'routes_to', 'destination of the proxy', 1.0,
         port_of(said.LocalServicePort), dc, seen
  FROM proxy
  UNION ALL
  SELECT served_id,
         CASE WHEN up.DestinationType = 'prepared_query'
              THEN 'consul|' || COALESCE(filled(up.Datacenter), dc) || '|query|' || part(up.DestinationName)
              ELSE service_of(scope_of(COALESCE(filled(up.Datacenter), dc),
                     COALESCE(filled(up.DestinationPartition), area),
                     COALESCE(filled(up.DestinationNamespace), Service.Namespace),
                     up.DestinationPeer), up.DestinationName) END,
         'calls', 'upstream of the proxy', 1.0, port_of(up.LocalBindPort), dc, seen
  FROM upstream
  UNION ALL
  SELECT service_id,
         'nomad||task|' || found.allocation || CASE
           WHEN starts_with(found.rest, 'group-') THEN ''
           WHEN strpos(found.rest, '-' || name || '-') > 1
           THEN '/' || left(found.rest, strpos(found.rest, '-' || name || '-') - 1) ELSE '' END,
         'runs_on', 'id that Nomad gave the service',
         CASE WHEN starts_with(found.rest, 'group-') THEN 0.5 ELSE 0.9 END, NULL, dc, seen
  FROM task WHERE filled(found.allocation) IS NOT NULL
  UNION ALL
  SELECT service_id, 'docker||container|' || lower(container), 'runs_on',
         'container id in its meta', 0.9, NULL, dc, seen
  FROM (SELECT *, meta_of(Service.Meta, ['container_id', 'docker_id', 'docker_container_id'])
          AS container FROM body)
  WHERE regexp_full_match(container, '[0-9a-fA-F]{64}')
)
SELECT * EXCLUDE (dc), dc AS region FROM told
WHERE from_id IS NOT NULL AND to_id IS NOT NULL
