SELECT
  workload_id AS from_id,
  'gcp|' || project || '|group|' || place_of(metadata.createdBy) || '/'
    || last_part(metadata.createdBy) AS to_id,
  'member_of' AS relation,
  'created-by metadata' AS evidence,
  1.0 AS confidence,
  seen
FROM vm
WHERE workload_id IS NOT NULL AND metadata.createdBy IS NOT NULL
