-- Ports that containers answer on: of their task's own interface, or published on their host.
WITH herd AS (
    SELECT DISTINCT ON (Account, Region, Cluster, Name) * FROM ecs_service
    ORDER BY Account, Region, Cluster, Name, seen.number
), offered AS (
    SELECT
        box.*, 'aws|' || coalesce(box.Account, box.seen.account, '') AS scope,
        box.Cluster || '/' || box.Task || '/' || coalesce(box.Name, recipe.Name) AS place,
        recipe.Family, recipe.Checked,
        len(box.Bindings) > 0 AS published,
        unnest(CASE
            WHEN len(box.Bindings) > 0 THEN list_distinct(box.Bindings)
            WHEN len(box.TaskAddresses) > 0 THEN list_distinct(list_transform(
                recipe.Ports, lambda p: {'Ip': box.TaskAddresses[1], 'Container': p.Container,
                                         'Host': p.Container, 'Protocol': p.Protocol}))
        END) AS door
    FROM box
    LEFT JOIN recipe ON recipe.DefinitionArn = box.DefinitionArn
        AND (recipe.Name = box.Name OR box.Name IS NULL)
)
SELECT
    offered.scope || '|service|' || place || ':' || door.Host || '/' || door.Protocol
        || CASE WHEN published THEN '@' || coalesce(door.Ip, '') ELSE '' END AS service_id,
    coalesce(offered.Service, offered.Family) AS service_name,
    offered.scope || '|container|' || place AS workload_id,
    door.Ip AS address,
    door.Host AS port,
    door.Container AS target_port,
    door.Protocol AS protocol,
    CASE Health
        WHEN 'HEALTHY' THEN 'passing' WHEN 'UNHEALTHY' THEN 'critical'
        ELSE CASE WHEN Checked THEN 'unknown' END
    END AS health,
    CASE
        WHEN published THEN 'node'
        WHEN herd.PublicIp = 'DISABLED' THEN 'private'
    END AS exposure,
    offered.seen
FROM offered
LEFT JOIN herd ON herd.Name = offered.Service AND herd.Cluster = offered.Cluster
    AND herd.Account IS NOT DISTINCT FROM offered.Account
    AND herd.Region IS NOT DISTINCT FROM offered.Region
