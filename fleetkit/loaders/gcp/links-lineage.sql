SELECT DISTINCT
  image_id AS from_id,
  parent_id AS to_id,
  'derived_from' AS relation,
  evidence,
  1.0 AS confidence,
  seen
FROM parent
WHERE image_id IS NOT NULL AND parent_id IS NOT NULL AND parent_id <> image_id
