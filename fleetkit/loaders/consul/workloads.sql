WITH reach AS (  -- what says whether the node itself is there: the agents' gossip, or a prober
  SELECT DISTINCT ON (subject_id) subject_id, Status AS status, CheckID = 'serfHealth' AS by_agent
  FROM probe WHERE CheckID IN ('serfHealth', 'externalNodeHealth')
  ORDER BY subject_id, CheckID <> 'serfHealth'
), door AS (
  SELECT body.workload_id, list_sort(list(DISTINCT Service.Port || '/tcp')) AS ports
  FROM body JOIN host USING (workload_id)
  WHERE port_of(Service.Port) IS NOT NULL AND COALESCE(filled(Service.Address), host.address) = host.address
  GROUP BY ALL
), fact AS (
  SELECT host.*,
         list_distinct(list_filter(
           list_concat([address], list_transform(TaggedAddresses, lambda pair: pair.Value)),
           lambda ip: is_ip(ip) AND NOT is_loopback(ip))) AS ips,
         lower(meta_of(Meta, ['os', 'os_family', 'os_type', 'operating_system'])) AS os
  FROM host
)
SELECT fact.workload_id, 'vm' AS kind, COALESCE(id, name) AS native_id, name, name AS hostname,
       CASE status WHEN 'passing' THEN 'running' WHEN 'critical' THEN 'failed' ELSE 'unknown'
       END AS state,
       status AS state_raw,
       health_of(level) AS health,
       CASE WHEN by_agent AND status = 'passing' THEN 'running'
            WHEN by_agent AND status = 'critical' THEN 'stopped'
            WHEN NOT by_agent OR id IS NULL THEN 'absent' END AS guest_agent,
       TRY_CAST(runtime.cpu_count AS DOUBLE) AS cpu_cores,
       COALESCE(filled(runtime.os), CASE WHEN os IN ('linux', 'windows', 'darwin', 'freebsd') THEN os
         END) AS os_family,
       COALESCE(meta_of(Meta, ['os_name', 'distro', 'distribution', 'os_distro']),
         CASE WHEN os NOT IN ('linux', 'windows', 'darwin', 'freebsd') THEN os END) AS os_name,
       meta_of(Meta, ['os_version', 'os_release', 'distro_version']) AS os_version,
       CASE WHEN runtime.os IS NOT NULL THEN 'agent' WHEN os IS NOT NULL THEN 'config' END
         AS os_source,
       meta_of(Meta, ['kernel', 'kernel_version']) AS kernel_version,
       COALESCE(filled(runtime.arch), meta_of(Meta, ['arch', 'architecture', 'cpu_arch'])) AS arch,
       COALESCE(filled(Locality.Zone), meta_of(Meta, ['zone', 'az', 'availability_zone',
         'topology_zone'])) AS zone,
       meta_of(Meta, ['environment', 'env', 'stage']) AS environment,
       nullif(list_sort(list_filter(ips, lambda ip: is_private(ip))), []) AS private_ips,
       nullif(list_sort(list_filter(ips, lambda ip: NOT is_private(ip))), []) AS public_ips,
       meta_of(Meta, ['machine_uuid', 'machine_id', 'smbios_uuid', 'product_uuid', 'system_uuid'])
         AS machine_uuid,
       COALESCE(
         meta_of(Meta, ['provider_id', 'aws_instance_id', 'ec2_instance_id']),
         'openstack:///' || meta_of(Meta, ['openstack_instance_id', 'openstack_server_id']),
         'gce:///' || zone || '/' || meta_of(Meta, ['gce_instance_id', 'gcp_instance_id']),
         meta_of(Meta, ['instance_id', 'instanceid', 'cloud_instance_id', 'vm_id'])) AS provider_id,
       id AS node_id, ports, nullif(Meta, []) AS tags, dc AS region, fact.seen
FROM fact
LEFT JOIN reach ON reach.subject_id = fact.workload_id
LEFT JOIN verdict ON verdict.subject_id = fact.workload_id
LEFT JOIN door ON door.workload_id = fact.workload_id
LEFT JOIN (SELECT workload_id, any_value(runtime) AS runtime FROM teller GROUP BY ALL) AS own
  ON own.workload_id = fact.workload_id
