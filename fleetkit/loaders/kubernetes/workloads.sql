-- One row per container of a pod, init steps and debugging ones included.
WITH joined AS (
  SELECT box.*, seat.m AS m, top.found AS found, top.is_ring AS is_ring,
         COALESCE(ran.digest, p.image_id) AS image_id,
         limited.amount AS cores, asked.amount AS cores_asked,
         bounded.bytes AS bytes, reserved.bytes AS bytes_asked,
         labels['pod-template-hash'] AS hash,
         TRY_CAST(regexp_extract(owner.name, '-([0-9]{8,10})$', 1) AS BIGINT) AS due,
         s.state.running IS NOT NULL AS is_running, s.state.terminated AS ended,
         s.lastState.terminated AS ended_before,
         CASE WHEN is_declared THEN declared.podManagementPolicy
              ELSE nullif(wish.policy, 'OrderedReady') END AS policy  -- which servers fill in
  FROM box
  LEFT JOIN seat ON seat.home = box.home AND seat.node = box.node
  LEFT JOIN top ON top.start = owner.uid
  LEFT JOIN (SELECT metadata.uid AS uid, min(spec.podManagementPolicy) AS policy
             FROM stateful_set GROUP BY metadata.uid) AS wish ON wish.uid = owner.uid
  LEFT JOIN picture AS p ON p.reference = box.image
  LEFT JOIN picture AS ran ON ran.reference = s.imageID
  LEFT JOIN quantity AS limited ON limited.text = cpu_limit
  LEFT JOIN quantity AS asked ON asked.text = cpu_request
  LEFT JOIN quantity AS bounded ON bounded.text = memory_limit
  LEFT JOIN quantity AS reserved ON reserved.text = memory_request
), told AS (
  SELECT *,
    -- Of a set or job that was not read, its name tells who made it
    CASE
      WHEN is_declared
        THEN CASE declared.kind WHEN 'Pod' THEN 'none' ELSE kind_of(declared.kind) END
      WHEN is_mirror THEN 'system'
      WHEN NOT is_owned THEN 'none'
      WHEN is_ring THEN 'unknown'
      WHEN found.kind = 'replicaset' AND NOT found.is_read AND ends_with(found.name, '-' || hash)
        THEN 'deployment'
      WHEN found.kind = 'job' AND NOT found.is_read
        AND abs(due * CASE WHEN due < 100000000 THEN 60 ELSE 1 END - epoch(created)) < 172800
        THEN 'cronjob'
      ELSE COALESCE(found.kind, 'unknown') END AS controller
  FROM joined
), named AS (
  SELECT *,
    CASE
      WHEN controller = 'none' THEN NULL
      WHEN is_declared THEN full_name(declared.namespace, declared.name)
      WHEN controller = 'system'
        THEN full_name(namespace, regexp_replace(pod, '-' || regexp_escape(node) || '$', ''))
      WHEN is_ring THEN full_name(namespace, owner.name)
      WHEN controller IN ('deployment', 'cronjob') AND found.kind IN ('replicaset', 'job')
        THEN regexp_replace(found.name, '-[^-]*$', '')
      ELSE found.name END AS crew
  FROM told
), scaled AS (  -- only where one autoscaler can be meant
  SELECT home, is_declared, controller, crew, any_value(scaler) AS scaler
  FROM (
    SELECT crews.*, scaler,
           rank() OVER (PARTITION BY crews.home, crews.is_declared, controller, crew
                        ORDER BY nearness(crews.home, scaler.home) DESC) AS place
    FROM (SELECT DISTINCT home, is_declared, controller, crew FROM named) AS crews
    JOIN scaler ON scaler.kind = controller AND scaler.name = crew
     AND scaler.is_declared = crews.is_declared AND nearness(crews.home, scaler.home) > 0)
  WHERE place = 1 GROUP BY ALL HAVING count(*) = 1
), prepared AS (  -- steps that see a volume of the container before it does
  SELECT box.workload_id, list_sort(list_distinct(list(array_to_string(step.command, ' '))))
           AS steps
  FROM box JOIN box AS step ON step.key = box.key AND step.role = 'init' AND len(step.command) > 0
   AND list_has_any(list_transform(step.files, lambda f: f.name),
                    list_transform(box.files, lambda f: f.name))
  WHERE box.role = 'main' GROUP BY box.workload_id
)
SELECT
  workload_id,
  'container' AS kind,
  native_id,
  CASE WHEN is_declared THEN 'declared' END AS origin,
  m.land AS region,
  pod || '/' || name AS name,
  CASE WHEN is_declared THEN hostname
       WHEN on_host_network THEN node
       ELSE COALESCE(filled(hostname), left(pod, 63)) END AS hostname,
  CASE
    WHEN is_declared THEN NULL
    WHEN is_running AND is_leaving THEN 'stopping'
    WHEN is_running THEN 'running'
    WHEN ended.exitCode = 0 THEN 'terminated'
    WHEN ended IS NOT NULL THEN 'failed'
    WHEN regexp_matches(s.state.waiting.reason, 'BackOff|Err|Invalid') THEN 'failed'
    WHEN phase = 'Succeeded' THEN 'terminated'
    WHEN phase = 'Failed' THEN 'failed'
    WHEN phase IN ('Pending', 'Running') THEN 'starting'
    ELSE 'unknown' END AS state,
  CASE WHEN NOT is_declared THEN
    COALESCE(ended.reason, s.state.waiting.reason, CASE WHEN is_running THEN 'Running' END,
             filled(reason), phase) END AS state_raw,
  CASE WHEN way IS NULL OR is_declared THEN NULL
       WHEN NOT is_running OR s.ready IS NULL THEN 'unknown'
       WHEN s.ready THEN 'passing' ELSE 'critical' END AS health,
  way AS health_check,
  cores AS cpu_cores,
  cores_asked AS cpu_request_cores,
  bytes AS memory_bytes,
  bytes_asked AS memory_request_bytes,
  m.status.nodeInfo.operatingSystem AS os_family,
  CASE WHEN m IS NOT NULL THEN 'host' END AS os_source,
  m.status.nodeInfo.architecture AS arch,
  image AS image_ref,
  image_id,
  filled(array_to_string(command, ' ')) AS command,
  created AS created_at,
  time_of(COALESCE(s.state.running.startedAt, ended.startedAt, ended_before.startedAt))
    AS started_at,
  CASE WHEN NOT is_running THEN time_of(COALESCE(ended.finishedAt, ended_before.finishedAt)) END
    AS stopped_at,
  CASE WHEN NOT is_running THEN COALESCE(ended.exitCode, ended_before.exitCode) END AS exit_code,
  s.restartCount AS restart_count,
  CASE WHEN role = 'sidecar' THEN 'always' WHEN role = 'ephemeral' THEN 'never'
       WHEN role = 'init' AND COALESCE(restart, 'Always') <> 'Never' THEN 'onfailure'
       ELSE lower(COALESCE(restart, 'Always')) END AS restart_policy,
  COALESCE(grace, 30)::DOUBLE AS stop_grace_seconds,
  stop_hook,
  CASE WHEN role = 'main' THEN COALESCE(prepared.steps, []) END AS init_commands,
  controller AS controller_kind,
  crew || companion AS controller_name,
  CASE WHEN is_declared THEN declared.replicas WHEN controller = found.kind THEN found.wanted END
    AS replicas,
  COALESCE(scaler.least, CASE WHEN scaler IS NOT NULL THEN 1 END) AS min_replicas,
  scaler.most AS max_replicas,
  CASE policy WHEN 'Parallel' THEN 'parallel' WHEN 'OrderedReady' THEN 'ordered' END
    AS start_order,
  COALESCE(labels['controller-revision-hash'], hash) AS revision,
  m.machine_id AS host_id,
  m.zone AS zone,
  environment_of(labels) AS environment,
  CASE WHEN NOT is_declared THEN list_sort(list_distinct(ips)) END AS private_ips,
  stable_name,
  told_own_name,
  filled(s.containerID) AS provider_id,
  privileged,
  read_only_root,
  run_as,
  list_sort(capabilities) AS capabilities,
  list_concat(CASE WHEN on_host_ipc THEN ['ipc'] ELSE [] END,
              CASE WHEN on_host_network THEN ['network'] ELSE [] END,
              CASE WHEN on_host_pid THEN ['pid'] ELSE [] END) AS host_namespaces,
  list_sort(list_distinct(pins)) AS pinned_to,
  CASE WHEN controller IN ('job', 'cronjob') OR role IN ('init', 'ephemeral') THEN true END
    AS ephemeral,
  CASE WHEN ports IS NOT NULL THEN list_sort(list_distinct(list_transform(
    list_zip(ports, protocols), lambda p: p[1] || '/' || p[2]))) END
    AS ports,
  list_sort(list_distinct(env_names)) AS env_names,
  list_concat(
    COALESCE(map_entries(labels), []),
    CASE WHEN role <> 'main' THEN [{'key': 'container role', 'value': role}] ELSE [] END,
    CASE WHEN evict IS NOT NULL
         THEN [{'key': 'cluster-autoscaler.kubernetes.io/safe-to-evict', 'value': evict}]
         ELSE [] END,
    CASE WHEN undisturbed IS NOT NULL
         THEN [{'key': 'karpenter.sh/do-not-disrupt', 'value': undisturbed}] ELSE [] END) AS tags,
  seen
FROM named
LEFT JOIN prepared USING (workload_id)
LEFT JOIN scaled USING (home, is_declared, controller, crew)
