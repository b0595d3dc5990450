-- Images that run or are asked for, each a stub; nodes know the names and sizes of some.
WITH used AS (
  SELECT image_id, image AS reference, name_by_digest AS digest, is_declared, min(seen) AS seen
  FROM shown WHERE filled(image) IS NOT NULL GROUP BY ALL
), kept AS (  -- containerd counts what was fetched, not what it takes unpacked
  SELECT unnest(status.images) AS held,
         starts_with(status.nodeInfo.containerRuntimeVersion, 'containerd') AS is_packed
  FROM machine
), known AS (
  SELECT digest_of(mark) AS image_id, is_packed, held FROM (
    SELECT *, unnest(list_filter(held.names, lambda n: contains(n, '@'))) AS mark FROM kept)
  WHERE digest_of(mark) IS NOT NULL
), sized AS (
  SELECT image_id, max(held.sizeBytes) FILTER (NOT is_packed) AS size_bytes,
         list_sort(list_distinct(flatten(list(
           list_filter(held.names, lambda n: NOT contains(n, '@'))))))
           AS tags,
         list_sort(list_distinct(flatten(list(
           list_filter(held.names, lambda n: contains(n, '@'))))))
           AS digests
  FROM known GROUP BY image_id
), named AS (
  SELECT image_id, min(reference) AS name,
         list_sort(list_distinct(list(reference))) AS names,
         list_sort(list_distinct(list(digest) FILTER (digest IS NOT NULL))) AS digests,
         CASE WHEN bool_and(is_declared) THEN 'declared' END AS origin, min(seen) AS seen
  FROM used WHERE image_id IS NOT NULL GROUP BY image_id
)
SELECT
  image_id,
  'container' AS kind,
  named.origin,
  named.name,
  list_sort(list_distinct(list_concat(
    list_filter(named.names, lambda n: NOT contains(n, '@')), COALESCE(sized.tags, [])))) AS tags,
  list_sort(list_distinct(list_concat(COALESCE(named.digests, []), COALESCE(sized.digests, []))))
    AS digests,
  sized.size_bytes,
  true AS is_stub,
  named.seen
FROM named LEFT JOIN sized USING (image_id)
