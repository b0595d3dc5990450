-- Volumes of containers, as their task definition declares them.
WITH mounted AS (
    SELECT DISTINCT
        'aws|' || coalesce(box.Account, box.seen.account, '') || '|container|' || box.Cluster
            || '/' || box.Task || '/' || recipe.Name AS workload_id,
        box.Service, unnest(recipe.Mounts) AS mount, box.seen
    FROM box JOIN recipe ON recipe.DefinitionArn = box.DefinitionArn
        AND (recipe.Name = box.Name OR box.Name IS NULL)
)
SELECT
    workload_id,
    mount.Kind AS kind,
    mount.Source AS source_path,
    mount.Target AS target_path,
    mount.Volume AS volume_id,
    mount.Driver AS driver,
    mount.ReadOnly AS read_only,
    mount.Size AS size_bytes,
    false AS is_root,
    -- a disk that a service attaches to its tasks goes with them
    CASE WHEN mount.Kind = 'block' THEN CASE WHEN Service IS NOT NULL THEN true END
         ELSE mount.Gone END AS delete_with_workload,
    mount.Shared AS shared,
    CASE WHEN mount.Kind = 'block' AND Service IS NOT NULL THEN 'ephemeral'
         ELSE mount.Persistence END AS persistence,
    seen
FROM mounted
