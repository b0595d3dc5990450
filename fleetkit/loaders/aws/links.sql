-- Relations of instances: the image, host, security groups and Auto Scaling group of each.
WITH machine AS (
    SELECT 'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId AS from_id,
        'aws|' || coalesce(OwnerId, seen.account, '') AS scope, *
    FROM instance
), member AS (
    SELECT member.InstanceId AS member_id, list(DISTINCT AutoScalingGroupName) AS herds
    FROM (SELECT unnest(Instances) AS member, AutoScalingGroupName FROM auto_scaling_group)
    GROUP BY member.InstanceId
), grouped AS (
    SELECT from_id, scope, seen, list_distinct(list_concat(
        list_transform(
            list_filter(Tags, lambda t: t.Key = 'aws:autoscaling:groupName'), lambda t: t.Value
        ), herds
    )) AS herds
    FROM machine LEFT JOIN member ON member.member_id = InstanceId
)
SELECT from_id, 'aws||ami|' || ImageId AS to_id, 'uses_image' AS relation,
    'launched from it, recorded by EC2' AS evidence, 1.0 AS confidence, seen
FROM machine WHERE ImageId <> ''
UNION ALL BY NAME
SELECT from_id, scope || '|host|' || Placement.HostId AS to_id, 'runs_on' AS relation,
    'placed on it, recorded by EC2' AS evidence, 1.0 AS confidence, seen
FROM machine WHERE Placement.HostId <> ''
UNION ALL BY NAME
SELECT from_id, scope || '|security_group|' || wall AS to_id,
    'member_of' AS relation, 'security group of the instance' AS evidence, 1.0 AS confidence, seen
FROM (
    SELECT from_id, scope, seen,
        unnest(list_distinct(list_transform(SecurityGroups, lambda g: g.GroupId))) AS wall
    FROM machine
)
UNION ALL BY NAME
SELECT from_id, scope || '|autoscaling_group|' || herd AS to_id, 'member_of' AS relation,
    'instance of the Auto Scaling group' AS evidence, 1.0 AS confidence, seen
FROM (SELECT from_id, scope, seen, unnest(herds) AS herd FROM grouped)
WHERE herd IS NOT NULL
