-- Images known by reference only: gone, or in a project that may not be read
WITH referenced AS (
  SELECT sourceImage AS url, disk_licence AS licence, disk_arch AS arch, place AS seen FROM volume
  UNION ALL
  SELECT held_image, disk_licence, held.architecture, seen FROM boot
  UNION ALL
  SELECT sourceImage, NULL, architecture, seen FROM picture
), named AS (
  SELECT *, image_of(url) AS image_id FROM referenced
)
SELECT DISTINCT ON (image_id)
  image_id,
  'disk_image' AS kind,
  last_part(url) AS name,
  os_family_of(licence) AS os_family,
  os_name_of(licence) AS os_name,
  os_version_of(licence) AS os_version,
  lower(arch) AS arch,
  project_of(url) AS owner,
  true AS is_stub,
  seen
FROM named
WHERE image_id IS NOT NULL
  AND image_id NOT IN (SELECT image_id FROM picture WHERE image_id IS NOT NULL)
ORDER BY image_id, licence NULLS LAST, arch NULLS LAST, seen.number
