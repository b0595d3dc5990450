-- Deployments: each of their replica sets is a version.
WITH asked AS (
  SELECT DISTINCT ON (metadata.uid) *,
         metadata.annotations."deployment.kubernetes.io/revision" AS revision
  FROM deployment WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), made AS (
  SELECT DISTINCT ON (metadata.uid) *, owner_of(metadata) AS owner,
         TRY_CAST(metadata.annotations."deployment.kubernetes.io/revision" AS BIGINT) AS revision,
         metadata.labels['pod-template-hash'] AS hash
  FROM replica_set WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), ranked AS (
  SELECT made.*, row_number() OVER (PARTITION BY owner.uid ORDER BY revision DESC NULLS LAST,
                                    time_of(metadata.creationTimestamp) DESC) = 1 AS is_newest,
         count(*) FILTER (status.replicas > 0) OVER (PARTITION BY owner.uid) AS alive
  FROM made
), told AS (
  SELECT ranked.owner.uid AS uid, owner.kind AS owner_kind,
         COALESCE(full_name(asked.metadata.namespace, asked.metadata.name),
                  full_name(ranked.metadata.namespace, owner.name)) AS name,
         COALESCE(hash, ranked.revision::VARCHAR, ranked.metadata.name) AS version,
         ranked.spec AS spec, ranked.spec.replicas AS replicas, ranked.status.replicas AS running,
         COALESCE(ranked.status.readyReplicas, 0) AS healthy,
         ranked.metadata.creationTimestamp AS created, is_newest,
         ranked.status.replicas > 0 AS is_alive,
         COALESCE(asked.status.updatedReplicas < asked.spec.replicas, false)
           OR COALESCE(asked.status.availableReplicas, 0)
              < COALESCE(asked.status.updatedReplicas, 0)
           OR alive > 1 AS is_moving,
         asked.status AS state, ranked.seen
  FROM ranked LEFT JOIN asked ON asked.metadata.uid = owner.uid
  WHERE owner.kind = 'Deployment'
  UNION ALL BY NAME
  SELECT metadata.uid AS uid, 'Deployment' AS owner_kind,
         full_name(metadata.namespace, metadata.name) AS name,
         COALESCE(revision, 'unknown') AS version, spec, spec.replicas AS replicas,
         COALESCE(status.replicas, 0) AS running, COALESCE(status.readyReplicas, 0) AS healthy,
         metadata.creationTimestamp AS created, true AS is_newest, true AS is_alive,
         COALESCE(status.updatedReplicas, 0) < COALESCE(spec.replicas, 0)
           OR COALESCE(status.availableReplicas, 0) < COALESCE(status.updatedReplicas, 0)
           AS is_moving,
         status AS state, seen
  FROM asked WHERE metadata.uid NOT IN (SELECT owner.uid FROM made WHERE owner.uid IS NOT NULL)
  UNION ALL BY NAME
  SELECT metadata.uid AS uid, 'ReplicaSet' AS owner_kind,
         full_name(metadata.namespace, metadata.name) AS name, COALESCE(hash, 'unknown') AS version,
         spec, spec.replicas AS replicas, COALESCE(status.replicas, 0) AS running,
         COALESCE(status.readyReplicas, 0) AS healthy, metadata.creationTimestamp AS created,
         true AS is_newest, true AS is_alive, NULL AS is_moving, NULL AS state, seen
  FROM made WHERE owner IS NULL
  UNION ALL BY NAME
  SELECT metadata.uid AS uid, 'ReplicationController' AS owner_kind,
         full_name(metadata.namespace, metadata.name) AS name, 'unknown' AS version,
         spec, spec.replicas AS replicas, COALESCE(status.replicas, 0) AS running,
         COALESCE(status.readyReplicas, 0) AS healthy, metadata.creationTimestamp AS created,
         true AS is_newest, true AS is_alive, NULL AS is_moving, NULL AS state, seen
  FROM (SELECT DISTINCT ON (metadata.uid) * FROM replication_controller
        WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number)
), progressing AS (
  SELECT *, list_extract(list_filter(state.conditions, lambda c: c.type = 'Progressing'), 1) AS said
  FROM told
)
SELECT DISTINCT ON (controller_id, version)
  controller_of(uid) AS controller_id,
  kind_of(owner_kind) AS controller_kind,
  name AS controller_name,
  version,
  CASE WHEN is_newest AND is_moving THEN 'incoming' WHEN is_newest THEN 'current'
       WHEN is_alive THEN 'outgoing' ELSE 'previous' END AS status,
  spec.template.spec.containers[1].image AS image_ref,
  picture.image_id,
  replicas,
  running,
  healthy,
  time_of(created) AS started_at,
  is_moving,
  CASE WHEN is_newest THEN filled(said.message) END AS message,
  progressing.seen
FROM progressing LEFT JOIN picture ON picture.reference = spec.template.spec.containers[1].image
ORDER BY controller_id, version, created DESC
