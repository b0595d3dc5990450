"""Evidence for pet or cattle: each file ends with `SIGNALS`, a tuple of `Signal`.

The rows of research note C.4 are all here but these, which nothing that is loaded can tell:

- 41 write_rate: no source is asked for metrics over time; counters since the start tell no rate.
- 42 fsync_heavy: open files of processes are seen from inside the guest only.
- 65 login_activity: audit logs of guests are not read, for they name persons.
- 67 local_cron: files of guests are not read; a package of cron is everywhere.
- 49 in part: DNS zones are not read; only addresses that a platform keeps for a machine.
- 58 in part: who leads is told by tags and labels; exporters and the stores are not asked.
- 60 in part: disruption budgets are not read; only marks of the owner on the workload itself.
- 13 holds for containers: what a machine wrote beside its data disks nobody counts.

Signals that see one fact in several ways share a family, so that an echo is not a second proof and
so that a way which a source does not know costs no coverage where another is known.
"""
