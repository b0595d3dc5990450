WITH team AS (
    SELECT DISTINCT ON (id) id, policy, members, seen FROM server_group
    WHERE id IS NOT NULL ORDER BY id, seen.number
), membership AS (
    SELECT unnest(members) AS server_id, id AS group_id, seen FROM team
    UNION ALL SELECT id, unnest(server_groups), seen FROM machine
)
SELECT DISTINCT ON (from_id, to_id)
    'openstack||vm|' || server_id AS from_id, 'openstack||group|' || group_id AS to_id,
    'member_of' AS relation, coalesce('server group: ' || team.policy, 'server group') AS evidence,
    1.0 AS confidence, membership.seen
FROM membership LEFT JOIN team ON team.id = membership.group_id
WHERE server_id IS NOT NULL AND group_id IS NOT NULL
ORDER BY from_id, to_id, membership.seen.number
