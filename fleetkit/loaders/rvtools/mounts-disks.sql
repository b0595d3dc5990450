SELECT owner AS workload_id,
    CASE WHEN raw THEN 'rdm' ELSE 'block' END AS kind,
    path AS source_path,
    disk AS target_path,
    coalesce(disk_uuid, disk_key) AS volume_id,
    controller AS driver,
    capacity AS size_bytes,
    -- Guest paths on the disk, where the tools know them.
    CASE WHEN guest_paths LIKE '/%' OR guest_paths LIKE '_:%'
         THEN list_has_any(
             list_transform(string_split(guest_paths, ','), lambda p: upper(trim(p))),
             ['/', 'C:', 'C:\']) END AS is_root,
    lower(sharing) = 'sharingmultiwriter'
        OR lower(bus) IN ('virtualsharing', 'physicalsharing') AS shared,
    thin,
    CASE WHEN lower(mode) LIKE '%nonpersistent%' THEN 'ephemeral'
         WHEN lower(sharing) = 'sharingmultiwriter'
             OR lower(bus) IN ('virtualsharing', 'physicalsharing') THEN 'shared_durable'
         WHEN mode IS NULL THEN 'unknown'
         ELSE 'durable' END AS persistence,
    seen
FROM disks
WHERE fate IN ('vm', 'orphan') AND turn = 1
