-- Images known by reference only: deleted, or of a project that may not be read.
WITH referenced AS (
    SELECT booted.image AS id, booted.remembered AS known, seen
    FROM booted JOIN machine ON machine.id = booted.id
    UNION ALL SELECT image.id, image, seen FROM disk
    UNION ALL SELECT base_image_ref, NULL, seen FROM picture
)
SELECT DISTINCT ON (id)
    'openstack||image|' || id AS image_id, 'disk_image' AS kind, known.name AS name,
    os_family_of(known.os_type, known.os_distro) AS os_family, known.os_distro AS os_name,
    known.os_version AS os_version, known.arch AS arch, true AS is_stub, seen
FROM referenced
WHERE nullif(id, '') IS NOT NULL AND id NOT IN (SELECT id FROM picture)
ORDER BY id, known.os_distro NULLS LAST, known.name NULLS LAST, seen.number
