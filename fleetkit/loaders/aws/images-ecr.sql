-- Images of ECR repositories. An id without a registry's name is one whose repository is unknown.
WITH place AS (
    SELECT registryId AS registry, repositoryName AS name, min(repositoryUri) AS uri
    FROM ecr_repository GROUP BY registryId, repositoryName
), known AS (
    SELECT DISTINCT ON (i.registryId, i.repositoryName, i.imageDigest)
        i.*,
        coalesce(
            place.uri,
            i.registryId || '.dkr.ecr.' || i.seen.region || '.amazonaws.com/' || i.repositoryName,
            concat_ws('/', i.registryId, i.repositoryName)
        ) AS uri
    FROM ecr_image AS i
    LEFT JOIN place ON place.registry = i.registryId AND place.name = i.repositoryName
    ORDER BY i.registryId, i.repositoryName, i.imageDigest, i.seen.number
)
SELECT
    'aws||image|' || uri || '@' || imageDigest AS image_id,
    'container' AS kind,
    CASE WHEN len(imageTags) > 0 THEN uri || ':' || imageTags[1]
         ELSE uri || '@' || imageDigest END AS name,
    list_transform(imageTags, lambda t: uri || ':' || t) AS tags,
    [uri || '@' || imageDigest] AS digests,
    repositoryName AS family,
    split_part(uri, '/', 1) AS owner,
    TRY_CAST(lastRecordedPullTime AS TIMESTAMPTZ) AS last_used_at,
    len(imageTags) = 0 AS is_dangling,
    false AS is_stub,
    seen
FROM known
