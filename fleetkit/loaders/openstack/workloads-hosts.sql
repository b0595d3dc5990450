SELECT DISTINCT ON (workload_id)
    'openstack||host|' || hypervisor_hostname AS workload_id, 'host' AS kind, id AS native_id,
    hypervisor_hostname AS name, hypervisor_hostname AS hostname,
    CASE WHEN lower(state) = 'up' THEN 'running' ELSE 'unknown' END AS state,
    nullif(concat_ws('/', state, status), '') AS state_raw,
    vcpus AS cpu_cores, memory_mb * 1048576 AS memory_bytes, local_gb * 1073741824 AS disk_bytes,
    arch, 'unknown' AS controller_kind,
    CASE WHEN hypervisor_type IS NOT NULL
         THEN [struct_pack(Key := 'hypervisor_type', Value := hypervisor_type)] END AS tags,
    CASE WHEN nullif(host_ip, '') IS NOT NULL THEN [host_ip] END AS private_ips, seen
FROM hypervisor
ORDER BY workload_id, seen.number
