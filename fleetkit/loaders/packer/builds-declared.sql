-- What templates declare and no manifest tells of: it may have been built, or not.
SELECT DISTINCT ON (build_id)
    'packer|' || seen.target || '|template|' || builder_type || '/' || name AS build_id,
    'packer ' || builder_type AS builder, source_image, name, seen.target AS template,
    'declared' AS origin, seen
FROM source
WHERE NOT EXISTS (
    FROM build WHERE build.builder_type = source.builder_type
        AND coalesce(build.name, build.builder_type) = source.name
)
ORDER BY build_id, source_image NULLS LAST
