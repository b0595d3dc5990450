-- Images that tasks name; those of the account's own repositories have rows of their own.
WITH named AS (
    SELECT ImageId, Image, ImageTag, ImageDigest, Registry, Repository, seen FROM ecs_container
    UNION ALL BY NAME
    SELECT d.ImageId, d.Image, d.ImageTag, d.ImageDigest, d.Registry, d.Repository, c.seen
    FROM ecs_container AS c
    JOIN ecs_definition AS d ON d.DefinitionArn = c.DefinitionArn
        AND (d.Name = c.Name OR c.Name IS NULL)
    WHERE c.ImageId IS NULL
), kept AS (
    SELECT DISTINCT 'aws||image|' || coalesce(
        r.repositoryUri,
        i.registryId || '.dkr.ecr.' || i.seen.region || '.amazonaws.com/' || i.repositoryName,
        concat_ws('/', i.registryId, i.repositoryName)
    ) || '@' || i.imageDigest AS image_id
    FROM ecr_image AS i LEFT JOIN ecr_repository AS r
        ON r.repositoryName = i.repositoryName AND r.registryId = i.registryId
)
SELECT
    ImageId AS image_id, 'container' AS kind,
    min(coalesce(ImageTag, Image)) AS name,
    list_sort(list(DISTINCT ImageTag) FILTER (ImageTag IS NOT NULL)) AS tags,
    list_sort(list(DISTINCT ImageDigest) FILTER (ImageDigest IS NOT NULL)) AS digests,
    min(Repository) AS family, min(Registry) AS owner, true AS is_stub,
    min_by(seen, seen.number) AS seen
FROM named
WHERE ImageId IS NOT NULL AND ImageId NOT IN (SELECT image_id FROM kept WHERE image_id IS NOT NULL)
GROUP BY ImageId
