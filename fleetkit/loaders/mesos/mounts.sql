WITH mounted AS (
  SELECT workload_id, seen, is_idle, NULL::STRUCT(Target VARCHAR, Volume VARCHAR)[] AS volumes,
         unnest(Mounts) AS m FROM bound WHERE is_idle
  UNION ALL BY NAME
  SELECT unit.workload_id, unit.seen, false AS is_idle, unit.Volumes AS volumes,
         unnest(COALESCE(bound.Mounts, unit.Mounts)) AS m
  FROM unit JOIN bound USING (workload_id)
)
SELECT DISTINCT ON (workload_id, kind, target_path, volume_id, source_path)
  workload_id,
  CASE WHEN is_idle AND m.Kind = 'claim' THEN 'claim_template' ELSE m.Kind END AS kind,
  m.Source AS source_path, m.Target AS target_path,
  COALESCE(m.Volume, list_filter(volumes, lambda v: v.Target = m.Target)[1].Volume) AS volume_id,
  m.Driver AS driver, m.ReadOnly AS read_only, m.Size AS size_bytes, false AS is_root,
  m.Gone AS delete_with_workload, m.Shared AS shared, m.Persistence AS persistence, seen
FROM mounted
