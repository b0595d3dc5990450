-- Disks of the machine itself, which an instance type has: their data is lost with a stop.
WITH local AS (
    SELECT InstanceType AS size_name, min(InstanceStorageInfo.EncryptionSupport) AS encryption,
        min_by(InstanceStorageInfo.Disks, seen.number) AS disks
    FROM instance_type GROUP BY InstanceType
), disk AS (
    SELECT size_name, encryption, disk, unnest(range(coalesce(disk.Count, 1))) AS place
    FROM (SELECT size_name, encryption, unnest(disks) AS disk FROM local)
    WHERE coalesce(disk.Count, 1) <= 64
)
SELECT
    'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId AS workload_id,
    'instance_store' AS kind, 'ephemeral' || place AS source_path, disk.Type AS driver,
    disk.SizeInGB * 1000000000 AS size_bytes, false AS is_root, true AS delete_with_workload,
    false AS shared, encryption = 'required' AS encrypted, 'ephemeral' AS persistence, seen
FROM instance JOIN disk ON size_name = InstanceType
