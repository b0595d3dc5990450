SELECT workload_id AS from_id, 'openstack||stack|' || stack AS to_id, 'member_of' AS relation,
    'metering.stack' AS evidence, 1.0 AS confidence, seen
FROM (SELECT *, list_filter(metadata, lambda t: t.Key = 'metering.stack')[1].Value AS stack
      FROM machine)
WHERE nullif(stack, '') IS NOT NULL
