SELECT
  ImageId AS image_id, 'container' AS kind, min(Image) AS name,
  list_sort(list(DISTINCT Image)) AS tags, true AS is_stub, min_by(seen, seen.number) AS seen
FROM recipe WHERE ImageId IS NOT NULL
GROUP BY ImageId
