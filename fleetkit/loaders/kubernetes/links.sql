-- Relations of containers: node, image, controller, the engine's own name for it.
WITH told AS (
  SELECT workload_id AS from_id, seat.m.machine_id AS to_id, 'runs_on' AS relation,
         'node of the pod' AS evidence, box.seen AS seen
  FROM box JOIN seat ON seat.home = box.home AND seat.node = box.node
  UNION ALL
  SELECT workload_id, image_id, 'uses_image',
         CASE WHEN digest IS NOT NULL THEN 'image id of the container'
              ELSE 'image reference of the container' END,
         seen
  FROM shown
  UNION ALL
  SELECT workload_id, controller_of(CASE WHEN top.is_ring THEN owner.uid ELSE found.uid END),
         'member_of', 'owner references', seen
  FROM box JOIN top ON top.start = owner.uid
  UNION ALL
  SELECT workload_id, 'docker||container|' || regexp_extract(s.containerID, '[0-9a-f]{64}$'),
         'same_as', 'container id of the engine', seen
  FROM box WHERE regexp_full_match(s.containerID, 'docker://[0-9a-f]{64}')
)
SELECT from_id, to_id, relation, evidence,
       CASE WHEN evidence = 'image reference of the container' THEN 0.8 ELSE 1.0 END AS confidence,
       seen
FROM told WHERE from_id IS NOT NULL AND to_id IS NOT NULL
