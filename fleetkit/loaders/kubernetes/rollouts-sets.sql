-- Stateful sets and daemon sets: the versions that their status names, and those that are kept.
WITH worn AS (  -- by the pods of a set, where they agree
  SELECT owner.uid AS uid, min(labels['controller-revision-hash']) AS hash FROM box
  WHERE owner.kind = 'DaemonSet'
  GROUP BY owner.uid HAVING count(DISTINCT labels['controller-revision-hash']) = 1
), kept AS (
  SELECT DISTINCT ON (metadata.uid) metadata, owner_of(metadata) AS owner, revision,
         metadata.labels['controller-revision-hash'] AS hash
  FROM revision WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), stateful AS (
  SELECT DISTINCT ON (metadata.uid) * FROM stateful_set
  WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), daemon AS (
  SELECT DISTINCT ON (metadata.uid) *,
         COALESCE(status.updatedNumberScheduled, 0) < COALESCE(status.desiredNumberScheduled, 0)
           AS is_moving
  FROM daemon_set WHERE metadata.uid IS NOT NULL ORDER BY metadata.uid, seen.number
), told AS (
  -- a stateful set keeps whole names: its pods are labelled with them
  SELECT stateful.metadata, 'StatefulSet' AS word,
         COALESCE(filled(status.updateRevision), 'unknown') AS version,
         CASE WHEN status.updateRevision <> status.currentRevision THEN 'incoming'
              ELSE 'current' END AS place,
         CASE WHEN status.updateRevision <> status.currentRevision THEN status.updatedReplicas
              ELSE COALESCE(status.replicas, 0) END AS running,
         CASE WHEN status.updateRevision = status.currentRevision
              THEN COALESCE(status.readyReplicas, 0) END AS healthy,
         spec.replicas AS replicas,
         COALESCE(status.updateRevision <> status.currentRevision, false) AS is_moving,
         spec, latest.metadata.creationTimestamp AS created, seen
  FROM stateful LEFT JOIN kept AS latest
    ON latest.owner.uid = stateful.metadata.uid AND latest.metadata.name = status.updateRevision
  UNION ALL BY NAME
  SELECT metadata, 'StatefulSet' AS word, status.currentRevision AS version, 'outgoing' AS place,
         COALESCE(status.currentReplicas, 0) AS running, true AS is_moving, NULL AS spec, seen
  FROM stateful WHERE status.updateRevision <> status.currentRevision
  UNION ALL BY NAME
  SELECT stateful.metadata, 'StatefulSet' AS word, kept.metadata.name AS version,
         'previous' AS place, 0 AS running, NULL AS spec,
         kept.metadata.creationTimestamp AS created, seen
  FROM stateful JOIN kept ON kept.owner.uid = stateful.metadata.uid
  WHERE kept.metadata.name NOT IN (COALESCE(status.updateRevision, ''),
                                   COALESCE(status.currentRevision, ''))
  UNION ALL BY NAME
  SELECT daemon.metadata, 'DaemonSet' AS word, COALESCE(kept.hash, worn.hash, 'unknown') AS version,
         CASE WHEN kept.revision IS NULL OR kept.revision = newest
              THEN CASE WHEN is_moving THEN 'incoming' ELSE 'current' END
              WHEN is_moving AND kept.revision = newest - 1 THEN 'outgoing'
              ELSE 'previous' END AS place,
         CASE WHEN kept.revision IS NULL OR kept.revision = newest
              THEN COALESCE(status.updatedNumberScheduled, status.currentNumberScheduled) END
           AS running,
         CASE WHEN NOT is_moving AND (kept.revision IS NULL OR kept.revision = newest)
              THEN COALESCE(status.numberReady, 0) END AS healthy,
         CASE WHEN kept.revision IS NULL OR kept.revision = newest
              THEN status.desiredNumberScheduled END AS replicas,
         is_moving,
         CASE WHEN kept.revision IS NULL OR kept.revision = newest THEN spec END AS spec,
         kept.metadata.creationTimestamp AS created, seen
  FROM daemon LEFT JOIN worn ON worn.uid = daemon.metadata.uid AND NOT is_moving
  LEFT JOIN (
    SELECT *, max(revision) OVER (PARTITION BY owner.uid) AS newest FROM kept
  ) AS kept ON kept.owner.uid = daemon.metadata.uid
)
SELECT DISTINCT ON (controller_id, version)
  controller_of(metadata.uid) AS controller_id,
  kind_of(word) AS controller_kind,
  full_name(metadata.namespace, metadata.name) AS controller_name,
  version,
  place AS status,
  spec.template.spec.containers[1].image AS image_ref,
  picture.image_id,
  replicas,
  running,
  healthy,
  time_of(created) AS started_at,
  is_moving,
  told.seen
FROM told LEFT JOIN picture ON picture.reference = spec.template.spec.containers[1].image
ORDER BY controller_id, version, place
