-- A disk remembers the id of its image: another id means that the name was used again since
SELECT
  boot.workload_id AS from_id,
  image_of(held_image) AS to_id,
  'uses_image' AS relation,
  CASE WHEN sourceImageId <> known.id THEN 'source image of boot disk, name used again since'
       ELSE 'source image of boot disk' END AS evidence,
  CASE WHEN sourceImageId <> known.id THEN 0.5 ELSE 1.0 END AS confidence,
  boot.seen
FROM boot
LEFT JOIN (SELECT DISTINCT ON (image_id) image_id, id FROM picture WHERE image_id IS NOT NULL
           ORDER BY image_id, id) AS known
  ON known.image_id = image_of(held_image)
WHERE image_of(held_image) IS NOT NULL
