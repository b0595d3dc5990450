WITH named AS (  -- a proxy speaks as the service behind it does
  SELECT body.*, COALESCE(filled(Service.Proxy.DestinationServiceName), Service.Service) AS behind,
         COALESCE(filled(Service.Address), filled(Node.Address)) AS reached,
         filled(Service.Kind) IS NOT NULL OR name_id IN (
           SELECT service_of(scope, Service.Proxy.DestinationServiceName) FROM body) AS in_mesh
  FROM body
)
SELECT service_id, filled(Service.Service) AS service_name, workload_id, reached AS address,
       port_of(Service.Port) AS port,
       port_of(Service.Proxy.LocalServicePort) AS target_port,
       lower(COALESCE(spoken.protocol, CASE WHEN in_mesh THEN usual.protocol END,
         meta_of(Service.Meta, ['protocol']))) AS protocol,
       health_of(greatest(own.level, around.level)) AS health,
       CASE WHEN own.level >= COALESCE(around.level, 0) THEN own.words ELSE around.words END
         AS health_output,
       CASE WHEN NOT is_ip(reached) THEN NULL WHEN is_loopback(reached) THEN 'node'
            WHEN is_private(reached) THEN 'private' ELSE 'public' END AS exposure,
       Service.Tags AS tags,
       COALESCE(
         meta_of(Service.Meta, ['version', 'app_version', 'service_version', 'build_version']),
         list_filter(list_transform(Service.Tags, lambda tag: regexp_extract(tag,
           '^(?i:(?:app[_.-]?)?version[=:_-]v?|v)?([0-9]+(?:\.[0-9]+)+[0-9A-Za-z.+_-]*|(?:[vV]|(?i:version[=:_-]))[0-9]+)$', 1)),
           lambda found: found <> '' AND NOT is_ip(found))[1]) AS version,
       CASE WHEN peer IS NOT NULL THEN 'peer:' || peer
            WHEN apart(area) IS NOT NULL THEN concat_ws('/', area, filled(Service.Namespace))
            ELSE filled(Service.Namespace) END AS namespace,
       filled(Service.Kind) AS kind, nullif(Service.Meta, []) AS meta, dc AS region, seen
FROM named
LEFT JOIN verdict AS own ON own.subject_id = service_id
LEFT JOIN verdict AS around ON around.subject_id = workload_id
 AND (Checks IS NOT NULL OR own.level IS NOT NULL OR around.is_listed OR around.level = 3)
LEFT JOIN spoken ON spoken.name_id = service_of(scope, behind)
LEFT JOIN usual USING (dc)
