-- Virtual disks. The first disk is taken for the system's: it has the lowest device key.
SELECT
    thing AS workload_id,
    CASE WHEN disk.raw THEN 'rdm' ELSE 'block' END AS kind,
    disk.file AS source_path,
    coalesce(disk.uuid, disk.file, 'disk ' || disk.key) AS volume_id,
    disk.controller AS driver,
    disk.bytes AS size_bytes,
    disk.key = first AS is_root,
    NOT (disk.raw OR is_shared) AS delete_with_workload,
    is_shared AS shared,
    disk.encrypted,
    disk.thin,
    CASE WHEN disk.mode IN ('independent_nonpersistent', 'nonpersistent') THEN 'ephemeral'
         WHEN is_shared THEN 'shared_durable'
         ELSE 'durable' END AS persistence,
    seen
FROM (
    SELECT *, disk.multi_writer
              OR coalesce(disk.bus_sharing IN ('virtualSharing', 'physicalSharing'), FALSE)
              OR (disk.file IS NOT NULL
                  AND count(DISTINCT thing) OVER (PARTITION BY vc, disk.file) > 1) AS is_shared
    FROM (SELECT vc, thing, unnest(disks) AS disk,
                 list_min(list_transform(disks, lambda d: d.key)) AS first, seen
          FROM machines WHERE sort = 'vm')
)
