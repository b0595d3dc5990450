WITH rule AS (
  SELECT home_of(NULL, seen.region, seen.target) AS dc,
         SourceName AS source, SourceNS AS space, SourcePartition AS area, SourcePeer AS peer,
         SourceSamenessGroup AS circle, DestinationName AS name, DestinationNS AS to_space,
         DestinationPartition AS to_area, Action AS action, Precedence AS rank, Permissions, seen
  FROM intention
  UNION ALL
  SELECT dc, one.Name, one.Namespace, one.Partition, one.Peer, one.SamenessGroup, Name, Namespace,
         Partition, one.Action, one.Precedence, one.Permissions, seen
  FROM (SELECT *, unnest(Sources) AS one FROM entry WHERE Kind = 'service-intentions')
), act AS (  -- one that looks into requests may allow some and deny others
  SELECT * EXCLUDE (Permissions), 'intention' AS words FROM rule WHERE filled(action) IS NOT NULL
  UNION ALL
  SELECT * EXCLUDE (Permissions) REPLACE (unnest(list_distinct(list_transform(
           Permissions, lambda one: one.Action))) AS action),
         'intention for some requests'
  FROM rule WHERE filled(action) IS NULL
), told AS (
  SELECT service_of(CASE WHEN filled(circle) IS NULL THEN scope_of(dc, area, space, peer)
                         ELSE 'group:' || part(circle) END, source) AS from_id,
         service_of(scope_of(dc, to_area, to_space, NULL), name) AS to_id,
         CASE action WHEN 'allow' THEN 'allowed_to' WHEN 'deny' THEN 'denied_to' END AS relation,
         words || COALESCE(', precedence ' || nullif(rank, 0), '') AS evidence,
         1.0 AS confidence, dc AS region, seen
  FROM act
)
SELECT DISTINCT ON (from_id, to_id, relation, evidence, region) * FROM told
WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND relation IS NOT NULL
ORDER BY from_id, to_id, relation, evidence, region, seen.number
