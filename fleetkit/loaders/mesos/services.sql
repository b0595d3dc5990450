SELECT DISTINCT ON (service_id)
  replace(workload_id, '|task|', '|service|') || ':'
    || COALESCE(port::VARCHAR, name, place::VARCHAR) || '/' || protocol AS service_id,
  COALESCE(regexp_replace(regexp_extract(vips[1], '^/?(.*?)(:[0-9]+)?$', 1), '^/', ''),
           ltrim(Controller, '/')) AS service_name,
  workload_id, address, port, target AS target_port, protocol,
  COALESCE(Health, CASE WHEN Checked THEN 'unknown' END) AS health,
  HealthWords AS health_output,
  CASE WHEN inside THEN 'cluster' WHEN port IS NOT NULL THEN 'node' END AS exposure,
  list_concat(CASE WHEN name IS NOT NULL THEN [name] ELSE [] END,
              list_transform(vips, lambda v: 'vip=' || v), tags) AS tags,
  revision AS version,
  nullif(regexp_replace(Controller, '/[^/]*$', ''), '') AS namespace,
  seen
FROM door
ORDER BY service_id, place
