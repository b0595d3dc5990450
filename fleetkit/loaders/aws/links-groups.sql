-- Relations of groups: images of launch templates, security groups, targets of load balancers.
WITH template AS (
    SELECT LaunchTemplateId AS id, VersionNumber AS version, DefaultVersion AS is_default,
        LaunchTemplateData.ImageId AS image, max(VersionNumber) OVER (PARTITION BY LaunchTemplateId)
            AS latest
    FROM launch_template_version WHERE LaunchTemplateData.ImageId LIKE 'ami-%'
), herd AS (
    SELECT 'aws|' || split_part(AutoScalingGroupARN, ':', 5) || '|autoscaling_group|'
            || AutoScalingGroupName AS from_id,
        coalesce(LaunchTemplate, MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification)
            AS template, seen
    FROM auto_scaling_group
), rule AS (
    SELECT 'aws|' || OwnerId || '|security_group|' || GroupId AS to_id, OwnerId,
        unnest(IpPermissions) AS permission, seen
    FROM security_group
), front AS (
    SELECT TargetGroupArn AS arn, unnest(LoadBalancerArns) AS balancer FROM target_group
)
SELECT DISTINCT from_id, 'aws||ami|' || template.image AS to_id, 'uses_image' AS relation,
    'launch template of the group' AS evidence, 1.0 AS confidence, seen
FROM herd JOIN template ON template.id = herd.template.LaunchTemplateId
    AND CASE coalesce(herd.template.Version, '$Default')
        WHEN '$Default' THEN template.is_default WHEN '$Latest' THEN template.version = latest
        ELSE template.version::VARCHAR = herd.template.Version END
UNION ALL BY NAME
SELECT DISTINCT 'aws|' || coalesce(pair.UserId, OwnerId) || '|security_group|' || pair.GroupId
        AS from_id,
    to_id, 'allowed_to' AS relation, 'rule of the security group' AS evidence, 1.0 AS confidence,
    CASE WHEN from_port = to_port AND from_port >= 0 THEN from_port END AS port, seen
FROM (
    SELECT to_id, OwnerId, permission.FromPort AS from_port, permission.ToPort AS to_port,
        unnest(permission.UserIdGroupPairs) AS pair, seen
    FROM rule
)
WHERE pair.GroupId IS NOT NULL
UNION ALL BY NAME
SELECT DISTINCT 'aws|' || split_part(balancer, ':', 5) || '|load_balancer|'
        || regexp_replace(balancer, '^.*:loadbalancer/', '') AS from_id,
    'aws|' || split_part(TargetGroupArn, ':', 5) || '|vm|' || Target.Id AS to_id,
    'balances_to' AS relation, 'target of the load balancer' AS evidence, 1.0 AS confidence,
    Target.Port AS port, seen
FROM target_health JOIN (SELECT DISTINCT * FROM front) ON arn = TargetGroupArn
WHERE Target.Id LIKE 'i-%'
