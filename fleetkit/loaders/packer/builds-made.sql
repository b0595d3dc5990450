-- What was built.
SELECT build_id, image_id, 'packer ' || builder_type AS builder, source_image,
    TRY_CAST(finished AS TIMESTAMPTZ) AS finished_at, name, is_latest, revision, template,
    image_region AS region, seen
FROM made
