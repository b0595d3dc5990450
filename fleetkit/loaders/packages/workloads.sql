-- What all files about one host tell, in one row
SELECT
  workload_id, 'vm' AS kind, max(name) AS native_id, max(name) AS name, max(hostname) AS hostname,
  'unknown' AS state, max(os_family) AS os_family, max(os_name) AS os_name,
  max(os_version) AS os_version, max(kernel_version) AS kernel_version, max(arch) AS arch,
  max(machine_uuid) AS machine_uuid, max(memory_bytes) AS memory_bytes,
  max(cpu_cores) AS cpu_cores, 'unknown' AS controller_kind,
  CASE WHEN count(os_name) > 0 THEN 'config' END AS os_source, min(seen) AS seen
FROM host
GROUP BY workload_id
