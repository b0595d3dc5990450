-- Documents of a lineage that a newer one, or a copy of the same serial, stands for.
SELECT 'superseded_state' AS code, 'parse' AS phase, 'info' AS severity,
    state.seen.target AS subject_id,
    'a state is not read, as another one of its lineage is newer or the same' AS message,
    'serial ' || coalesce(state.serial::VARCHAR, 'unknown') || ' beside serial '
        || coalesce(newest.serial::VARCHAR, 'unknown') || ' in ' || newest.target AS detail,
    'nothing to do: Terraform keeps a backup beside each state' AS hint, false AS retryable,
    state.seen
FROM state JOIN newest ON newest.lineage = state.lineage AND newest.number <> state.seen.number
