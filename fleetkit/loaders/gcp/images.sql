SELECT
  picture.image_id,
  'disk_image' AS kind,
  picture.name,
  parent.parent_id AS parent_ref,
  family,
  COALESCE(os_family_of(licence),
           CASE WHEN list_contains(list_transform(guestOsFeatures, lambda f: f.type), 'WINDOWS')
                THEN 'windows' END) AS os_family,
  os_name_of(licence) AS os_name,
  os_version_of(licence) AS os_version,
  lower(architecture) AS arch,
  time_of(creationTimestamp) AS created_at,
  COALESCE(time_of(deprecated.deprecated), time_of(deprecated.obsolete),
           time_of(deprecated.deleted)) AS deprecated_at,
  bytes_of_gib(diskSizeGb) AS size_bytes,  -- archiveSizeBytes is the packed form
  COALESCE(project_of(selfLink), picture.seen.account) AS owner,
  false AS is_stub,
  list_concat(COALESCE(labels, []), CASE WHEN deprecated.state IS NOT NULL THEN [{
    'Key': 'deprecation state', 'Value': deprecated.state}] ELSE [] END) AS labels,
  picture.seen
FROM picture
LEFT JOIN (SELECT DISTINCT ON (image_id) image_id, parent_id FROM parent
           ORDER BY image_id, parent_id) AS parent USING (image_id)
