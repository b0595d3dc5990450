-- Parents of images: one each, the best known, for lineage follows one.
WITH ancestry AS (
    SELECT ImageId AS child, min(nullif(SourceImageId, '')) AS parent
    FROM image_ancestor GROUP BY ImageId
), origin AS (
    SELECT InstanceId AS machine, min(nullif(ImageId, '')) AS parent
    FROM instance GROUP BY InstanceId
), found AS (
    SELECT ImageId AS child, CASE
            WHEN SourceImageId <> '' THEN {'id': SourceImageId, 'why': 'recorded by EC2'}
            WHEN ancestry.parent IS NOT NULL
                THEN {'id': ancestry.parent, 'why': 'ancestry recorded by EC2'}
            WHEN origin.parent IS NOT NULL
                THEN {'id': origin.parent, 'why': 'image of the instance that it was made of'}
            WHEN ImageWatermarks[1].SourceImageId <> ''
                THEN {'id': ImageWatermarks[1].SourceImageId, 'why': 'watermark of an ancestor'}
        END AS parent, seen
    FROM image
    LEFT JOIN ancestry ON ancestry.child = ImageId
    LEFT JOIN origin ON origin.machine = SourceInstanceId
    UNION ALL
    SELECT ImageId, {'id': nullif(SourceImageId, ''), 'why': 'ancestry recorded by EC2'}, seen
    FROM image_ancestor WHERE ImageId NOT IN (SELECT ImageId FROM image WHERE ImageId IS NOT NULL)
)
SELECT DISTINCT 'aws||ami|' || child AS from_id, 'aws||ami|' || parent.id AS to_id,
    'derived_from' AS relation, parent.why AS evidence, 1.0 AS confidence, seen
FROM found WHERE parent.id IS NOT NULL AND parent.id <> child
