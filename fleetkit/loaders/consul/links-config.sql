WITH route AS (SELECT *, unnest(Routes).Destination AS there FROM entry WHERE Kind = 'service-router'
), split AS (SELECT *, unnest(Splits) AS there FROM entry WHERE Kind = 'service-splitter'
), redirect AS (SELECT *, Redirect AS there FROM entry WHERE Kind = 'service-resolver'
), spare AS (SELECT *, unnest(Failover).Value AS instead FROM entry WHERE Kind = 'service-resolver'
), spare_target AS (SELECT *, unnest(instead.Targets) AS there FROM spare
), spare_place AS (SELECT *, unnest(instead.Datacenters) AS place FROM spare
), override AS (
  SELECT *, unnest(UpstreamConfig.Overrides) AS there FROM entry WHERE Kind = 'service-defaults'
), listener AS (
  SELECT *, unnest(Listeners) AS one FROM entry WHERE Kind IN ('ingress-gateway', 'api-gateway')
), exposed AS (SELECT *, unnest(one.Services) AS there FROM listener WHERE Kind = 'ingress-gateway'
), outside AS (SELECT *, unnest(Services) AS there FROM entry WHERE Kind = 'terminating-gateway'
), step AS (
  SELECT * REPLACE (unnest(Rules).Services AS Services) FROM entry WHERE Kind = 'http-route'
  UNION ALL SELECT * FROM entry WHERE Kind = 'tcp-route'
), parent AS (SELECT *, unnest(Parents) AS gate FROM step
), joined AS (
  SELECT *, unnest(Services) AS there,
         service_of(scope_of(dc, COALESCE(filled(gate.Partition), Partition),
           COALESCE(filled(gate.Namespace), Namespace), NULL), gate.Name) AS gate_id
  FROM parent WHERE gate.Kind = 'api-gateway'
), told AS (
  SELECT name_id AS from_id, chosen_of(dc, Partition, Namespace, there, Name) AS to_id,
         'routes_to' AS relation, Kind AS evidence, NULL::BIGINT AS port, dc, seen
  FROM route WHERE there IS NOT NULL
  UNION ALL
  SELECT name_id, chosen_of(dc, Partition, Namespace, there, Name), 'balances_to',
         Kind || COALESCE(', weight ' || regexp_replace(there.Weight::VARCHAR, '\.0$', ''), '')
           || COALESCE(', subset ' || filled(there.ServiceSubset), ''), NULL, dc, seen
  FROM split
  UNION ALL
  SELECT name_id, chosen_of(dc, Partition, Namespace, there, Name), 'routes_to',
         'redirect of service-resolver', NULL, dc, seen
  FROM redirect WHERE there IS NOT NULL
  UNION ALL
  SELECT name_id, chosen_of(dc, Partition, Namespace, there, Name), 'routes_to',
         'failover of service-resolver', NULL, dc, seen
  FROM spare_target
  UNION ALL
  SELECT name_id, chosen_of(place, Partition, Namespace, instead, Name), 'routes_to',
         'failover of service-resolver', NULL, dc, seen
  FROM spare_place
  UNION ALL
  SELECT name_id, chosen_of(dc, Partition, Namespace, instead, Name), 'routes_to',
         'failover of service-resolver', NULL, dc, seen
  FROM spare WHERE COALESCE(len(instead.Datacenters), 0) = 0 AND COALESCE(len(instead.Targets), 0) = 0
  UNION ALL
  SELECT name_id, named_of(dc, Partition, Namespace, there), 'depends_on',
         'upstream in service-defaults', NULL, dc, seen
  FROM override
  UNION ALL
  SELECT name_id, named_of(dc, Partition, Namespace, there), 'exposes', Kind, port_of(one.Port), dc, seen
  FROM exposed
  UNION ALL
  SELECT name_id, named_of(dc, Partition, Namespace, there), 'routes_to', Kind, NULL, dc, seen
  FROM outside
  UNION ALL
  SELECT gate_id, named_of(joined.dc, joined.Partition, joined.Namespace, there), 'exposes',
         joined.Kind, port_of(listener.one.Port), joined.dc, joined.seen
  FROM joined LEFT JOIN listener ON listener.Kind = 'api-gateway' AND listener.name_id = gate_id
   AND (filled(gate.SectionName) IS NULL OR listener.one.Name = gate.SectionName)
)
SELECT DISTINCT ON (from_id, to_id, relation, evidence, port, dc)
       * EXCLUDE (dc), dc AS region, 1.0 AS confidence
FROM told
WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND (from_id <> to_id OR relation = 'balances_to')
ORDER BY from_id, to_id, relation, evidence, port, dc, seen.number
