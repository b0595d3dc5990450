"""What the headers of answers say: how old they are, who leads, and what ACLs left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from fleetkit.endpoints import Answer
from fleetkit.errors import ReadError
from fleetkit.loaders.consul.permissions import RULES
from fleetkit.loaders.consul.sessions import Agent
from fleetkit.plugins import Problem

_OLD = 10_000  # ms; servers hear of their leader several times a second


@dataclass
class Notes:
    """What the answers to the calls for one resource said beside their bodies.

    Args:
        resource: what was asked for.
        leaderless: answers of servers that knew of no leader.
        oldest: milliseconds since a server had heard of its leader.
        filtered: answers from which ACLs left something out.
        proven: whether what is missing shows that ACLs left it out.
    """

    resource: str
    leaderless: int = 0
    oldest: int = 0
    filtered: int = 0
    proven: bool = False

    def take(self, answer: Answer) -> None:
        """Notes what one answer says."""
        said = answer.headers
        self.leaderless += said.get("X-Consul-KnownLeader") == "false"
        self.filtered += self.is_filtered(answer)
        contact = said.get("X-Consul-LastContact") or ""
        self.oldest = max(self.oldest, int(contact) if contact.isdecimal() else 0)

    def is_filtered(self, answer: Answer) -> bool:
        """Whether an answer says that ACLs left something out."""
        return answer.headers.get("X-Consul-Results-Filtered-By-ACLs") == "true"

    def suspect(self, agent: Agent) -> None:
        """Something is missing that every datacenter has: where ACLs are on, they hid it."""
        other = {"ns", "partition"} & set(agent.query)
        if agent.guarded is not False and not other and not self.leaderless:
            self.proven = True

    def ending(self, agent: Agent) -> Iterator[Problem]:
        """Problems of the answers as a whole.

        Raises:
            ReadError: ACLs left something out.
        """
        if self.leaderless:
            yield Problem(
                code="no_leader", message="a server that answered knows of no leader",
                detail=f"{self.leaderless:,} answers", phase="list", retryable=True,
                hint="what it says may be old: load again when a leader is elected",
            )
        if self.oldest > _OLD:
            yield Problem(
                code="stale", message="a server that answered had not heard of its leader for long",
                detail=f"{self.oldest / 1000:,.0f} seconds", phase="list", retryable=True,
                hint="what it says is so old: load again, or with stale=False",
            )
        if self.filtered or self.proven:
            raise ReadError(
                f"{agent.endpoint.name}: ACLs left something out, so counts are lower bounds",
                "denied", code="filtered", hint=f"grant {RULES[self.resource]}",
            )
