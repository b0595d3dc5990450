-- Relations of containers: host, image, service, cluster, what they wait for, who balances to them.
WITH recipe AS (
    SELECT DISTINCT ON (DefinitionArn, Name) * FROM ecs_definition
    ORDER BY DefinitionArn, Name, seen.number
), box AS (
    SELECT
        first.* EXCLUDE (Name, ImageId), coalesce(first.Name, recipe.Name) AS Name, recipe.DependsOn,
        recipe.Links, coalesce(first.ImageId, recipe.ImageId) AS image_id,
        'aws|' || coalesce(first.Account, first.seen.account, '') AS scope,
        concat_ws('/', coalesce(first.Region, first.seen.region), first.Cluster) AS flock,
        'aws|' || coalesce(first.Account, first.seen.account, '') || '|container|'
            || first.Cluster || '/' || first.Task || '/' AS head
    FROM (SELECT DISTINCT ON (TaskArn, Name) * FROM ecs_container
          ORDER BY TaskArn, Name, seen.number) AS first
    LEFT JOIN recipe ON recipe.DefinitionArn = first.DefinitionArn
        AND (recipe.Name = first.Name OR first.Name IS NULL)
), named AS (
    SELECT *, CASE WHEN Name IS NULL THEN scope || '|task|' || Cluster || '/' || Task
                   ELSE head || Name END AS from_id FROM box
), host AS (
    SELECT Arn, min(nullif(Machine, '')) AS machine FROM ecs_host GROUP BY Arn
), told AS (
    SELECT from_id, scope || '|vm|' || host.machine AS to_id, 'runs_on' AS relation,
        'container instance of the task' AS evidence, named.seen
    FROM named JOIN host ON host.Arn = named.HostArn
    UNION ALL BY NAME
    SELECT from_id, image_id AS to_id, 'uses_image' AS relation,
        CASE WHEN ImageDigest IS NOT NULL THEN 'image digest of the container'
             ELSE 'image reference of the container' END AS evidence, seen
    FROM named
    UNION ALL BY NAME
    SELECT from_id, scope || '|ecs_service|' || flock || '/' || Service AS to_id,
        'member_of' AS relation, 'service of the task' AS evidence, seen
    FROM named
    UNION ALL BY NAME
    SELECT from_id, scope || '|ecs_cluster|' || flock AS to_id,
        'member_of' AS relation, 'cluster of the task' AS evidence, seen
    FROM named
    UNION ALL BY NAME
    SELECT from_id, head || unnest(DependsOn) AS to_id, 'depends_on' AS relation,
        'dependsOn of the task definition' AS evidence, seen
    FROM named
    UNION ALL BY NAME
    SELECT from_id, head || unnest(Links) AS to_id, 'depends_on' AS relation,
        'links of the task definition' AS evidence, seen
    FROM named
    UNION ALL BY NAME
    SELECT from_id, 'docker||container|' || RuntimeId AS to_id, 'same_as' AS relation,
        'runtime id of the container' AS evidence, seen
    FROM named WHERE regexp_full_match(RuntimeId, '[0-9a-f]{64}')
), single AS (
    SELECT DISTINCT ON (from_id, to_id, relation, evidence) *,
        CASE WHEN evidence = 'image reference of the container' THEN 0.8 ELSE 1.0 END AS confidence
    FROM told WHERE from_id IS NOT NULL AND to_id IS NOT NULL
    ORDER BY from_id, to_id, relation, evidence, seen.number
), front AS (
    SELECT DISTINCT TargetGroupArn AS arn, unnest(LoadBalancerArns) AS balancer FROM target_group
), balanced AS (
    SELECT DISTINCT Account, Region, Cluster, Name, unnest(Balancers) AS balancer FROM ecs_service
)
SELECT * FROM single
UNION ALL BY NAME
SELECT DISTINCT 'aws|' || split_part(front.balancer, ':', 5) || '|load_balancer|'
        || regexp_replace(front.balancer, '^.*:loadbalancer/', '') AS from_id,
    named.from_id AS to_id, 'balances_to' AS relation,
    'load balancer of the service' AS evidence, 1.0 AS confidence,
    balanced.balancer.Port AS port, named.seen
FROM balanced
JOIN front ON front.arn = balanced.balancer.TargetGroup
JOIN named ON named.Service = balanced.Name AND named.Cluster = balanced.Cluster
    AND named.Account IS NOT DISTINCT FROM balanced.Account
    AND named.Region IS NOT DISTINCT FROM balanced.Region
    AND named.Name = balanced.balancer.Container
