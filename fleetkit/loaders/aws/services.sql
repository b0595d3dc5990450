-- Targets of load balancers: one row per target group and registered target.
WITH face AS (
    SELECT LoadBalancerArn AS arn, min(DNSName) AS address, min(Scheme) AS scheme
    FROM load_balancer GROUP BY LoadBalancerArn
), team AS (
    SELECT TargetGroupArn AS arn, min(TargetGroupName) AS name, min(Protocol) AS protocol,
        min(TargetType) AS type, min(VpcId) AS vpc, min_by(LoadBalancerArns, seen.number) AS fronts
    FROM target_group GROUP BY TargetGroupArn
), exposed AS (
    SELECT team.arn, max(CASE face.scheme WHEN 'internet-facing' THEN 'public'
                                          WHEN 'internal' THEN 'private' END) AS exposure,
        min(face.address) AS address
    FROM (SELECT arn, unnest(fronts) AS front FROM team) AS team
    LEFT JOIN face ON face.arn = team.front
    GROUP BY team.arn
), door AS (
    SELECT arn, min(port) AS port FROM (
        SELECT Port AS port, unnest(list_concat(
            list_transform(DefaultActions, lambda a: a.TargetGroupArn),
            flatten(list_transform(DefaultActions, lambda a: list_transform(
                a.ForwardConfig.TargetGroups, lambda g: g.TargetGroupArn)))
        )) AS arn FROM listener
    ) GROUP BY arn
), machine AS (
    SELECT InstanceId AS id, min_by(
        'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId, seen.number
    ) AS workload_id, min(PrivateIpAddress) AS address
    FROM instance GROUP BY InstanceId
), placed AS (
    SELECT VpcId AS vpc, ip, min(workload_id) AS workload_id FROM (
        SELECT DISTINCT VpcId, 'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId
            AS workload_id, unnest(list_concat([PrivateIpAddress], flatten(list_transform(
                NetworkInterfaces, lambda n: list_transform(
                    n.PrivateIpAddresses, lambda a: a.PrivateIpAddress))))) AS ip
        FROM instance WHERE EXISTS (SELECT 1 FROM target_group WHERE TargetType = 'ip')
    )
    WHERE ip IS NOT NULL GROUP BY VpcId, ip
)
SELECT
    'aws|' || split_part(TargetGroupArn, ':', 5) || '|service|'
        || regexp_replace(TargetGroupArn, '^.*:targetgroup/', '') || '/' || Target.Id
        || coalesce('/' || Target.Port, '') AS service_id,
    team.name AS service_name,
    CASE WHEN team.type = 'ip' THEN placed.workload_id
         WHEN coalesce(team.type, 'instance') = 'instance' AND Target.Id LIKE 'i-%' THEN coalesce(
            machine.workload_id,
            'aws|' || split_part(TargetGroupArn, ':', 5) || '|vm|' || Target.Id)
    END AS workload_id,
    CASE WHEN team.type = 'ip' THEN Target.Id ELSE machine.address END AS address,
    door.port, Target.Port AS target_port, lower(team.protocol) AS protocol,
    CASE TargetHealth.State
        WHEN 'healthy' THEN 'passing' WHEN 'unhealthy' THEN 'critical'
        WHEN 'initial' THEN 'warning' WHEN 'draining' THEN 'warning'
        WHEN 'unhealthy.draining' THEN 'critical' ELSE 'unknown'
    END AS health,
    CASE WHEN len(team.fronts) = 0 THEN 'none' ELSE exposed.exposure END AS exposure, seen
FROM target_health
LEFT JOIN team ON team.arn = TargetGroupArn
LEFT JOIN exposed ON exposed.arn = TargetGroupArn
LEFT JOIN door ON door.arn = TargetGroupArn
LEFT JOIN machine ON machine.id = Target.Id
LEFT JOIN placed ON placed.vpc = team.vpc AND placed.ip = Target.Id
