-- Which build made an image, and what it started from. A template may have changed since, or the
-- build have been given other variables; a name is less than an id.
WITH descent AS (
    SELECT DISTINCT ON (from_id, to_id, evidence)
        image_id AS from_id, source_id AS to_id, 'derived_from' AS relation,
        CASE WHEN by_template THEN 'packer template' ELSE 'packer custom_data' END AS evidence,
        CASE WHEN by_template AND is_named THEN 0.5 WHEN by_template THEN 0.7
             WHEN is_named THEN 0.8 ELSE 0.95 END::DOUBLE AS confidence,
        CASE WHEN by_template THEN 'declared' END AS origin, seen
    FROM (SELECT *, regexp_matches(source_id, '^(packer\|\|source|vsphere\||gcp\|\|)') AS is_named
          FROM made)
    WHERE image_id IS NOT NULL AND source_id IS NOT NULL AND source_id <> image_id
    ORDER BY from_id, to_id, evidence, seen.number
)
SELECT DISTINCT ON (from_id, to_id)
    image_id AS from_id, build_id AS to_id, 'built_by' AS relation,
    'packer manifest' AS evidence, 1.0 AS confidence, seen
FROM made WHERE image_id IS NOT NULL
UNION ALL BY NAME
SELECT * FROM descent
