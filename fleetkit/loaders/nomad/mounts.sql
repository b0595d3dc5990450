WITH mounted AS (
  SELECT workload_id, seen, Namespace, Node, Index, COALESCE(Disk, wanted_disk) AS own_bytes,
         unnest(Mounts) AS m FROM unit
  UNION ALL BY NAME
  SELECT workload_id, seen, Namespace, Disk AS own_bytes, unnest(Mounts) AS m FROM idle
), placed_at AS (
  SELECT Id AS node_id, unnest(Volumes) AS v FROM machine
), named AS (
  SELECT *, m.Volume || CASE WHEN m.PerAlloc AND Index IS NOT NULL
                             THEN '[' || Index || ']' ELSE '' END AS source
  FROM mounted
)
SELECT DISTINCT ON (named.workload_id, kind, target_path, volume_id, source_path)
  named.workload_id,
  CASE WHEN m.Kind = 'claim' AND m.PerAlloc AND named.Node IS NULL THEN 'claim_template' ELSE m.Kind END
    AS kind,
  COALESCE(m.Source, v.Path, CASE WHEN m.Type = 'host' THEN store.Path END) AS source_path,
  m.Target AS target_path,
  CASE WHEN m.Type = 'host' THEN COALESCE(store.Id, source) ELSE source END AS volume_id,
  COALESCE(CASE WHEN m.Type IS NOT NULL THEN store.Driver END, m.Driver) AS driver,
  m.ReadOnly OR COALESCE(v.ReadOnly, false) AS read_only,
  CASE WHEN m.Driver LIKE 'ephemeral_disk%' THEN COALESCE(own_bytes, m.Size)
       ELSE COALESCE(m.Size, store.Size) END AS size_bytes,
  false AS is_root, m.Gone AS delete_with_workload,
  CASE WHEN m.Driver LIKE 'ephemeral_disk%' THEN NULL ELSE store.Shared END AS shared,
  CASE WHEN store.Shared AND m.Persistence = 'durable' THEN 'shared_durable' ELSE m.Persistence END
    AS persistence,
  named.seen
FROM named
LEFT JOIN placed_at ON placed_at.node_id = named.Node AND m.Type = 'host' AND v.Name = m.Volume
LEFT JOIN store ON store.Namespace = named.Namespace AND store.Type = m.Type
 AND ((m.Type = 'csi' AND store.Id = source)
   OR (m.Type = 'host' AND store.Name = m.Volume AND store.Node = named.Node))
