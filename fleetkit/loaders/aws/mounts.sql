-- Disks of instances: EBS volumes as they are attached.
WITH attached AS (
    SELECT 'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId AS workload_id,
        RootDeviceName, unnest(BlockDeviceMappings) AS device, seen
    FROM instance
), disk AS (
    SELECT VolumeId, max(Size) AS gibibytes, min(VolumeType) AS driver,
        bool_or(Encrypted) AS encrypted, min(nullif(SnapshotId, '')) AS snapshot_id,
        bool_or(MultiAttachEnabled) AND max(len(Attachments)) > 1 AS shared
    FROM volume GROUP BY VolumeId
)
SELECT
    workload_id, 'block' AS kind, device.Ebs.VolumeId AS source_path,
    device.DeviceName AS target_path, device.Ebs.VolumeId AS volume_id, disk.driver,
    disk.gibibytes * 1073741824 AS size_bytes, device.DeviceName = RootDeviceName AS is_root,
    device.Ebs.DeleteOnTermination AS delete_with_workload, disk.shared, disk.encrypted,
    disk.snapshot_id,
    CASE
        WHEN disk.shared THEN 'shared_durable' WHEN device.Ebs.DeleteOnTermination THEN 'ephemeral'
        WHEN NOT device.Ebs.DeleteOnTermination THEN 'durable' ELSE 'unknown'
    END AS persistence,
    seen
FROM attached LEFT JOIN disk ON disk.VolumeId = device.Ebs.VolumeId
