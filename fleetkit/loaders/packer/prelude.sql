-- What all queries share: each build with each of its images, once, and with its template.
CREATE TEMP MACRO folder_of(file) AS regexp_extract(file, '^(.*/)?[^/]*$', 1);

CREATE TEMP TABLE recipe AS (
    -- Templates that know a build by its type and name: those of its folder before others, and
    -- only where they agree.
    SELECT build_id, target, any_value(project) AS project, any_value(source_image) AS source_image,
        any_value(source_id) AS source_id, any_value(source_kind) AS source_kind,
        min(template) AS template
    FROM (
        SELECT build.build_id, build.seen.target AS target, source.seen.target AS template,
            source.project, source.source_image, source.source_id, source.source_kind,
            folder_of(build.seen.target) = folder_of(source.seen.target) AS near,
            max(near) OVER (PARTITION BY build.build_id, build.seen.target) AS nearest
        FROM build JOIN source ON source.builder_type = build.builder_type
            AND source.name = coalesce(build.name, build.builder_type)
    )
    WHERE near = nearest
    GROUP BY build_id, target
    HAVING count(DISTINCT coalesce(source_image, '')) = 1 AND count(DISTINCT project) <= 1
);

CREATE TEMP TABLE made AS (
    SELECT DISTINCT ON (build_id, image_id) *
    FROM (
        SELECT build.* EXCLUDE (images, source_image, source_id, source_kind, project),
            recipe.template,
            coalesce(build.source_image, recipe.source_image) AS source_image,
            CASE WHEN build.source_image IS NULL THEN recipe.source_id ELSE build.source_id END
                AS source_id,
            CASE WHEN build.source_image IS NULL THEN recipe.source_kind ELSE build.source_kind END
                AS source_kind,
            build.source_image IS NULL AS by_template,
            CASE WHEN image.id LIKE 'gcp||image|%'
                 THEN 'gcp|' || coalesce(build.project, recipe.project, '') || '|image|'
                      || image.name
                 ELSE image.id END AS image_id,
            image.kind AS image_kind, image.name AS image_name, image.region AS image_region
        FROM (SELECT *, unnest(CASE WHEN len(images) > 0 THEN images ELSE [NULL] END) AS image
              FROM build) AS build
        LEFT JOIN recipe ON recipe.build_id = build.build_id
            AND recipe.target = build.seen.target
    )
    ORDER BY build_id, image_id, is_latest DESC NULLS LAST, finished DESC NULLS LAST,
        source_image NULLS LAST, seen.number
);
