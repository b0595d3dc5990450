-- Owners that own each other: nobody is at the top.
SELECT
  'owners_in_a_ring' AS code,
  'the owners of pods own each other' AS message,
  full_name(min_by(owned.namespace, owned.pod), min_by(owned.owner.name, owned.pod)) AS subject_id,
  count(DISTINCT owned.key) || ' pods' AS detail,
  'were the objects edited? their controller is unknown' AS hint,
  min_by(owned.seen, owned.seen.number) AS seen
FROM box AS owned JOIN top ON top.start = owned.owner.uid AND top.is_ring
GROUP BY owned.owner.uid
