-- Containers of ECS tasks: what runs, with what its definition and service ask for.
WITH box AS (
    SELECT DISTINCT ON (TaskArn, Name) * FROM ecs_container ORDER BY TaskArn, Name, seen.number
), recipe AS (
    SELECT *, count(*) OVER (PARTITION BY DefinitionArn) AS siblings
    FROM (SELECT DISTINCT ON (DefinitionArn, Name) * FROM ecs_definition
          ORDER BY DefinitionArn, Name, seen.number)
), herd AS (
    SELECT DISTINCT ON (Account, Region, Cluster, Name) * FROM ecs_service
    ORDER BY Account, Region, Cluster, Name, seen.number
), host AS (
    SELECT DISTINCT ON (Arn) * FROM ecs_host ORDER BY Arn, seen.number
), tagged AS (  -- the first of those that differ in case only
    SELECT TaskArn, min_by(tag.Value, tag.Key) FILTER (
        lower(tag.Key) IN ('environment', 'env', 'stage')) AS environment
    FROM (SELECT TaskArn, unnest(Tags) AS tag FROM box) GROUP BY TaskArn
), joined AS (
    SELECT
        box.* EXCLUDE (Arch, Command, Zone), coalesce(box.Name, recipe.Name) AS container, herd.Desired, host.Machine,
        'aws|' || coalesce(box.Account, box.seen.account, '') AS scope, recipe.Name AS told,
        box.Cluster || '/' || box.Task AS place, tagged.environment,
        coalesce(box.State, box.TaskState) AS state_raw,
        coalesce(box.Image, recipe.Image) AS image_ref,
        coalesce(box.ImageId, recipe.ImageId) AS image_id,
        -- a share of its own, else all that the task may use
        coalesce(box.Cpu, recipe.Cpu, box.TaskCpu, recipe.TaskCpu) AS units,
        coalesce(box.Memory, recipe.Memory, box.TaskMemory, recipe.TaskMemory) AS mebibytes,
        lower(coalesce(box.Platform, recipe.OsFamily, host.Os)) AS system,
        lower(coalesce(box.Arch, recipe.Arch, host.Arch)) AS arch,
        coalesce(box.Command, recipe.Command) AS command, recipe.Checked, recipe.Restarts,
        recipe.StopSeconds, recipe.Hostname, recipe.Privileged, recipe.ReadOnlyRoot,
        recipe.Ports, recipe.EnvNames AS names_before, recipe.Labels, recipe.siblings,
        coalesce(box.Zone, host.Zone) AS zone
    FROM box
    LEFT JOIN recipe ON recipe.DefinitionArn = box.DefinitionArn
        AND (recipe.Name = box.Name OR box.Name IS NULL)
    LEFT JOIN herd ON herd.Name = box.Service AND herd.Cluster = box.Cluster
        AND herd.Account IS NOT DISTINCT FROM box.Account
        AND herd.Region IS NOT DISTINCT FROM box.Region
    LEFT JOIN host ON host.Arn = box.HostArn
    LEFT JOIN tagged ON tagged.TaskArn = box.TaskArn
)
SELECT
    CASE WHEN container IS NULL THEN scope || '|task|' || place
         ELSE scope || '|container|' || place || '/' || container END AS workload_id,
    CASE WHEN container IS NULL THEN 'task' ELSE 'container' END AS kind,
    coalesce(RuntimeId, concat_ws('/', Task, container)) AS native_id,
    coalesce(container, Task) AS name,
    Hostname AS hostname,
    CASE
        WHEN state_raw = 'RUNNING' THEN 'running'
        WHEN state_raw IN ('PROVISIONING', 'PENDING', 'ACTIVATING') THEN 'starting'
        WHEN state_raw IN ('DEACTIVATING', 'STOPPING', 'DEPROVISIONING') THEN 'stopping'
        WHEN state_raw = 'STOPPED' AND (ExitCode > 0 OR StopCode = 'TaskFailedToStart')
            THEN 'failed'
        WHEN state_raw = 'STOPPED' AND TaskState = 'STOPPED' THEN 'terminated'
        WHEN state_raw = 'STOPPED' THEN 'stopped'
        WHEN state_raw = 'DELETED' THEN 'terminated'
        ELSE 'unknown'
    END AS state,
    state_raw,
    CASE Health
        WHEN 'HEALTHY' THEN 'passing' WHEN 'UNHEALTHY' THEN 'critical'
        ELSE CASE WHEN Checked THEN 'unknown' END
    END AS health,
    CASE WHEN Checked THEN 'command' END AS health_check,
    units / 1024.0 AS cpu_cores,
    mebibytes * 1048576 AS memory_bytes,
    CASE WHEN system LIKE 'windows%' THEN 'windows' WHEN system LIKE 'linux%' THEN 'linux' END
        AS os_family,
    arch, image_ref, image_id, command,
    TRY_CAST(Created AS TIMESTAMPTZ) AS created_at,
    TRY_CAST(Started AS TIMESTAMPTZ) AS started_at,
    TRY_CAST(Stopped AS TIMESTAMPTZ) AS stopped_at,
    CASE WHEN state_raw = 'STOPPED' THEN ExitCode END AS exit_code,
    CASE WHEN Restarts THEN 'always' WHEN told IS NOT NULL THEN 'no' END AS restart_policy,
    StopSeconds::DOUBLE AS stop_grace_seconds,
    CASE
        WHEN Service IS NOT NULL THEN 'ecs'
        WHEN StartedBy LIKE 'events-rule/%' OR StartedBy LIKE 'chronos-schedule/%' THEN 'cronjob'
        WHEN "Group" LIKE 'family:%' AND coalesce(StartedBy, '') = '' THEN 'none'
        ELSE 'unknown'
    END AS controller_kind,
    -- containers of one task are no siblings: each has its own
    CASE
        WHEN Service IS NOT NULL THEN Cluster || '/' || Service
            || CASE WHEN coalesce(siblings, Containers) > 1 THEN '/' || container ELSE '' END
        WHEN StartedBy LIKE 'events-rule/%' OR StartedBy LIKE 'chronos-schedule/%' THEN StartedBy
    END AS controller_name,
    Desired AS replicas,
    scope || '|vm|' || nullif(Machine, '') AS host_id,
    zone, environment,
    list_sort(list_distinct(list_concat(TaskAddresses, Addresses))) AS private_ips,
    Macs AS macs,
    Privileged AS privileged, ReadOnlyRoot AS read_only_root,
    CASE WHEN Provider = 'FARGATE_SPOT' THEN true END AS ephemeral,
    list_sort(list_distinct(list_transform(Ports, lambda p: p.Container || '/' || p.Protocol)))
        AS ports,
    CASE WHEN told IS NOT NULL OR len(EnvNames) > 0
        THEN list_sort(list_distinct(list_concat(names_before, EnvNames))) END AS env_names,
    list_concat(Labels, Tags) AS tags,
    seen
FROM joined
