-- Images, and those that are only named: by instances, launch templates, or as an ancestor.
WITH known AS (
    SELECT *, seen.number AS nr FROM image WHERE ImageId IS NOT NULL
), ancestry AS (
    SELECT ImageId AS child, min(nullif(SourceImageId, '')) AS parent
    FROM image_ancestor GROUP BY ImageId
), origin AS (
    SELECT InstanceId AS machine, min(nullif(ImageId, '')) AS parent
    FROM instance GROUP BY InstanceId
), named AS (
    SELECT ImageId AS name, seen FROM instance
    UNION ALL SELECT SourceImageId, seen FROM image
    UNION ALL SELECT ImageId, seen FROM image_ancestor
    UNION ALL SELECT SourceImageId, seen FROM image_ancestor
    UNION ALL SELECT LaunchTemplateData.ImageId, seen FROM launch_template_version
), stub AS (
    SELECT name, min_by(seen, seen.number) AS seen FROM named
    WHERE name LIKE 'ami-%' AND name NOT IN (SELECT ImageId FROM known)
    GROUP BY name
)
SELECT
    'aws||ami|' || ImageId AS image_id, 'ami' AS kind, coalesce(nullif(Name, ''), ImageId) AS name,
    'aws||ami|' || coalesce(nullif(SourceImageId, ''), ancestry.parent, origin.parent)
        AS parent_ref,
    CASE
        WHEN lower(Platform) = 'windows' OR PlatformDetails LIKE 'Windows%' THEN 'windows'
        WHEN PlatformDetails IS NOT NULL OR State IS NOT NULL AND CreationDate IS NOT NULL
            THEN 'linux'  -- only Windows is named as a platform
    END AS os_family,
    coalesce(system_name, CASE
        WHEN PlatformDetails LIKE 'Red Hat Enterprise Linux%' THEN 'Red Hat Enterprise Linux'
        WHEN PlatformDetails LIKE 'SUSE Linux%' THEN 'SUSE Linux Enterprise Server'
        WHEN PlatformDetails LIKE 'Ubuntu%' THEN 'Ubuntu'
        WHEN PlatformDetails LIKE 'Windows%' OR lower(Platform) = 'windows' THEN 'Windows'
    END) AS os_name,
    system_version AS os_version,
    Architecture AS arch, TRY_CAST(CreationDate AS TIMESTAMPTZ) AS created_at,
    TRY_CAST(LastLaunchedTime AS TIMESTAMPTZ) AS last_used_at,
    TRY_CAST(DeprecationTime AS TIMESTAMPTZ) AS deprecated_at,
    1073741824 * list_sum(list_transform(BlockDeviceMappings, lambda d: d.Ebs.VolumeSize))
        AS size_bytes,
    coalesce(nullif(OwnerId, ''), ImageOwnerAlias) AS owner, Public AS is_public,
    false AS is_dangling, false AS is_stub, Tags AS labels, seen
FROM known
LEFT JOIN ancestry ON ancestry.child = ImageId
LEFT JOIN origin ON origin.machine = SourceInstanceId
LEFT JOIN naming ON system_image = ImageId
UNION ALL BY NAME
SELECT 'aws||ami|' || name AS image_id, 'ami' AS kind, name,
    'aws||ami|' || ancestry.parent AS parent_ref, true AS is_stub, seen
FROM stub LEFT JOIN ancestry ON ancestry.child = name
