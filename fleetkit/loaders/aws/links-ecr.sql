-- Images that tasks name by a tag which their repository still holds; it may have moved since.
WITH place AS (
    SELECT registryId AS registry, repositoryName AS name, min(repositoryUri) AS uri
    FROM ecr_repository GROUP BY registryId, repositoryName
), kept AS (
    SELECT DISTINCT place.uri || ':' || tag AS by_tag, place.uri || '@' || imageDigest AS by_digest
    FROM (SELECT registryId, repositoryName, imageDigest, unnest(imageTags) AS tag FROM ecr_image)
    JOIN place ON place.registry = registryId AND place.name = repositoryName
), named AS (
    SELECT ImageId, ImageTag, ImageDigest, seen FROM ecs_container
    UNION ALL SELECT ImageId, ImageTag, ImageDigest, seen FROM ecs_definition
)
SELECT ImageId AS from_id, 'aws||image|' || kept.by_digest AS to_id, 'same_as' AS relation,
    'tag in the repository' AS evidence, 0.7 AS confidence, min_by(seen, seen.number) AS seen
FROM named JOIN kept ON kept.by_tag = named.ImageTag
WHERE ImageDigest IS NULL
GROUP BY ImageId, kept.by_digest
