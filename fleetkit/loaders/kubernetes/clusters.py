"""A connection to the API of one cluster: pages of lists as JSON, bounded, GET only.

The official client finds out where the cluster is and who we are (certificates, tokens, programs
that give one). Its typed answers are not used: raw JSON is the form of saved payloads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fleetkit.endpoints import whole
from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.kubernetes.contexts import INSIDE
from fleetkit.loaders.kubernetes.failures import not_configured, not_reached, refused
from fleetkit.plugins import Target
from fleetkit.source import parse_json

_PAGE = 500
_MOST_PAGES = 20_000
_GONE = 410
_CONNECTIONS = 16


@dataclass
class Cluster:
    """A cluster that is read.

    Args:
        name: its context.
        client: of the kubernetes package.
        seconds: that one call may wait for the next piece of its answer.
        namespaces: those that are read; all where there are none.
    """

    name: str
    client: Any
    seconds: float
    namespaces: tuple[str, ...] = ()

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Each page of a list.

        A list that takes so long that the server forgets where it was goes on from there with
        what there is now; such a page says `went_on`.

        Raises:
            ReadError: a call failed, or a page names one that was read before.
        """
        token: Any = ""
        tokens = {""}
        for _ in range(_MOST_PAGES):
            body = self._page(path, token)
            yield body
            said = body.get("metadata")
            token = said.get("continue") if isinstance(said, dict) else None
            if not token:
                return
            if not isinstance(token, str) or token in tokens:
                raise ReadError(f"{self.name}: {path} names a page that was read before",
                                code="repeated_page", hint="load again")
            tokens.add(token)
        raise ReadError(f"{self.name}: {path} has more than {_MOST_PAGES:,} pages",
                        code="too_many_pages", hint="load fewer namespaces at once")

    def close(self) -> None:
        """Ends the connections."""
        self.client.rest_client.pool_manager.clear()

    def _page(self, path: str, token: str) -> dict[str, Any]:
        where = f"{self.name}: {path}"
        status, body = self._get(path, {"limit": _PAGE, **({"continue": token} if token else {})})
        if status == _GONE and token:
            return self._went_on(path, where, body)
        if status != 200:
            raise refused(status, body, where)
        return body

    def _went_on(self, path: str, where: str, body: dict[str, Any]) -> dict[str, Any]:
        """The next page by the token that the server gives in the place of one that is too old."""
        said = body.get("metadata")
        fresh = said.get("continue") if isinstance(said, dict) else None
        if not isinstance(fresh, str) or not fresh:
            raise ReadError(f"{where}: the server forgot the list before its end",
                            code="expired_list", retryable=True, hint="load again")
        status, body = self._get(path, {"limit": _PAGE, "continue": fresh})
        if status != 200:
            raise refused(status, body, where)
        return {**body, "went_on": True}

    def _get(self, path: str, options: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        where = f"{self.name}: {path}"
        address = f"{self.client.configuration.host}{path}"
        try:
            answer = self.client.rest_client.pool_manager.request(
                "GET", address, fields=options, headers=self._headers(),
                timeout=Timeout(self.seconds), preload_content=False, redirect=False,
            )
            try:
                content = whole(answer, where)
            finally:
                answer.release_conn()
        except (HTTPError, OSError) as error:
            raise not_reached(where, error) from error
        return answer.status, _body(answer.status, content, where)

    def _headers(self) -> dict[str, str]:
        """Who we are; a token that runs out is renewed by the client."""
        settings = self.client.configuration.auth_settings().values()
        signed = {entry["key"]: str(entry["value"]) for entry in settings
                  if entry["in"] == "header" and entry["value"]}
        return {"Accept": "application/json", "User-Agent": "fleetkit", **signed}


def connect(target: Target, seconds: float) -> Cluster:
    """A client of the cluster that a context names.

    Raises:
        ReadError: the context cannot be used: its certificates or its credentials are not there.
    """
    import kubernetes
    from kubernetes.config.config_exception import ConfigException
    from urllib3.util.retry import Retry

    config: Any = kubernetes.config
    settings = kubernetes.client.Configuration()
    settings.connection_pool_maxsize = _CONNECTIONS
    settings.retries = Retry(
        total=2, connect=1, read=1, redirect=0, status=0, other=0, backoff_factor=0.2)
    try:
        if target.name == INSIDE and target.account == INSIDE:
            config.load_incluster_config(client_configuration=settings)
        else:
            config.load_kube_config(
                config_file=target.options["kubeconfig"], context=target.name,
                client_configuration=settings, persist_config=False,
            )
        opened = kubernetes.client.ApiClient(settings)
    except (ConfigException, OSError, ValueError, KeyError, TypeError) as error:
        raise not_configured(target.name, error) from error
    return Cluster(target.name, opened, seconds, target.options["namespaces"])


def _body(status: int, content: bytes, where: str) -> dict[str, Any]:
    try:
        body = parse_json(content, where)
    except LoadError as error:
        if status == 200:
            raise ReadError(str(error), code="unreadable", retryable=True) from error
        body = {"message": " ".join(content[:300].decode(errors="replace").split())}
    if not isinstance(body, dict):
        raise ReadError(f"{where}: expected an object, found {type(body).__name__!r}",
                        code="unreadable")
    return body
