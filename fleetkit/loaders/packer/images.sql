-- Images that were built, by the newest of their builds (a tag moves), and those they start from.
WITH built AS (
    SELECT DISTINCT ON (image_id) *,
        'packer ' || builder_type AS builder
    FROM made WHERE image_id IS NOT NULL
    ORDER BY image_id, finished DESC NULLS LAST, is_latest DESC NULLS LAST, build_id
), origin AS (
    SELECT source_id, source_kind, source_image, by_template, seen FROM made
    UNION ALL BY NAME
    SELECT source_id, source_kind, source_image, true AS by_template, seen FROM source
), named AS (
    SELECT DISTINCT ON (source_id) * FROM origin
    WHERE source_id IS NOT NULL AND source_id NOT IN (SELECT image_id FROM built)
    ORDER BY source_id, by_template, seen.number
)
SELECT image_id, image_kind AS kind, image_name AS name,
    CASE WHEN image_kind = 'container' AND image_name IS NOT NULL THEN [image_name] END AS tags,
    true AS is_stub, build_id, revision, builder, image_region AS region, seen
FROM built
UNION ALL BY NAME
SELECT source_id AS image_id, source_kind AS kind, source_image AS name, true AS is_stub,
    CASE WHEN by_template THEN 'declared' END AS origin, seen
FROM named
